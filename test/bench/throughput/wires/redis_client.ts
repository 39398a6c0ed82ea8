/** Clients of Redis: publish and subscribe, and streams whose entries wait for every replica. */
import assert from "node:assert/strict";
import { now } from "../clock.ts";
import { command, connectResp, type Reply } from "./resp.ts";
import { numberAt, payloads } from "../payloads.ts";
import { NODES, type Wire } from "../systems/system.ts";

const KEY = "v";
/** Entries that one XREAD brings. */
const READ_COUNT = 1_000;

/** Only what is published at the primary reaches all; every lane leads there. */
export const pubsubWire: Wire = {
  async openLane({ ports, payload }, _index, onAcked) {
    const { encode } = payloads[payload];
    const resp = await connectResp(ports[0] ?? 0, (replies) => onAcked(replies.length));
    return {
      publish: (first, count) =>
        resp.write(each(first, count, (value) => command("PUBLISH", KEY, encode(value)))),
    };
  },
  async openWatch({ ports, payload }, node, arrivals) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const resp = await connectResp(ports[node] ?? 0, (replies) => {
      const at = now();
      for (const reply of replies) {
        const [kind, , value] = itemsOf(reply);
        if (kind === "message") arrivals.take(numberAt(payloads[payload], String(value)), at);
        else resolve();
      }
    });
    resp.write(command("SUBSCRIBE", KEY));
    await promise;
  },
};

/** What leaves together waits together. */
export const streamWire: Wire = {
  async openLane({ ports, payload }, _index, onAcked) {
    const { encode } = payloads[payload];
    const groups: number[] = [];
    const resp = await connectResp(ports[0] ?? 0, (replies) => {
      for (const reply of replies) {
        if (typeof reply !== "number") continue;
        assert.equal(reply, NODES - 1, "every replica has it");
        onAcked(groups.shift() ?? 0);
      }
    });
    return {
      publish: (first, count) => {
        groups.push(count);
        const adds = each(first, count, (value) => command("XADD", KEY, "*", "v", encode(value)));
        resp.write(adds + command("WAIT", NODES - 1, 0));
      },
    };
  },
  async openWatch({ ports, payload }, node, arrivals) {
    const ask = (after: string) =>
      resp.write(command("XREAD", "COUNT", READ_COUNT, "BLOCK", 0, "STREAMS", KEY, after));
    const resp = await connectResp(ports[node] ?? 0, (replies) => {
      const at = now();
      for (const reply of replies) {
        const entries = itemsOf(itemsOf(itemsOf(reply)[0])[1]);
        for (const entry of entries) {
          arrivals.take(numberAt(payloads[payload], String(itemsOf(itemsOf(entry)[1])[1])), at);
        }
        ask(String(itemsOf(entries[entries.length - 1])[0]));
      }
    });
    ask("0");
  },
};

function each(first: number, count: number, one: (value: number) => string): string {
  let text = "";
  for (let value = first; value < first + count; value++) text += one(value);
  return text;
}

function itemsOf(reply: Reply | undefined): readonly Reply[] {
  assert.ok(typeof reply === "object" && reply !== null, "a reply is a list");
  return reply;
}
