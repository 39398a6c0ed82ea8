/** A session that is acted on as it runs comes out as its story does from the beginning, in a session and in `hearsay sim`. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Recorder, type Recording } from "../../../../lib/workbench/report/recording.ts";
import type { Deed } from "../../../../lib/workbench/script/script.ts";
import type { Flight } from "../../../../lib/workbench/session/picture.ts";
import { Session } from "../../../../lib/workbench/session/session.ts";
import { emptyStory, settingsOf, type Story, UNTIL_MS_MAX } from "../../../../lib/workbench/session/story.ts";
import { protocolNames } from "../../../../lib/workbench/settings.ts";
import { simulate } from "../../../../lib/workbench/world/sim.ts";

const deeds: readonly (readonly [number, Deed])[] = [
  [300, { kind: "broadcast", node: "n2", value: "A" }],
  [300, { kind: "broadcast", node: "n0", value: "B" }],
  [350, { kind: "cut", grudge: "n0,n1|rest" }],
  [1_000, { kind: "broadcast", node: "n1", value: "C" }],
  [1_200, { kind: "slow", node: "n3", ms: 200 }],
  [1_300, { kind: "slow", link: "n0-n3", ms: 50 }],
  [1_900, { kind: "kill", node: "n4" }],
  [2_000, { kind: "loss", share: 0.2 }],
  [2_000, { kind: "pause", node: "n2" }],
  [3_000, { kind: "heal" }],
  [3_100, { kind: "start", node: "n4" }],
  [3_100, { kind: "resume", node: "n2" }],
  [3_500, { kind: "duplicate", share: 0.3 }],
  [3_600, { kind: "broadcast", node: "n4", value: { a: "D" } }],
];

const stories: readonly Story[] = [
  { ...emptyStory, nodeCount: 5, rate: 20 },
  { ...emptyStory, nodeCount: 5, rate: 10, latencyMs: 0, seed: 7 },
  { ...emptyStory, nodeCount: 6, latencyDist: "exponential", seed: 3, rate: 5, protocol: "flood-retry" },
];

/** Does all deeds, in steps as of a page's frames, and goes on until then. */
function acted(story: Story, untilMs: number): Session {
  const session = new Session(story);
  let now = 0;
  const runTo = (ms: number) => {
    for (; now < ms; now += 16.7) session.runTo(now);
    session.runTo(ms);
  };
  for (const [at, deed] of deeds) {
    runTo(at);
    session.act(deed);
  }
  runTo(untilMs);
  return session;
}

function figures({ picture: { ledger, trail, states, outages }, now }: Session) {
  const { messages, lost, operations, missing, lateness } = ledger;
  return { now, messages, lost, operations, missing, lateness, trail, states, outages };
}

/** As a recording has it. */
function passageOf({ from, to, sentAt, endedAt, dropped }: Flight) {
  return { src: `n${from}`, dest: `n${to}`, sentAt, endedAt, dropped };
}

test("a story told from the beginning comes out as it did when it was acted out", () => {
  for (const story of stories) {
    const live = acted(story, 5_000);
    const again = new Session(live.story);
    again.runTo(5_000);
    assert.deepEqual(figures(again), figures(live));
    assert.equal(live.script.length, deeds.length);
    assert.ok(live.picture.ledger.messages > 50, "something happened");
  }
});

test("`hearsay sim` sends the messages of the session at the same moments", () => {
  for (const story of stories) {
    const live = acted(story, 5_000);
    const recorder = new Recorder();
    simulate(settingsOf(live.story), { recorder });
    const recording: Recording = recorder.recording;
    const sent = recording.passages.filter(({ endedAt }) => endedAt < 5_000)
      .map(({ envelope: { src, dest }, sentAt, endedAt, dropped }) => ({
        src,
        dest,
        sentAt,
        endedAt,
        dropped,
      }));
    const seen = live.picture.trail.filter(({ endedAt = Infinity }) => endedAt < 5_000).map(passageOf);
    const sorted = (passages: readonly object[]) => passages.map((passage) => JSON.stringify(passage)).sort();
    assert.deepEqual(sorted(seen), sorted(sent));
  }
});

test("the counts of a session are those of the results", () => {
  const session = new Session({ ...emptyStory, nodeCount: 5, rate: 20, seed: 11 });
  session.runTo(1_000);
  session.act({ kind: "kill", node: "n3" });
  session.runTo(2_000);
  session.act({ kind: "start", node: "n3" });
  session.runTo(4_000);
  session.act({ kind: "rate", rate: 0 });
  session.runTo(6_000);
  const { stats, net, workload, "true-latencies": latencies } = simulate(settingsOf(session.story));
  const { messages, operations, values, missing, lateness, lost } = session.picture.ledger;
  assert.equal(missing, 0);
  assert.equal(stats.count, operations + 5, "beside the last reads");
  assert.equal(workload["attempt-count"], values.length + stats["by-f"].broadcast["fail-count"]);
  assert.deepEqual([latencies?.["0.5"], latencies?.["1"]], [lateness?.median, lateness?.max]);
  assert.equal(net.mishaps["down"], lost);
  assert.ok(lost > 0);
  // Nodes rest, too, before they are read for the last time.
  assert.ok(net.servers["send-count"] >= messages);
});

test("every protocol runs in a session", () => {
  for (const protocol of protocolNames) {
    const session = new Session({ ...emptyStory, nodeCount: 4, rate: 10, protocol });
    session.runTo(1_000);
    const { messages, values } = session.picture.ledger;
    assert.ok(values.length > 0 && (messages > 0 || protocol === "single"), protocol);
  }
});

test("what is done at one moment after another is done, and nothing of it is ahead", () => {
  const session = new Session({ ...emptyStory, nodeCount: 3, seed: 5 });
  for (let i = 0; i < 300; i++) {
    if (i % 10 === 0) session.runTo(session.now + 7.7);
    session.act(i % 2 === 0 ? { kind: "cut", grudge: "n0|rest" } : { kind: "heal" });
    assert.ok(!session.ahead);
    assert.equal(session.story.script.length, i + 1);
  }
  assert.deepEqual(session.script.toSorted((a, b) => a.at - b.at), session.script);
});

test("a session can be run in slices, and ends", () => {
  const story: Story = { ...emptyStory, nodeCount: 3, rate: 50 };
  const session = new Session(story);
  let asked = 0;
  while (session.now < 2_000) session.runTo(2_000, () => ++asked % 2 === 0);
  assert.ok(asked > 2, "it asked whether to go on");
  const whole = new Session(story);
  whole.runTo(2_000);
  assert.deepEqual(figures(session), figures(whole));
  const over = new Session({ ...emptyStory, nodeCount: 1 });
  over.runTo(2 * UNTIL_MS_MAX);
  assert.equal(over.now, UNTIL_MS_MAX);
  assert.ok(over.isOver);
});
