/** What the page with the simulator is made of, as far as it needs no page: where nodes stand, how a session is played and judged. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, verdictOf } from "../../../lib/pages/play/judge.ts";
import * as layout from "../../../lib/pages/play/layout.ts";
import { Player, speeds } from "../../../lib/pages/play/player.ts";
import { stories } from "../../../lib/pages/play/stories.ts";
import { NODES_MAX } from "../../../lib/workbench/session/story.ts";
import { emptyStory, settingsOf, type Story, UNTIL_MS_MAX } from "../../../lib/workbench/session/story.ts";
import { Session } from "../../../lib/workbench/session/session.ts";
import { protocolNames, topologyNames } from "../../../lib/workbench/settings.ts";
import { simulate } from "../../../lib/workbench/world/sim.ts";

test("nodes stand within the stage and do not touch each other, whatever the session", () => {
  for (const [width, height] of [[1000, 560], [364, 440]] as const) {
    for (const protocol of protocolNames) {
      for (const topology of topologyNames) {
        for (const nodeCount of [1, 2, 5, 9, 25]) {
          const points = layout.places({ ...emptyStory, protocol, topology, nodeCount }, width, height);
          assert.equal(points.length, nodeCount);
          assert.ok(points.every(({ x, y }) => x >= 0 && x <= width && y >= 0 && y <= height));
          const radius = layout.radiusFor(points);
          const near = points.some((a, i) =>
            points.slice(i + 1).some((b) => Math.hypot(a.x - b.x, a.y - b.y) < 2 * radius)
          );
          assert.ok(!near, `${protocol} ${topology} ${nodeCount} ${width}`);
        }
      }
    }
    const most = layout.places({ ...emptyStory, nodeCount: NODES_MAX }, width, height);
    assert.equal(most.length, NODES_MAX);
  }
});

test("stretches cross or do not, and are so far away", () => {
  const at = (x: number, y: number) => ({ x, y });
  assert.ok(layout.crosses([at(0, 0), at(10, 10)], [at(0, 10), at(10, 0)]));
  assert.ok(!layout.crosses([at(0, 0), at(10, 10)], [at(0, 10), at(4, 6)]));
  assert.equal(layout.distanceTo(at(5, 3), at(0, 0), at(10, 0)), 3);
  assert.equal(layout.distanceTo(at(13, 4), at(0, 0), at(10, 0)), 5);
  assert.equal(layout.distanceTo(at(3, 4), at(0, 0), at(0, 0)), 5);
});

test("too many messages are thinned evenly, and one more leaves the others where they are", () => {
  const items = (count: number) => Array.from({ length: count }, (_, index) => ({ index }));
  assert.equal(layout.thinned(items(100), 100).length, 100);
  assert.equal(layout.thinned(items(101), 100).length, 51);
  const [fewer, more] = [layout.thinned(items(390), 100), layout.thinned(items(400), 100)];
  assert.deepEqual(more.slice(0, fewer.length), fewer);
});

test("the links of a session are its tree, or the neighbours that its nodes are advised to have", () => {
  const links = (changes: Partial<Story>) => {
    const story = { ...emptyStory, nodeCount: 4, ...changes };
    const session = new Session(story);
    session.runTo(2_000);
    return layout.mainLinks(story, session);
  };
  assert.deepEqual(links({}), [[1, 0], [2, 0], [3, 0]]);
  assert.deepEqual(links({ protocol: "neighbours-retry" }), [[0, 2], [0, 1], [1, 3], [2, 3]]);
  assert.equal(links({ protocol: "flood" }).length, 6);
  assert.deepEqual(links({ protocol: "single" }), []);
});

const healed = stories.find(({ name }) => name === "A cut and its heal")?.story ?? emptyStory;

/** Frames of 10 ms until the session has come so far. */
function play(player: Player, ms: number): void {
  for (let i = 0; i < 100_000 && player.session.now < ms && player.running; i++) player.frame(10);
}

test("a player runs at its speed, stops at the end of a story, and goes on from there", () => {
  const story = healed;
  let changes = 0;
  const player = new Player(story, () => changes++);
  player.open(story, true);
  player.speed = speeds.indexOf(0.5);
  player.frame(10);
  assert.equal(player.session.now, 5);
  player.frame(1_000_000);
  assert.equal(player.session.now, 55, "a gap between frames is no jump");
  player.speed = speeds.indexOf(10);
  assert.ok(player.isAhead);
  play(player, Infinity);
  assert.deepEqual([player.session.now, player.running, player.isAhead], [story.untilMs, false, false]);
  assert.deepEqual(player.told, story);
  assert.ok(changes > 0);
  player.toggle();
  play(player, story.untilMs + 100);
  assert.ok(player.session.now >= story.untilMs + 100);
  assert.equal(player.told.untilMs, Math.ceil(player.session.now));
});

test("who does something while a story is told again goes on another way", () => {
  const story = healed;
  const player = new Player(story, () => {});
  player.open(story, true);
  play(player, 2_000);
  const { now } = player.session;
  const straight = new Session(story);
  straight.runTo(now);
  player.act({ kind: "kill", node: "n3" });
  const kept = story.script.filter(({ at }) => at <= now);
  assert.deepEqual(player.session.script.slice(0, kept.length), kept);
  assert.deepEqual(player.session.script.length, kept.length + 1);
  assert.equal(player.session.picture.ledger.messages, straight.picture.ledger.messages);
  assert.ok(!player.session.ahead && !player.isAhead);
  player.replay();
  assert.equal(player.session.now, 0);
  assert.deepEqual(player.told.script.length, kept.length + 1);
});

test("a player that catches up with the end of a story can be stopped", () => {
  const player = new Player(healed, () => {});
  player.open({ ...healed, rate: 500, nodeCount: 25, untilMs: UNTIL_MS_MAX }, false);
  player.skip();
  player.frame(10);
  assert.ok(player.isCatchingUp);
  player.toggle();
  const { now } = player.session;
  player.frame(10);
  assert.deepEqual([player.isCatchingUp, player.running, player.session.now], [false, false, now]);
  player.open(healed, false);
  player.skip();
  while (player.isCatchingUp) player.frame(10);
  assert.deepEqual([player.session.now, player.isAhead], [healed.untilMs, false]);
});

test("links are cut one after the other, and mended", () => {
  const player = new Player({ ...emptyStory, nodeCount: 4 }, () => {});
  const cuts = () =>
    player.session.script.map((action): string => action.kind === "cut" ? action.grudge : action.kind);
  player.cut([[0, 1]], true);
  player.cut([[2, 0], [3, 0]], true);
  assert.ok(player.isCut(1, 0) && !player.isCut(1, 2));
  player.cut([[0, 1], [0, 2]], false);
  player.cut([[0, 3]], false);
  player.cut([[0, 3]], false);
  assert.deepEqual(cuts(), ["n0-n1", "n0|rest", "n0-n3", "heal"]);
});

test("a session that fails says so and stops", () => {
  const player = new Player(emptyStory, () => {});
  player.running = true;
  player.session.runTo = () => {
    throw new Error("n0 spins");
  };
  player.frame(10);
  assert.equal(player.failure, "The session has come to an end: n0 spins.");
  assert.equal(player.running, false);
  player.open(emptyStory, true);
  player.session.runTo(UNTIL_MS_MAX);
  player.frame(10);
  assert.equal(player.running, false);
  player.toggle();
  assert.equal(player.running, false, "there is nothing left of it");
});

test("a story is judged as `hearsay sim` judges it", async () => {
  for (const { story } of stories.filter(({ story }) => story.nodeCount < 9)) {
    const told: number[] = [];
    const results = await judge(story, (ms) => told.push(ms));
    assert.deepEqual(results, simulate(settingsOf(story)));
    assert.match(
      verdictOf(results),
      story.protocol === "flood" ? /^Not valid: .*"gone"/ : /^Valid: .* \(median\)/,
    );
  }
});
