/** Watching: every entry once, from a position, no faster than the watcher reads, and a bounded number of watches. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { type Body, type Envelope, type Json, ORIGINS_MAX } from "../../../lib/core/message.ts";
import { Digest, MALFORMED_REQUEST, Node, TEMPORARILY_UNAVAILABLE } from "../../../lib/core/node.ts";
import { BATCH_ENTRIES_MAX } from "../../../lib/core/replication/pacing.ts";
import { seeded } from "../../../lib/core/random.ts";
import {
  AHEAD_MS_MAX,
  connectionOf,
  WATCH_HELD_BYTES_MAX,
  Watches,
  WATCHES_MAX,
  WATCHES_PER_CONNECTION_MAX,
} from "../../../lib/service/watches.ts";
import {
  bytesOf,
  WATCH_AHEAD_BYTES_FREE,
  WATCH_AHEAD_BYTES_MAX,
} from "../../../lib/service/watching/room.ts";

test("Watches give all entries that are held, then new ones [S6]", () => {
  const rig = new Rig("a", "b");
  rig.watch("c#1", {});
  deepEqual(rig.take(), [watchOk(2), values(1, "a", "b")]);
  rig.broadcast("c");
  rig.watches.serveAll();
  deepEqual(rig.take(), [values(3, "c")]);
});

test("Watches pass over the entries that the position covers [S6]", () => {
  const rig = new Rig("a", "b", "c");
  rig.watch("c#1", { from: [["n0.1", [1, 1, 3, 3]]] });
  deepEqual(rig.take(), [watchOk(3), values(2, "b")]);
});

test("Watches from now on pass over all that is held, and say at once where they stand [S6]", () => {
  const rig = new Rig("a", "b");
  rig.watch("c#1", { from: "now" });
  deepEqual(rig.take(), [watchOk(2), { type: "values", had: [["n0.1", [1, 2]]], runs: [], in_reply_to: 9 }]);
  rig.broadcast("c");
  rig.watches.serveAll();
  deepEqual(rig.take(), [values(3, "c")]);
});

test("Watches that do not follow end where the log ends [S6]", () => {
  const rig = new Rig("a");
  rig.watch("c#1", { follow: false });
  deepEqual(rig.take(), [watchOk(1), values(1, "a"), { type: "watch_end", in_reply_to: 9 }]);
  equal(rig.watches.count, 0);
});

test("Watches take null as if it were not there [S6]", () => {
  const rig = new Rig("a");
  rig.watch("c#1", { from: null, follow: null });
  deepEqual(rig.take(), [watchOk(1), values(1, "a")]);
  equal(rig.watches.count, 1);
});

test("Watches give nothing until the node has what the watcher had elsewhere, which may be one with it [S11]", () => {
  const rig = new Rig("a", "b");
  rig.watch("c#1", { from: [["n1.1", [1, 2]]] });
  rig.bring(2, "c");
  deepEqual(rig.take(), [watchOk(2)]);
  rig.bring(1, "a");
  deepEqual(rig.take(), [{ ...values(2, "b"), had: [["n0.1", [1, 2]]] }]);
  rig.wait();
  rig.broadcast("d");
  rig.watches.serveAll();
  deepEqual(rig.take(), [values(3, "d")]);
});

test("Watches wait for what comes, and AHEAD_MS_MAX for what does not, once for all watchers [S11]", () => {
  const rig = new Rig("a");
  const from = [["n1.1", [1, 3]], ["n1.0", [7, 7]]];
  rig.watch("c#1", { from });
  rig.bring(1, "c");
  rig.wait();
  deepEqual(rig.take(), [watchOk(1)], "one of them has come meanwhile");
  rig.wait();
  deepEqual(rig.take(), [values(1, "a")]);
  rig.watch("c#2", { from });
  deepEqual(rig.take(), [watchOk(2), values(1, "a")]);
  rig.watch("c#3", { from: [["n1.1", [1, 4]]] });
  deepEqual(rig.take(), [watchOk(2)]);
});

test("Watches wait again for an origin that is there after all, whatever numbers somebody has made up [S11]", () => {
  const rig = new Rig("a");
  rig.watch("c#1", { from: [["n1.1", [1, Number.MAX_SAFE_INTEGER]]] });
  rig.wait();
  deepEqual(rig.take(), [watchOk(1), values(1, "a")]);
  rig.bring(1, "b");
  rig.take();
  rig.watch("c#2", { from: [["n1.1", [1, 2]]] });
  deepEqual(rig.take(), [watchOk(2)]);
  rig.bring(2, "c");
  deepEqual(rig.take().at(-1), { ...values(1, "a") });
});

test("Watches wait for no more than what the watcher does not know by itself [S11]", () => {
  const rig = new Rig("a");
  rig.watch("c#1", { from: [["n1.1", [1, 2]]], awaits: [["n1.1", [1, 1]]] });
  deepEqual(rig.take(), [watchOk(1)]);
  rig.bring(1, "c");
  deepEqual(rig.take(), [values(1, "a")]);
  rig.watch("c#2", { from: [["n1.1", [1, 2]]], awaits: [] });
  deepEqual(rig.take(), [watchOk(2), values(1, "a")]);
});

test("Watches that do not follow, or are over, wait for nothing [S11]", () => {
  const rig = new Rig("a");
  const from = [["n1.1", [1, 1]]];
  rig.watch("c#1", { from, follow: false });
  deepEqual(rig.take(), [watchOk(1), values(1, "a"), { type: "watch_end", in_reply_to: 9 }]);
  rig.watch("c#2", { from });
  rig.watches.gone("2");
  rig.take();
  rig.wait();
  deepEqual(rig.take(), []);
});

test("Watches wait for a reader that has WATCH_HELD_BYTES_MAX to read, and lose nothing [S8]", () => {
  const rig = new Rig("a");
  rig.held = WATCH_HELD_BYTES_MAX;
  rig.watch("c#1", {});
  rig.broadcast("b");
  rig.watches.serveAll();
  deepEqual(rig.take(), [watchOk(1)]);
  rig.held = WATCH_HELD_BYTES_MAX - 1;
  rig.watches.serve("c#2");
  deepEqual(rig.take(), [], "somebody else has read");
  rig.watches.serve("c#1");
  deepEqual(rig.take(), [values(1, "a", "b")]);
});

test("Watches give more than a batch in batches [S6]", () => {
  const rig = new Rig(...Array.from({ length: BATCH_ENTRIES_MAX + 1 }, (_, i) => i));
  rig.watch("c#1", {});
  deepEqual(rig.take().slice(2), [values(BATCH_ENTRIES_MAX + 1, BATCH_ENTRIES_MAX)]);
});

test("Watches show nothing that is not safe yet [S1]", () => {
  const rig = new Rig("a");
  rig.settled = false;
  rig.watch("c#1", {});
  deepEqual(rig.take(), [watchOk(1)]);
  rig.settled = true;
  rig.watches.serveAll();
  deepEqual(rig.take(), [values(1, "a")]);
});

test("Watches end when asked to, and with their connection [S6]", () => {
  const rig = new Rig();
  rig.watch("c#1", {});
  rig.watch("d#1", {});
  rig.watch("c#2", {});
  rig.watches.close(request("c#1", { type: "unwatch", watch: 9, msg_id: 10 }), { type: "unwatch", watch: 9 });
  deepEqual(rig.take().at(-1), { type: "unwatch_ok", in_reply_to: 10 });
  equal(rig.watches.count, 2);
  rig.watches.gone("1");
  equal(rig.watches.count, 1);
  equal(connectionOf("a#b#17"), "17");
});

test("Watches are WATCHES_PER_CONNECTION_MAX over one connection, and WATCHES_MAX in all [S8]", () => {
  const rig = new Rig();
  for (let i = 0; i < WATCHES_PER_CONNECTION_MAX; i++) rig.watch("c#0", {});
  rig.take();
  rig.watch("c#0", {});
  equal(rig.take()[0]?.["code"], TEMPORARILY_UNAVAILABLE);
  for (let i = WATCHES_PER_CONNECTION_MAX; i < WATCHES_MAX; i++) rig.watch(`c#${i}`, {});
  equal(rig.watches.count, WATCHES_MAX);
  rig.take();
  rig.watch("c#last", {});
  equal(rig.take()[0]?.["code"], TEMPORARILY_UNAVAILABLE);
});

test("Watches hold WATCH_AHEAD_BYTES_MAX of what positions name and is not here, and no more [S8]", () => {
  const rig = new Rig("a");
  const from = (life: string) =>
    Array.from({ length: ORIGINS_MAX }, (_, i) => [`n${i}.${life}`, [1, 1, 3, 3]]);
  const bytes = bytesOf(Digest.fromWire([["n1000.b", [1, 1, 3, 3]]])) * ORIGINS_MAX;
  const watchesMax = Math.floor(WATCH_AHEAD_BYTES_MAX / bytes);
  for (let i = 0; rig.watches.count === i; i++) rig.watch(`c#${i}`, { from: from("a"), awaits: [] });
  ok(rig.watches.count >= watchesMax && rig.watches.count < 1.1 * watchesMax, `${rig.watches.count}`);
  equal(rig.take().at(-1)?.["code"], TEMPORARILY_UNAVAILABLE);
  // What it awaits counts as well, and what is here does not.
  rig.watch("c#x", { awaits: from("b") });
  equal(rig.take().at(-1)?.["code"], TEMPORARILY_UNAVAILABLE);
  rig.watch("c#y", { from: [["n0.1", [1, 1]]] });
  deepEqual(rig.take(), [watchOk(1)]);
  // Few that are not here are taken all the same.
  const few = Math.floor(WATCH_AHEAD_BYTES_FREE / (bytes / ORIGINS_MAX));
  let rest = 0;
  do rig.watch(`c#rest${rest++}`, { from: from("b").slice(-few - 1) }); while (
    rig.take().at(-1)?.["code"] !== TEMPORARILY_UNAVAILABLE
  );
  rig.watch("c#z", { from: from("b").slice(-few) });
  deepEqual(rig.take(), [watchOk(1)]);
  rig.watches.gone("0");
  rig.watches.gone("z");
  rig.watch("c#x", { awaits: from("b") });
  deepEqual(rig.take(), [watchOk(1)]);
  rig.watch("c#0", { from: from("a"), awaits: [] });
  equal(rig.take().at(-1)?.["code"], TEMPORARILY_UNAVAILABLE);
});

test("Watches keep the connection open for as long as one of them is on [S6]", () => {
  const rig = new Rig("a");
  rig.watch("c#1", {});
  rig.watch("c#1", { follow: false });
  deepEqual(rig.kept, [true, true, true]);
  rig.watches.close(request("c#1", { type: "unwatch" }), { type: "unwatch", watch: 9 });
  equal(rig.kept.at(-1), false);
});

test("Watches send values without runs to a connection that may be gone, once [S7]", () => {
  const rig = new Rig("a");
  for (const client of ["c#1", "c#1", "c#2"]) rig.watch(client, {});
  rig.take();
  rig.watches.ping("1");
  rig.watches.ping("3");
  deepEqual(rig.take(), [{ type: "values", runs: [], in_reply_to: 9 }]);
});

test("Watches refuse a position that is none [S6]", () => {
  const rig = new Rig("a");
  for (const from of ["n0.1", [["n0.1"]], [["n0.1", [1]]], [["n0.1", [0, 1]]], [[1, [1, 1]]]]) {
    rig.watch("c#1", { from });
    equal(rig.take()[0]?.["code"], MALFORMED_REQUEST, JSON.stringify(from));
  }
  rig.watch("c#1", { from: [["n0.1", [5, 2]]] });
  deepEqual(rig.take().at(-1), values(1, "a"), "an interval that ends before it begins is empty");
});

function watchOk(count: number): Body {
  return { type: "watch_ok", values: count, in_reply_to: 9 };
}

function values(seq: number, ...run: Json[]): Body {
  return { type: "values", runs: [["n0.1", seq, run]], in_reply_to: 9 };
}

function request(src: string, body: Body): Envelope {
  return { src, dest: "n0", body };
}

class Rig {
  readonly watches: Watches;
  held = 0;
  settled = true;
  readonly kept: boolean[] = [];
  readonly #node = new Node({ random: seeded(1), incarnation: 1 });
  #said: Body[] = [];
  #later: { readonly ms: number; readonly run: () => void }[] = [];
  #brought = 0;

  constructor(...messages: Json[]) {
    this.#ask({ type: "init", node_id: "n0", node_ids: ["n0", "n1"] });
    for (const message of messages) this.broadcast(message);
    this.watches = new Watches({
      take: (position, asked) => this.#node.takeBatch(position, asked),
      now: () => this.#node.position,
      ahead: (position) => this.#node.aheadOf(position),
      later: (ms, run) => void (ms === 0 ? run() : this.#later.push({ ms, run })),
      nextTurn: (run) => run(),
      count: () => this.#node.status.values,
      settled: () => this.settled,
      heldBytes: () => this.held,
      keepOpen: (_, on) => this.kept.push(on),
      reply: (to, body) =>
        this.#said.push(JSON.parse(JSON.stringify({ ...body, in_reply_to: to.body.msg_id ?? -1 }))),
    });
  }

  broadcast(message: Json): void {
    this.#ask({ type: "broadcast", message });
  }

  watch(src: string, fields: Record<string, unknown>): void {
    const asked = request(src, { type: "watch", msg_id: 9, ...fields });
    this.watches.open(asked, asked.body);
  }

  /** Entries of n1, from this number on. */
  bring(seq: number, ...messages: Json[]): void {
    const runs = [["n1.1", seq, messages]];
    this.#ask({ type: "delta", incarnation: 1, seq: ++this.#brought, digest: [], runs }, "n1");
    this.watches.serveAll();
  }

  /** The time for which what is awaited may stay away is over. */
  wait(): void {
    for (let waited = 0; waited < AHEAD_MS_MAX && this.#later.length > 0;) {
      const later = this.#later;
      this.#later = [];
      waited += later[0]?.ms ?? 0;
      for (const { run } of later) run();
    }
  }

  /** What was said since the last look. */
  take(): Body[] {
    const said = this.#said;
    this.#said = [];
    return said;
  }

  #ask(body: Body, src = "c"): void {
    this.#node.step({ kind: "receive", envelope: request(src, body) }, 0);
  }
}
