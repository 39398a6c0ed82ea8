/** What one node says to others, and when: what it is asked for, what it owes, and what it waits for. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Digest } from "../../../../lib/core/log/digest.ts";
import { Log } from "../../../../lib/core/log/log.ts";
import type { Mechanism } from "../../../../lib/core/mechanisms.ts";
import type { Exchange } from "../../../../lib/core/message.ts";
import { Node } from "../../../../lib/core/node.ts";
import { seeded } from "../../../../lib/core/random.ts";
import { takeBatch } from "../../../../lib/core/replication/compose.ts";
import { ARRIVING_MS } from "../../../../lib/core/replication/heard.ts";
import { RECENT_MS, RecentEntries } from "../../../../lib/core/replication/recent_entries.ts";
import { WINDOW_RTTS } from "../../../../lib/core/replication/round_trips/timing.ts";
import { Pair } from "../pair.ts";
import { exchangeIn, stepped } from "../stepped.ts";
import { add, type Told, told } from "../../../shared/entries.ts";

const RTT_MS = 160;
/** What one sample of the round trip makes of the window. */
const WINDOW_MS = WINDOW_RTTS[0] * RTT_MS;

interface Sent {
  readonly at: number;
  readonly dest: string;
  readonly body: Exchange;
}

/** One node, and what it says to the others. */
class Talker {
  readonly node: Node;
  readonly #me: string;
  /** The number of the next message of each peer, and of the last one to it. */
  readonly #seqs = new Map<string, number>();
  readonly #told = new Map<string, number>();

  constructor(me: string, members: readonly string[], ...without: Mechanism[]) {
    this.#me = me;
    this.node = new Node({ random: seeded(1), incarnation: 1, without });
    this.#receive("c1", { type: "init", node_id: me, node_ids: members }, 0);
  }

  broadcast(message: string, now: number): Sent[] {
    return this.#receive("c1", { type: "broadcast", message }, now);
  }

  hear(src: string, said: Partial<Exchange>, now: number): Sent[] {
    const seq = (this.#seqs.get(src) ?? 0) + 1;
    this.#seqs.set(src, seq);
    return this.#receive(src, { type: "ack", incarnation: 1, seq, digest: [], ...said }, now);
  }

  /** The peer confirms the last message to it. */
  confirm(src: string, now: number, said: Partial<Exchange> = {}): Sent[] {
    return this.hear(src, { ack: [1, this.#told.get(src) ?? 1, 0], ...said }, now);
  }

  /** A first round trip with each of them, of RTT_MS. */
  meet(...ids: readonly string[]): this {
    for (const id of ids) this.hear(id, { poll: true }, 0);
    for (const id of ids) this.confirm(id, RTT_MS);
    return this;
  }

  arriving(peer: string, now: number): void {
    this.node.step({ kind: "arriving", peer }, now);
  }

  link(peer: string, now: number): Sent[] {
    return this.#sent(this.node.step({ kind: "linked", peer }, now).map(told), now);
  }

  /** From one deadline to the next until then. */
  run(until: number): Sent[] {
    const sent: Sent[] = [];
    for (let at = this.node.deadline; at <= until; at = this.node.deadline) {
      sent.push(...this.#sent(this.node.step({ kind: "wake" }, at).map(told), at));
    }
    return sent;
  }

  /** The same, while these answer what they are asked. */
  runAmong(ids: readonly string[], until: number): Sent[] {
    const sent: Sent[] = [];
    for (let at = this.node.deadline; at <= until; at = this.node.deadline) {
      for (const each of this.run(at)) {
        sent.push(each);
        if (each.body.poll && ids.includes(each.dest)) sent.push(...this.confirm(each.dest, at));
      }
    }
    return sent;
  }

  get suspected(): string[] {
    return this.node.status.peers.filter(({ suspectedAt }) => suspectedAt !== undefined).map(({ id }) => id);
  }

  #receive(src: string, body: { readonly type: string; readonly [field: string]: unknown }, now: number) {
    const envelope = { src, dest: this.#me, body };
    return this.#sent(stepped(this.node, { kind: "receive", envelope }, now), now);
  }

  #sent(effects: readonly Told[], at: number): Sent[] {
    const sent = effects.flatMap((each): Sent[] => {
      const body = each.kind === "send" ? exchangeIn(each.envelope.body) : undefined;
      return each.kind === "send" && body !== undefined ? [{ at, dest: each.envelope.dest, body }] : [];
    });
    for (const { dest, body } of sent) this.#told.set(dest, body.seq);
    return sent;
  }
}

const three = ["n0", "n1", "n2"];
const withEntries = (sent: readonly Sent[]) => sent.filter(({ body }) => body.runs !== undefined);

test("a message names no origin that has not grown since the peer confirmed it [E3]", () => {
  const pair = new Pair(10);
  pair.run(2_000);
  pair.broadcast("n0", ["a"]);
  pair.run(5_000);
  pair.broadcast("n1", ["b"]);
  pair.run(5_000);
  pair.sent.length = 0;
  pair.broadcast("n1", ["c"]);
  deepEqual(pair.sent.map(({ body }) => body.digest), [[["n1.1", [1, 2]]]]);
});

test("a node that is asked answers at once with all that the asker is not known to hold, on its way or not [E6] [E9]", () => {
  const node = new Talker("n1", three).meet("n0");
  deepEqual(withEntries(node.broadcast("x", 1_000)).map(({ dest }) => dest), ["n0"]);
  const [answer, ...more] = node.hear("n0", { poll: true }, 1_010);
  equal(answer?.body.runs?.text, '[["n1.1",1,["x"]]]');
  deepEqual([answer?.body.digest, more], [[["n1.1", [1, 1]]], []]);
  deepEqual(node.hear("n0", {}, 1_020), [], "it is not asked");
});

test("a node that knows no round trip asks back one peer at a time; one that knows one asks nobody [E10]", () => {
  const asked = (node: Talker, now: number) =>
    ["n1", "n2"].map((id) => node.hear(id, { poll: true }, now)[0]?.body.poll ?? false);
  const node = new Talker("n0", three);
  deepEqual(asked(node, 0), [true, false]);
  node.confirm("n1", RTT_MS);
  deepEqual(asked(node, RTT_MS), [false, false]);
  deepEqual(asked(new Talker("n0", three, "ask-back"), 0), [false, false]);
});

test("while a message of a peer comes in, and ARRIVING_MS longer, its answer is not missed [T8]", () => {
  for (const without of [[], ["arriving"]] as const) {
    const node = new Talker("n1", three, ...without).meet("n0");
    node.broadcast("x", 1_000);
    const dueAt = node.node.deadline;
    node.arriving("n0", dueAt - 1);
    const [first] = node.run(60_000);
    const waited = (first?.at ?? Infinity) - dueAt;
    ok(without.length > 0 ? waited === 0 : waited >= ARRIVING_MS - 1, `${waited} ms after ${without}`);
  }
});

test("what came within RECENT_MS goes first and takes half of a batch, and of the rest as much as has room [F7]", () => {
  const log = new Log();
  const entries = (origin: string) =>
    Array.from({ length: 100 }, (_, i) => ({ origin, seq: i + 1, value: "x".repeat(24) }));
  for (const entry of entries("old")) add(log, entry);
  const recent = new RecentEntries(log);
  for (const entry of entries("new")) add(log, entry);
  recent.add([{ origin: "new", seq: 1, count: 100 }], 0);
  const taken = (now: number) => {
    const { runs, more } = takeBatch(log, new Digest(), 1_000, recent.fresh(now));
    ok(more);
    return runs.map(({ origin, texts }) => [origin, texts.length] as const);
  };
  const [fresh, old, ...rest] = taken(RECENT_MS);
  deepEqual([fresh?.[0], old?.[0], rest], ["new", "old", []]);
  ok((old?.[1] ?? 0) > 10 && (fresh?.[1] ?? 0) > 10, `${fresh} and ${old}`);
  deepEqual(taken(2 * RECENT_MS).map(([origin]) => origin), ["old"]);
});

test("a child that comes back gets what it lacks before the next flush [V5]", () => {
  const node = new Talker("n0", three).meet("n1");
  node.runAmong(["n1"], 20_000);
  deepEqual(node.suspected, ["n2"]);
  node.broadcast("a", 20_000);
  const [flush] = node.runAmong(["n1"], 20_100);
  const [flushedAt, window] = [flush?.at ?? Infinity, flush?.body.window ?? 0];
  node.hear("n2", {}, flushedAt + 1);
  deepEqual(withEntries(node.run(flushedAt + window - 1)).map(({ dest }) => dest), ["n2"]);
});

test("a relay that was idle waits a sixteenth of a window, one that flushed for the rest of the window [V1] [V3]", () => {
  for (const without of [[], ["linger"]] as const) {
    const node = new Talker("n0", ["n0", "n1"], ...without).meet("n1");
    const first = [...node.broadcast("a", 2_000), ...node.run(2_100)][0];
    equal(first?.at, 2_000 + (without.length > 0 ? 0 : WINDOW_MS / 16));
    const flushedAt = first?.at ?? Infinity;
    node.broadcast("b", flushedAt + 1);
    equal(node.run(flushedAt + 1_000)[0]?.at, flushedAt + (first?.body.window ?? Infinity));
  }
});

test("a relay below another waits a quarter of a window longer than the root [V9]", () => {
  const gapMs = (...without: Mechanism[]) => {
    // n1 is under n0, and n2 under n1: the link between n0 and n2 is down.
    const node = new Talker("n1", three, ...without).meet("n0", "n2");
    node.hear("n2", { links: [["n2", 1, 1, ["n0"], ["n1"]]] }, 1_000);
    node.hear("n0", { links: [["n0", 1, 1, ["n2"], ["n1"]]] }, 1_001);
    const flushAt = (until: number) =>
      withEntries(node.runAmong(["n0", "n2"], until)).find(({ dest }) => dest === "n2")?.at ?? Infinity;
    node.runAmong(["n0", "n2"], 3_000);
    node.broadcast("a", 3_000);
    const first = flushAt(3_000 + WINDOW_MS / 8);
    node.broadcast("b", first + 1);
    return flushAt(4_000) - first;
  };
  ok(Math.abs(gapMs() / gapMs("stagger") - 1.25) < 1e-9);
});

test("while the cluster is not calm, a value waits a sixteenth of a window for others before it leaves for the relay [V8]", () => {
  for (const suspected of [[], ["n2"]]) {
    const node = new Talker("n1", three).meet("n0");
    node.hear("n0", { links: [["n0", 1, 1, suspected, ["n1"]]] }, 1_000);
    node.runAmong(["n0"], 2_000);
    const [first] = withEntries([...node.broadcast("x", 2_000), ...node.run(3_000)]);
    const waited = (first?.at ?? Infinity) - 2_000;
    ok(suspected.length === 0 ? waited === 0 : Math.abs(waited / (WINDOW_MS / 16) - 1) < 0.2, `${waited} ms`);
  }
});

test("nothing follows from the silence of a member that is not heard, unless it was push-probed [D13]", () => {
  for (const [without, suspected] of [[["detour"], []], [[], ["n2"]]] as const) {
    const node = new Talker("n1", three, ...without).meet("n0");
    node.hear("n0", { links: [["n0", 1, 1, ["n2"], ["n1"]]] }, 1_000);
    const probes = [...node.link("n2", 1_001), ...node.runAmong(["n0"], 20_000)].filter(({ dest }) =>
      dest === "n2"
    );
    ok(probes.length > 1 && probes.every(({ body }) => body.poll), `${probes.length} probes`);
    deepEqual(node.suspected, suspected);
  }
});
