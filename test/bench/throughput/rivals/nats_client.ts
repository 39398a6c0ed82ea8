/** Clients of NATS by its own library: core subjects, and streams whose messages are acknowledged. */
import { AckPolicy, jetstream, jetstreamManager, StorageType } from "@nats-io/jetstream";
import { connect, createInbox, type NatsConnection } from "@nats-io/transport-node";
import type { Arrivals } from "../arrivals.ts";
import { now } from "../clock.ts";
import { numberAt, type Payload, payloads } from "../payloads.ts";
import type { NatsClient } from "../systems/rivals.ts";
import { NODES, type Target, type Wire } from "../systems/system.ts";

const SUBJECT = "v";
const STREAM = "values";
/** A server that is asked for a stream while it elects a leader answers late, ms. */
const ASK_MS_MAX = 10_000;
/** A stream that is not made by then is asked for again, ms. */
const TRY_MS_MAX = 2_000;

/** Core NATS acknowledges nothing: a publish counts as taken when the server has answered a PING behind it. */
const natsWire: Wire = {
  async openLane(target, index, onAcked) {
    const connection = await connectTo(target, index);
    const { encode } = payloads[target.payload];
    return {
      publish: (first, count) => {
        for (let value = first; value < first + count; value++) connection.publish(SUBJECT, encode(value));
        connection.flush().then(() => onAcked(count));
      },
    };
  },
  async openWatch(target, node, arrivals) {
    const connection = await connectTo(target, node);
    await subscribe(connection, SUBJECT, arrivals, payloads[target.payload]);
  },
};

const jetstreamWire: Wire = {
  async openLane(target, index, onAcked) {
    const stream = jetstream(await connectTo(target, index));
    const { encode } = payloads[target.payload];
    return {
      publish: (first, count) => {
        for (let value = first; value < first + count; value++) {
          stream.publish(SUBJECT, encode(value)).then(() => onAcked(1));
        }
      },
    };
  },
  // Pushed and never acknowledged: what costs a reader least.
  async openWatch(target, node, arrivals) {
    const connection = await connectTo(target, node);
    const inbox = createInbox();
    await subscribe(connection, inbox, arrivals, payloads[target.payload]);
    const manager = await jetstreamManager(connection, { timeout: ASK_MS_MAX });
    await manager.consumers.add(STREAM, {
      deliver_subject: inbox,
      ack_policy: AckPolicy.None,
      mem_storage: true,
      num_replicas: 1,
    });
  },
};

async function makeStream(target: Target, storage: "file" | "memory"): Promise<void> {
  const connection = await connectTo(target, 0);
  try {
    const manager = await jetstreamManager(connection, { timeout: TRY_MS_MAX });
    const replicas = {
      num_replicas: NODES,
      storage: storage === "file" ? StorageType.File : StorageType.Memory,
    };
    await manager.streams.add({ name: STREAM, subjects: [SUBJECT], ...replicas });
  } finally {
    await connection.close();
  }
}

export const client: NatsClient = { natsWire, jetstreamWire, makeStream };

function connectTo({ ports }: Target, node: number): Promise<NatsConnection> {
  return connect({ servers: `127.0.0.1:${ports[node]}`, ignoreClusterUpdates: true, reconnect: false });
}

async function subscribe(
  connection: NatsConnection,
  subject: string,
  arrivals: Arrivals,
  payload: Payload,
): Promise<void> {
  connection.subscribe(subject, {
    callback: (error, message) => {
      if (error !== null) throw error;
      // Of its bytes: a decoder of text would cost more than all the rest.
      arrivals.take(numberAt(payload, message.data), now());
    },
  });
  await connection.flush();
}
