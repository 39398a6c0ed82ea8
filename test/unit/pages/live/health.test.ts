/** What the page says of a snapshot: one sentence, and how each member is. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Judge, STUCK_MS } from "../../../../lib/pages/live/state/health.ts";
import { Story } from "../../../../lib/pages/live/state/story.ts";
import type { Member, Snapshot } from "../../../../lib/service/live/snapshot.ts";
import { memberOf, outOfReach, saying, snapshotOf, viewOf } from "./snapshots.ts";

const [n1, n2, n3, n4, n5] = ["n1", "n2", "n3", "n4", "n5"].map((id) => memberOf(id));

function sentenceOf(members: readonly (Member | undefined)[], given: Partial<Snapshot> = {}): string {
  return judged(members, given).sentence;
}

function judged(members: readonly (Member | undefined)[], given: Partial<Snapshot> = {}) {
  return new Judge().judge(snapshotOf(members.filter((member) => member !== undefined), given), 0);
}

function differing(id: string, behind: number, entries = 5): Member {
  const view = viewOf({ entries, digest: `d${entries}` });
  return memberOf(id, { said: { view, age_ms: 200, agrees: false, behind } });
}

test("while all is well, the page says how many are up and that all agree", () => {
  const { level, seen, sentence } = judged([n1, n2, n3, n4, n5]);
  assert.deepEqual([level, sentence], ["good", "5 of 5 up, all agree on 7 values"]);
  assert.deepEqual(seen.map(({ state }) => state), ["self", "up", "up", "up", "up"]);
  assert.equal(sentenceOf([n1]), "1 of 1 up, holding 7 values");
  const fewer = [n1, differing("n2", 2), differing("n3", 0), differing("n4", -3)];
  assert.equal(sentenceOf(fewer), "4 of 4 up, 7 values, at most 2 on their way");
  assert.equal(sentenceOf([n1, differing("n2", -3)]), "2 of 2 up, 7 values, some on their way");
});

test("what a member said long ago, or has not said yet, is not counted on", () => {
  const silent = memberOf("n3", { said: null });
  assert.equal(sentenceOf([n1, n2, silent]), "3 of 3 up, 2 agree on 7 values");
  const old = memberOf("n3", { said: { view: viewOf(), age_ms: 60_000, agrees: false, behind: 9 } });
  assert.equal(sentenceOf([n1, n2, old]), "3 of 3 up, 2 agree on 7 values");
});

test("members out of reach are named, and so are those that do not reach them", () => {
  const members = [
    memberOf("n1", { suspects: ["n3", "n4"] }),
    saying("n2", ["n3", "n4"], { suspects: ["n3"] }),
    outOfReach("n3", 4_000),
    // What it says was known before.
    { ...outOfReach("n4", 4_000), suspects: ["n2"] },
  ];
  const { level, sentence, seen } = judged(members);
  assert.deepEqual([level, sentence], ["bad", "2 of 4 out of reach: n3 and n4"]);
  assert.deepEqual(seen.map(({ words }) => words), [
    "this node",
    "up",
    "out of reach 4 s",
    "out of reach 4 s",
  ]);
  assert.deepEqual(seen.map(({ unreachedBy }) => unreachedBy), [[], [], ["n1", "n2"], ["n1", "n2"]]);
  const many = ["n2", "n3", "n4", "n5", "n6"].map((id) => outOfReach(id, 9_000));
  assert.equal(sentenceOf([n1, ...many]), "5 of 6 out of reach: n2, n3 and 3 more");
});

test("a member whose link is down is reached all the same if another that is reached has a link to it", () => {
  const lost = (forMs: number) =>
    memberOf("n3", { link: { up: false, for_ms: forMs, reason: "silent" }, said: null });
  const { level, sentence, seen } = judged([n1, n2, lost(9_000)]);
  assert.deepEqual([level, seen[2]?.words, seen[2]?.unreachedBy], ["warn", "through n2", ["n1"]]);
  assert.equal(sentence, "3 of 3 up, n3 round a cut, 2 agree on 7 values");
  const among = [n1, n2, { ...lost(9_000), relay: "n4" }, n4];
  assert.equal(judged(among).seen[2]?.words, "through n4", "as the tree has it, where that is a way");
  // The other may not have noticed yet.
  assert.equal(sentenceOf([n1, n2, lost(900)]), "1 of 3 out of reach: n3");
  const out = judged([n1, saying("n2", ["n3"]), lost(9_000)]);
  assert.deepEqual([out.sentence, out.seen[2]?.unreachedBy], ["1 of 3 out of reach: n3", ["n1", "n2"]]);
});

test("a member several links away is reached as the tree has it", () => {
  const far = { link: { up: false, for_ms: 9_000, reason: "silent" }, said: null };
  const chain = [
    n1,
    saying("n2", ["n4"]),
    memberOf("n3", { ...far, relay: "n2" }),
    memberOf("n4", { ...far, relay: "n3" }),
  ];
  assert.deepEqual(judged(chain).seen.map(({ words }) => words), [
    "this node",
    "up",
    "through n2",
    "through n2",
  ]);
  const cut = [n1, saying("n2", ["n3", "n4"]), ...chain.slice(2)];
  assert.equal(sentenceOf(cut), "2 of 4 out of reach: n3 and n4");
});

test("a leaf reaches the others through its relay, and nobody once that is lost", () => {
  const down = { up: false, for_ms: 9_000, reason: "silent" };
  const leaf = { ...memberOf("n3"), link: null, said: null };
  const members = [
    memberOf("n1", { link: { up: true, for_ms: 9, reason: "" } }),
    memberOf("n2", { link: down }),
    leaf,
  ];
  assert.equal(judged(members, { id: "n3" }).seen[1]?.words, "through n1");
  const alone = [memberOf("n1", { link: down }), memberOf("n2", { link: down }), leaf];
  assert.equal(sentenceOf(alone, { id: "n3" }), "2 of 3 out of reach: n1 and n2");
});

test("a member that gets no values while it lacks some is in trouble after a while, one that gets on is not", () => {
  const judge = new Judge();
  const at = (now: number, entries: number) =>
    judge.judge(snapshotOf([memberOf("n1"), differing("n2", 2, entries)]), now).seen[1]?.state;
  assert.equal(at(0, 5), "up");
  assert.equal(at(STUCK_MS - 1, 5), "up");
  assert.equal(at(STUCK_MS, 5), "stuck");
  assert.equal(at(STUCK_MS + 1, 6), "up");
});

test("a disk that is full or fails, a node that waits and one that shows only itself are said to be so", () => {
  const full = { view: viewOf({ storage: "full" }), age_ms: 1, agrees: true, behind: 0 };
  assert.equal(sentenceOf([n1, memberOf("n2", { said: full })]), "2 of 2 up: n2 keeps no values");
  const own = { view: viewOf({ storage: "failed" }) };
  assert.equal(sentenceOf([n1, n2], own), "2 of 2 up: n1 keeps no values");
  assert.equal(sentenceOf([n1], { waits: "no seed" }), "n1 is no member yet: no seed");
  assert.equal(sentenceOf([n1], { whole: false }), "n1 is up, holding 7 values");
});

test("the story has a line for each change, says how long it lasted, and when all agreed again", () => {
  const [judge, story] = [new Judge(), new Story()];
  const tell = (s: number, ...members: Member[]) =>
    story.tell(judge.judge(snapshotOf([memberOf("n1"), ...members]), 1_000 * s), 1_000 * s)?.text;
  assert.equal(tell(0, memberOf("n2")), "2 of 2 up");
  assert.equal(tell(1, memberOf("n2")), "2 of 2 up, all agree on 7 values");
  // Under load they agree now and then, which is nothing to tell.
  assert.equal(tell(2, differing("n2", 2)), undefined);
  assert.equal(tell(3, memberOf("n2")), undefined);
  assert.equal(tell(4, outOfReach("n2", 1_000)), "1 of 2 out of reach: n2");
  assert.equal(tell(5, outOfReach("n2", 2_000)), undefined);
  assert.equal(tell(9, differing("n2", 4)), "2 of 2 up again, after 5 s");
  assert.equal(tell(10, memberOf("n2", { said: null })), undefined);
  assert.equal(tell(10, memberOf("n2")), "2 of 2 up, all agree on 7 values");
  assert.equal(tell(11, memberOf("n2")), undefined);
});
