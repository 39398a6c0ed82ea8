/** Eager push past the relay: when a value is pushed, how often, and what follows from a push. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Body, Envelope, Json } from "../../../../lib/core/message.ts";
import { type Event, MALFORMED_REQUEST, Node } from "../../../../lib/core/node.ts";
import { STAR_MAX } from "../../../../lib/core/topology/layout.ts";
import { seeded } from "../../../../lib/core/random.ts";
import { EAGER_PUSHES_HZ_MAX, HELLO_MS } from "../../../../lib/core/replication/flush_schedule.ts";
import { stepped } from "../stepped.ts";

/** So many start with two levels; sorted, m000 is the root and m001 a relay. */
const MANY = STAR_MAX + 1;
const RELAYS = 13;
const ids = Array.from({ length: MANY }, (_, i) => `m${String(i).padStart(3, "0")}`);
const [root, relay, leaf] = [ids[0], ids[1], ids[1 + RELAYS]] as [string, string, string];

/** One member, and what it sends, a step at a time. */
class Member {
  readonly #me: string;
  readonly #node = new Node({ random: seeded(1), incarnation: 1 });

  constructor(me: string, members: readonly string[] = ids) {
    this.#me = me;
    this.hear("c1", { type: "init", msg_id: 1, node_id: me, node_ids: [...members] }, 0);
  }

  hear(src: string, body: Body, now: number): Envelope[] {
    return this.#step({ kind: "receive", envelope: { src, dest: this.#me, body } }, now);
  }

  broadcast(message: Json, now: number): Envelope[] {
    return this.hear("c1", { type: "broadcast", message }, now);
  }

  /** From one deadline to the next until then. */
  run(until: number): Envelope[] {
    const sent: Envelope[] = [];
    for (let at = this.#node.deadline; at <= until; at = this.#node.deadline) {
      sent.push(...this.#step({ kind: "wake" }, at));
    }
    return sent;
  }

  /** Two values in one turn. */
  broadcastTwo(now: number): Envelope[] {
    const body = { type: "broadcast", message: "x" };
    this.#node.step({ kind: "receive", envelope: { src: "c1", dest: this.#me, body } }, now);
    return this.broadcast("y", now);
  }

  #step(event: Event, now: number): Envelope[] {
    return stepped(this.#node, event, now).flatMap((effect) => effect.kind === "send" ? effect.envelope : []);
  }
}

/** A root that has heard from all whom it passes on to, a round trip of 10 ms away. */
function rootOf(members: readonly string[], children: readonly string[], incarnation = 1): Member {
  const member = new Member(members[0] as string, members);
  member.run(HELLO_MS);
  const body = { type: "ack", incarnation, seq: 1, ack: [1, 1, 0], digest: [] };
  for (const id of children) member.hear(id, body, HELLO_MS + 10);
  return member;
}

const hints = (sent: readonly Envelope[]) => sent.filter(({ body }) => body.type === "push");
const hint = (origin: string, seq: number, value: Json) => ({ type: "push", runs: [[origin, seq, [value]]] });
const carry = (sent: readonly Envelope[], origin: string) =>
  sent.filter(({ body }) => JSON.stringify(body["runs"] ?? "").includes(origin)).map(({ dest }) => dest);

test("a value that enters alone below a relay goes to the root, too, and to the relay as ever [V10]", () => {
  const member = new Member(leaf);
  member.hear(relay, { type: "ack", incarnation: 1, seq: 1, ack: [1, 1, 0], digest: [] }, 5);
  const sent = [...member.broadcast("v", 10), ...member.run(10)];
  deepEqual(hints(sent), [{ src: leaf, dest: root, body: hint(`${leaf}.1`, 1, "v") }]);
  deepEqual(carry(sent, `${leaf}.1`).sort(), [root, relay]);
});

test("values that enter together, and what enters at a relay or in a star, are not pushed [V10]", () => {
  deepEqual(hints(new Member(leaf).broadcastTwo(10)), []);
  deepEqual(hints(new Member(relay).broadcast("v", 10)), []);
  deepEqual(hints(new Member("n1", ["n0", "n1", "n2"]).broadcast("v", 10)), []);
});

test("all members together push EAGER_PUSHES_HZ_MAX times a second [V10]", () => {
  const everyMs = 1_000 * (MANY - 1) / EAGER_PUSHES_HZ_MAX;
  const member = new Member(leaf);
  const pushed = [10, 11, 10 + everyMs - 1, 10 + everyMs, 11 + everyMs].map((now) =>
    hints(member.broadcast(`at ${now}`, now)).length
  );
  deepEqual(pushed, [1, 0, 0, 1, 0]);
});

test("the root passes on what was pushed, but not to the relay that has it from below [V10]", () => {
  const member = rootOf(ids, ids.slice(1, 1 + RELAYS));
  const sent = [...member.hear(leaf, hint(`${leaf}.1`, 1, "v"), 2_000), ...member.run(2_010)];
  deepEqual(carry(sent, `${leaf}.1`), ids.slice(2, 1 + RELAYS));
});

test("the relay that should have had it from below and says nothing gets it from the root [E6] [V10]", () => {
  const member = rootOf(ids, ids.slice(1, 1 + RELAYS));
  member.hear(leaf, hint(`${leaf}.1`, 1, "v"), 2_000);
  equal(carry(member.run(10_000), `${leaf}.1`).includes(relay), true);
});

test("nothing is believed of the sender of a push: it may have forgotten since [V10] [B1]", () => {
  const member = rootOf(["n0", "n1", "n2"], ["n1", "n2"], 2);
  const sent = [...member.hear("n1", hint("n1.1", 1, "v"), 2_000), ...member.run(2_010)];
  deepEqual(carry(sent, "n1.1"), ["n1", "n2"]);
});

test("a malformed push is refused, and one of a stranger or of own entries does nothing [V10] [N5]", () => {
  const member = new Member("n0", ["n0", "n1"]);
  member.run(HELLO_MS);
  const [answer] = member.hear("n1", { type: "push", msg_id: 7 }, 1_000);
  deepEqual([answer?.body.type, answer?.body["code"]], ["error", MALFORMED_REQUEST]);
  member.hear("n9", hint("n9.1", 1, "v"), 1_000);
  member.hear("n1", hint("n0.1", 1, "v"), 1_000);
  const [read] = member.hear("c1", { type: "read", msg_id: 1 }, 1_000);
  deepEqual(read?.body["messages"], []);
});
