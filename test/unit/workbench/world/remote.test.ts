/** A host of a node that runs elsewhere, tried on small servers: answers, silence, limits, and watching on. */
import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { decode, encode } from "../../../../lib/core/codec.ts";
import type { Body, Envelope, Json } from "../../../../lib/core/message.ts";
import { CounterTotals } from "../../../../lib/workbench/world/running/counter_totals.ts";
import {
  ANSWER_BYTES_MAX,
  ASKED_BYTES_MAX,
  SILENCE_MS,
} from "../../../../lib/workbench/world/running/node_line.ts";
import { type NodeStatus, readStatus } from "../../../../lib/workbench/world/running/node_status.ts";
import { REDIAL_MS, remoteHosts } from "../../../../lib/workbench/world/running/remote.ts";
import { VirtualScheduler } from "../../../../lib/workbench/world/scheduler.ts";
import { Traffic } from "../../../../lib/workbench/world/traffic.ts";
import { REPORTS_MAX } from "../../../../lib/workbench/verdict/violations.ts";
import type { HostEvents } from "../../../../lib/workbench/world/world.ts";
import { LineReader } from "../../../../transports/lines/reader.ts";
import { listening } from "../../../shared/listening.ts";
import { until } from "../../../shared/until.ts";

const status: Body = {
  type: "status_ok",
  id: "n1",
  incarnation: 5,
  uptime_ms: 1000,
  storage: "memory",
  messages: { sent: { delta: 3 }, received: { ack: 2 } },
  bytes: { sent: 300, received: 200 },
};

/** What a server does with a request; `say` answers it. */
type Answer = (body: Body, say: (body: Body) => void, socket: Socket) => void;

const sound: Answer = (body, say) => say(body.type === "status" ? status : { type: `${body.type}_ok` });

/** A server of one node, a host of it on virtual time, and what the host told. */
class Rig {
  readonly scheduler = new VirtualScheduler();
  readonly told: unknown[][] = [];
  readonly asked: Body[] = [];
  readonly #server;
  readonly #sockets = new Set<Socket>();
  #host: ReturnType<ReturnType<typeof remoteHosts>> | undefined;
  #answer: Answer;

  constructor(answer: Answer) {
    this.#answer = answer;
    this.#server = createServer((socket) => this.#onSocket(socket));
  }

  get host() {
    return this.#host ?? assert.fail();
  }

  set answer(answer: Answer) {
    this.#answer = answer;
  }

  async start(): Promise<this> {
    const at = await listening(this.#server);
    const tell = (what: string) => (...said: unknown[]) => void this.told.push([what, ...said]);
    const events: HostEvents = {
      sent: ({ body }: Envelope) => void this.told.push(["sent", body.type]),
      misbehaved: tell("misbehaved"),
      delivered: (values: readonly Json[]) => void this.told.push(["delivered", ...values]),
      // The port differs from run to run.
      gone: (reason) => void this.told.push(["gone", reason.replace(/^127\.0\.0\.1:\d+ /, "")]),
      back: tell("back"),
      lost: tell("lost"),
    };
    this.#host = remoteHosts(new Map([["n1", at]]), this.scheduler)(
      "n1",
      events,
    );
    this.#host.start();
    return this;
  }

  async stop(): Promise<void> {
    this.#host?.stop();
    this.hangUp();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  hangUp(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Resolves once so much was told. */
  async hears(count: number): Promise<unknown[][]> {
    await until(() => this.told.length >= count);
    return this.told;
  }

  #onSocket(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    const reader = new LineReader({
      onLine: (line) => this.#onLine(socket, line),
      onOverlong: () => assert.fail(),
    });
    socket.on("data", (chunk: Uint8Array) => reader.push(chunk));
  }

  #onLine(socket: Socket, line: string): void {
    const decoded = decode(line);
    assert.ok(decoded.ok);
    const { src, body } = decoded.envelope;
    this.asked.push(body);
    const say = (answer: Body): void => {
      socket.write(
        encode({ src: "n1", dest: src, body: { ...answer, in_reply_to: body.msg_id ?? 0 } }) + "\n",
      );
    };
    this.#answer(body, say, socket);
  }
}

async function withRig(answer: Answer, use: (rig: Rig) => Promise<void>): Promise<void> {
  const rig = await new Rig(answer).start();
  try {
    await use(rig);
  } finally {
    await rig.stop();
  }
}

const init: Envelope = { src: "c0", dest: "n1", body: { type: "init", msg_id: 1 } };

test("a remote host asks for the status, watches, and then passes on the introduction that had to wait", async () => {
  await withRig(sound, async (rig) => {
    rig.host.receive(init);
    await rig.hears(2);
    assert.deepEqual(rig.told, [["back", false], ["sent", "init_ok"]]);
    assert.deepEqual(rig.asked.map(({ type }) => type), ["status", "watch", "init"]);
  });
});

const strangers: readonly (readonly [Answer, string])[] = [
  [(_, say) => say({ ...status, id: "n2" }), "is n2"],
  [(_, say) => say({ ...status, id: "n1\x1b[2J\x9b" }), "is n1\\u001b[2J\\u009b"],
  [
    (_, say) => say({ type: "error", code: 10, text: "unknown type: status" }),
    'answered error 10 "unknown type: status"',
  ],
  [(_, say) => say({ type: "status_ok", id: "n1" }), "gives a status that cannot be read"],
  [(_body, _say, socket) => socket.end(), "closed the connection"],
];

test("a remote host says why the process that answers is not the node, and dials again", async () => {
  for (const [answer, reason] of strangers) {
    await withRig(answer, async (rig) => {
      assert.deepEqual(await rig.hears(1), [["gone", reason]]);
      rig.scheduler.run(REDIAL_MS - 1);
      assert.equal(rig.asked.length, 1);
      rig.answer = sound;
      rig.scheduler.run(REDIAL_MS);
      assert.deepEqual((await rig.hears(2))[1], ["back", false]);
    });
  }
});

test("a remote host gives up a node from which nothing comes for SILENCE_MS though it was asked", async () => {
  await withRig(() => {}, async (rig) => {
    await until(() => rig.asked.length === 1);
    rig.scheduler.run(SILENCE_MS - 1);
    assert.deepEqual(rig.told, []);
    rig.scheduler.run(SILENCE_MS);
    assert.deepEqual(rig.told, [["gone", `has sent nothing for ${SILENCE_MS} ms`]]);
  });
  await withRig(sound, async (rig) => {
    await until(() => rig.asked.length === 2);
    await rig.hears(1);
    rig.host.receive({ ...init, body: { type: "read", msg_id: 1 } });
    await rig.hears(2);
    // Nothing is owed any more.
    rig.scheduler.run(10 * SILENCE_MS);
    assert.deepEqual(rig.told, [["back", false], ["sent", "read_ok"]]);
    rig.answer = () => {};
    rig.host.receive({ ...init, body: { type: "read", msg_id: 2 } });
    rig.scheduler.run(11 * SILENCE_MS);
    assert.deepEqual(rig.told[2], ["gone", `has sent nothing for ${SILENCE_MS} ms`]);
  });
});

test("a remote host watches on from where it was; of a node that forgot, from the beginning", async () => {
  const entries: Body = {
    type: "values",
    runs: [["n1.5", 1, [10, 11]], ["n2.1", 7, ["x"]], ["n1.5", 3, [12]]],
  };
  const telling = (incarnation: number, storage: string): Answer => (body, say) => {
    if (body.type === "status") return say({ ...status, incarnation, storage });
    if (body.type === "watch") say(entries);
  };
  await withRig(telling(5, "durable"), async (rig) => {
    await rig.hears(4);
    assert.deepEqual(rig.told, [["back", false], ["delivered", 10, 11], ["delivered", "x"], [
      "delivered",
      12,
    ]]);
    const again = async (answer: Answer) => {
      const count = rig.told.length;
      rig.answer = answer;
      rig.hangUp();
      await rig.hears(count + 1);
      rig.scheduler.run(rig.scheduler.now() + REDIAL_MS);
      await rig.hears(count + 5);
      return [rig.told[count + 1], rig.asked.at(-1)?.["from"]];
    };
    const had = [["n1.5", [1, 3]], ["n2.1", [7, 7]]];
    assert.deepEqual(await again(telling(6, "durable")), [["back", false], had]);
    assert.deepEqual(await again(telling(6, "memory")), [["back", false], had]);
    assert.deepEqual(await again(telling(7, "memory")), [["back", true], []]);
  });
});

test("a remote host drops a line over ANSWER_BYTES_MAX, and what is no message, and carries what follows", async () => {
  const flood: Answer = (body, say, socket) => {
    sound(body, say, socket);
    if (body.type !== "watch") return;
    for (let i = 0; i < REPORTS_MAX; i++) socket.write("nonsense\n");
    socket.write(`${"x".repeat(ANSWER_BYTES_MAX + 1)}\n`);
    say({ type: "values", runs: [["n1.5", 0, [1]]] });
    say({ type: "values", runs: [["n1.5", 1, [2]]] });
  };
  await withRig(flood, async (rig) => {
    await rig.hears(2 + REPORTS_MAX);
    assert.deepEqual(rig.told.slice(0, 2), [["back", false], [
      "misbehaved",
      "malformed-message",
      "this is not JSON",
    ]]);
    // Neither the long line nor the values that are none are told: that is enough of them.
    assert.deepEqual(rig.told.at(-1), ["delivered", 2]);
    assert.equal(rig.told.length, 2 + REPORTS_MAX);
  });
  await withRig((body, say, socket) => {
    sound(body, say, socket);
    if (body.type === "watch") socket.write(`${"x".repeat(ANSWER_BYTES_MAX + 1)}\n`);
  }, async (rig) => {
    const long = `a line is longer than ${ANSWER_BYTES_MAX} bytes`;
    assert.deepEqual((await rig.hears(2))[1], ["misbehaved", "malformed-message", long]);
  });
});

test("a remote host holds at most ASKED_BYTES_MAX for a node that does not read", async () => {
  await withRig(sound, async (rig) => {
    await rig.hears(1);
    const padding = "x".repeat(1_000_000);
    const body = { type: "read", msg_id: 2, padding };
    const kept = Array.from({ length: 20 }, () => rig.host.receive({ ...init, body })).filter((it) =>
      it !== false
    );
    assert.equal(kept.length, Math.floor(ASKED_BYTES_MAX / padding.length));
  });
});

function statusOf(changes: Partial<Body> = {}): NodeStatus {
  return readStatus({ ...status, ...changes }) ?? assert.fail();
}

test("CounterTotals: adds what came since the first status, and over a node's lives what is known of each", () => {
  const traffic = new Traffic();
  const totals = new CounterTotals(traffic);
  const counts =
    () => [traffic.servers, totals.wire.bytesSent, totals.wire.bytesReceived, totals.wire.undercounted];
  totals.see(statusOf());
  assert.deepEqual(counts(), [{ "send-count": 0, "recv-count": 0 }, 0, 0, []]);
  const more = { sent: { delta: 4, probe: 1 }, received: { ack: 2, delta: 6 } };
  totals.see(statusOf({ uptime_ms: 2000, messages: more, bytes: { sent: 450, received: 260 } }));
  assert.deepEqual(counts(), [{ "send-count": 2, "recv-count": 6 }, 150, 60, []]);
  const fresh = { sent: { delta: 1 }, received: {} };
  // A durable node may come back under the same incarnation.
  totals.see(statusOf({ uptime_ms: 100, messages: fresh, bytes: { sent: 10, received: 0 } }));
  assert.deepEqual(counts(), [{ "send-count": 3, "recv-count": 6 }, 160, 60, ["n1"]]);
  totals.see(
    statusOf({ incarnation: 6, uptime_ms: 9000, messages: fresh, bytes: { sent: 10, received: 0 } }),
  );
  assert.deepEqual(counts(), [{ "send-count": 4, "recv-count": 6 }, 170, 60, ["n1"]]);
  assert.deepEqual(traffic.byType, [
    ["delta", { "send-count": 3, "recv-count": 6 }],
    ["probe", { "send-count": 1, "recv-count": 0 }],
  ]);
});
