/** A position has at most POSITION_SPANS_MAX intervals, whatever a node makes up. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import type { Brought } from "../../../lib/client/answers.ts";
import { TIMEOUT_MS } from "../../../lib/client/common/limits.ts";
import { Nodes } from "../../../lib/client/nodes.ts";
import { positionFrom } from "../../../lib/client/position.ts";
import { Recent } from "../../../lib/client/watching/recent.ts";
import { addBrought, OVERFULL, POSITION_SPANS_MAX, Room } from "../../../lib/client/watching/room.ts";
import { Stream } from "../../../lib/client/watching/stream.ts";
import { Digest } from "../../../lib/core/log/digest.ts";
import type { Json } from "../../../lib/core/message.ts";
import { seeded } from "../../../lib/core/random.ts";
import { FakeNode, type Script, withNodes } from "./fake_node.ts";

/** As many as are well within a line. */
const SPANS_PER_MESSAGE = 32_768;

/** Every other entry of an origin. */
function holes(count: number, from = 1): number[] {
  return Array.from({ length: 2 * count }, (_, i) => from + i - (i % 2));
}

function passing(origin: string, spans: number[]): Brought {
  return { runs: [], gaps: [], passedOver: positionFrom([[origin, spans]]) ?? new Digest() };
}

test("there is room for POSITION_SPANS_MAX intervals, and for all that is part of them", () => {
  const position = new Digest();
  const room = new Room(position);
  const bring = (brought: Brought) => {
    const isEnough = room.isEnoughFor(brought);
    if (isEnough) addBrought(position, brought);
    return [isEnough, position.spanCount];
  };
  for (let i = 1; i < POSITION_SPANS_MAX / SPANS_PER_MESSAGE; i++) {
    bring(passing(`a${i}`, holes(SPANS_PER_MESSAGE)));
  }
  deepEqual(bring(passing("b", holes(SPANS_PER_MESSAGE - 1))), [true, POSITION_SPANS_MAX - 1]);
  deepEqual(bring(passing("c", [1, 1])), [true, POSITION_SPANS_MAX]);
  deepEqual(bring(passing("d", [1, 1])), [false, POSITION_SPANS_MAX]);
  deepEqual(bring(passing("c", [2, 2])), [true, POSITION_SPANS_MAX]);
  deepEqual(bring(passing("c", [4, 4])), [false, POSITION_SPANS_MAX]);
  deepEqual(bring(passing("b", [2, 2])), [true, POSITION_SPANS_MAX - 1]);
  deepEqual(bring({ runs: [], gaps: [{ origin: "d", seq: 1, count: 9 }], passedOver: new Digest() }), [
    true,
    POSITION_SPANS_MAX,
  ]);
});

test("a node that makes up origins and holes without end is given up, and another goes on", async () => {
  const liar = await FakeNode.start("n1", (body, visit) => {
    visit.say({ type: "watch_ok", values: 0 }, body);
    for (let i = 0; i <= POSITION_SPANS_MAX / SPANS_PER_MESSAGE; i++) {
      visit.say(
        { type: "values", runs: [], had: [[`made.up${i}`, holes(SPANS_PER_MESSAGE, 1_000_001)]] },
        body,
      );
    }
  });
  // What it brings is no more than the position has, so that there is room for it.
  const honest: Script = (body, visit) => {
    visit.say({ type: "watch_ok", values: 1 }, body);
    visit.say({ type: "values", runs: [["made.up0", 1_000_002, ["true"]]] }, body);
    visit.say({ type: "watch_end" }, body);
  };
  const other = await FakeNode.start("n2", honest);
  await withNodes([liar, other], async () => {
    const said: string[] = [];
    const taken: Json[] = [];
    const position = new Digest();
    const stream = new Stream({
      nodes: new Nodes(
        { at: [liar.address, other.address], timeoutMs: TIMEOUT_MS, verbose: true },
        (text) => said.push(text),
      ),
      random: seeded(1),
      position,
      recent: new Recent(),
      follow: false,
      take: ({ items }) => Promise.resolve(taken.push(...items.map(({ text }) => JSON.parse(text))) > 0),
    });
    equal(await stream.run(), "end");
    deepEqual([taken, said], [["true"], [`${liar.at} ${OVERFULL}\n`]]);
    equal(position.spanCount, POSITION_SPANS_MAX - 1);
  });
});

test("an origin that is longer than any is malformed", async () => {
  const liar = await FakeNode.start("n1", (body, visit) => {
    visit.say({ type: "watch_ok", values: 0 }, body);
    visit.say({ type: "values", runs: [], had: [["x".repeat(257), [1, 1]]] }, body);
  });
  await withNodes([liar], async () => {
    const nodes = new Nodes({ at: [liar.address], timeoutMs: TIMEOUT_MS, verbose: false }, () => {});
    const position = new Digest();
    const stream = new Stream({
      ...{ nodes, random: seeded(1), position, recent: new Recent(), follow: false },
      take: () => Promise.resolve(true),
    });
    equal(await stream.run(), "failed");
    deepEqual([nodes.failures[0]?.reason, position.spanCount], ["sends values that are malformed", 0]);
  });
});
