/** A watch leaves a node that is cut off with few members when another one reaches more. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { Nodes } from "../../../lib/client/nodes.ts";
import type { Reach } from "../../../lib/client/answers.ts";
import {
  LOOK_MS_MAX,
  LOOK_MS_MIN,
  LOOK_NODES_MAX,
  LOOK_TIMEOUT_MS,
  MINORITY_MS,
  Outlook,
  REACH_EVERY_MS,
} from "../../../lib/client/watching/outlook.ts";
import { type Move, Stream } from "../../../lib/client/watching/stream.ts";
import { Recent } from "../../../lib/client/watching/recent.ts";
import { Digest } from "../../../lib/core/log/digest.ts";
import type { Json } from "../../../lib/core/message.ts";
import { seeded } from "../../../lib/core/random.ts";
import { FakeNode, type Script, until, withNodes } from "./fake_node.ts";

/** How much longer a busy machine may take, ms. */
const BUSY_MS = 5_000;
/** A timer may ring that much too early, ms. */
const TIMER_EARLY_MS = 2;

/** A node that reaches so many of five members, as long as it is not told otherwise, and holds these values. */
class Reaching {
  reached: number | undefined;
  readonly values: readonly Json[];

  constructor(reached: number | undefined, values: readonly Json[] = []) {
    this.reached = reached;
    this.values = values;
  }

  readonly script: Script = (body, visit) => {
    if (body.type === "reach" && this.reached !== undefined) {
      visit.say({ type: "reach_ok", reached: this.reached, members: 5 }, body);
    } else if (body.type === "reach") {
      visit.say({ type: "error", code: 10, text: "unknown type: reach" }, body);
    } else if (body.type === "watch") {
      visit.say({ type: "watch_ok", values: 0 }, body);
      visit.say({ type: "values", runs: [["a", 1, this.values]] }, body);
    }
  };
}

function addressesOf(nodes: readonly FakeNode[]) {
  return nodes.map(({ address }) => address);
}

/** Looks at these nodes, of which the first is watched, and says where to it goes. */
async function outlookOver(
  others: readonly Reaching[],
  use: (outlook: Outlook, left: string[], nodes: readonly FakeNode[], asked: () => number) => Promise<void>,
): Promise<void> {
  const all = [new Reaching(0), ...others];
  const fakes = await Promise.all(all.map(({ script }, i) => FakeNode.start(`n${i + 1}`, script)));
  const left: string[] = [];
  let asked = 0;
  const outlook = new Outlook({
    nodes: new Nodes({ at: addressesOf(fakes), timeoutMs: BUSY_MS, verbose: false }, () => {}),
    random: seeded(1),
    ask: () => asked++,
    leave: ({ port }, why) =>
      left.push(`${fakes.findIndex(({ address }) => address.port === port) + 1} ${why}`),
  });
  await withNodes(fakes, async () => {
    try {
      await use(outlook, left, fakes, () => asked);
    } finally {
      outlook.stop();
    }
  });
}

/** Tells it what the watched node reaches, as often as that would be. */
async function telling(outlook: Outlook, own: Reach, ms: number, isOver: () => boolean): Promise<number> {
  const startedAt = performance.now();
  while (performance.now() - startedAt < ms && !isOver()) {
    outlook.heard(own);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return performance.now() - startedAt;
}

const FEW = { reached: 2, members: 5 };

test("the node that reaches most is gone to, once another has reached more for MINORITY_MS", () =>
  outlookOver(
    [new Reaching(2), new Reaching(3), new Reaching(4), new Reaching(undefined)],
    async (outlook, left, fakes) => {
      const took = await telling(outlook, FEW, MINORITY_MS + BUSY_MS, () => left.length > 0);
      deepEqual(left, [`4 reaches 2 of 5 members, and ${fakes[3]?.at} reaches 4`]);
      ok(took >= MINORITY_MS, `${took}`);
    },
  ));

test("nobody is asked while the node reaches all, and it is itself asked every REACH_EVERY_MS", () =>
  outlookOver([new Reaching(5)], async (outlook, left, fakes, asked) => {
    await telling(outlook, { reached: 5, members: 5 }, REACH_EVERY_MS + BUSY_MS, () => asked() > 0);
    deepEqual([left, fakes[1]?.asked], [[], []]);
    ok(asked() > 0);
  }));

test("a node that reaches as many is no reason to go, and is asked ever less often, up to LOOK_MS_MAX", () =>
  outlookOver([new Reaching(2)], async (outlook, left, fakes) => {
    await telling(outlook, FEW, 3.5 * LOOK_MS_MIN, () => false);
    const looks = fakes[1]?.count("reach") ?? 0;
    ok(looks >= 1 && looks <= 3, `${looks} looks`);
    deepEqual(left, []);
    ok(LOOK_MS_MIN < LOOK_MS_MAX);
    // Fewer in reach than before are a reason to look anew.
    outlook.heard({ reached: 1, members: 5 });
    await until(() => fakes[1]?.count("reach") === looks + 1, "another look");
  }));

test("links that come and go move nobody: others must reach more all the while", () => {
  const other = new Reaching(3);
  return outlookOver([other], async (outlook, left, fakes) => {
    await telling(outlook, FEW, MINORITY_MS / 2, () => false);
    outlook.heard({ reached: 5, members: 5 });
    await telling(outlook, FEW, MINORITY_MS / 2, () => false);
    other.reached = 2;
    const looks = fakes[1]?.count("reach") ?? 0;
    await until(() => {
      outlook.heard(FEW);
      return (fakes[1]?.count("reach") ?? 0) > looks + 1;
    }, "two more looks");
    deepEqual(left, []);
  });
});

test("however often a node says another number, others are asked no more often than every LOOK_MS_MIN", () => {
  const other = new Reaching(3);
  return outlookOver([other], async (outlook, _left, fakes) => {
    const startedAt = performance.now();
    await until(() => {
      // In vain, with others that reach more, and with fewer in reach each time.
      other.reached = other.reached === 3 ? 1 : 3;
      outlook.heard({ reached: 4, members: 5 });
      outlook.heard(FEW);
      return (fakes[1]?.count("reach") ?? 0) > 3;
    }, "four looks");
    const took = performance.now() - startedAt;
    ok(took >= 3 * LOOK_MS_MIN - TIMER_EARLY_MS, `${took} ms`);
  });
});

test("LOOK_NODES_MAX others are asked at once, and one that is silent holds up nobody for longer than LOOK_TIMEOUT_MS", () =>
  outlookOver(
    Array.from({ length: LOOK_NODES_MAX + 2 }, () => new Reaching(2)),
    async (outlook, _left, fakes) => {
      outlook.heard(FEW);
      const asked = () => fakes.reduce((sum, fake) => sum + fake.count("reach"), 0);
      await until(() => asked() === LOOK_NODES_MAX, "all are asked");
      outlook.heard(FEW);
      equal(asked(), LOOK_NODES_MAX);
      ok(LOOK_TIMEOUT_MS < MINORITY_MS);
    },
  ));

test("a watch goes on where more is reached, from where it was, and says so", async () => {
  const [few, many] = [new Reaching(2, [1, 2]), new Reaching(3, [1, 2, 3])];
  const fakes = await Promise.all([few, many].map(({ script }, i) => FakeNode.start(`n${i + 1}`, script)));
  const taken: Json[] = [];
  const moves: Move[] = [];
  const stream = new Stream({
    nodes: new Nodes({ at: addressesOf(fakes), timeoutMs: BUSY_MS, verbose: false }, () => {}),
    ...{ random: seeded(1), position: new Digest(), recent: new Recent(), follow: true },
    take: ({ items }) => Promise.resolve(taken.push(...items.map(({ text }) => JSON.parse(text))) > 0),
    onNode: (move) => moves.push(move),
  });
  await withNodes(fakes, async () => {
    const ended = stream.run();
    await until(() => taken.length === 3, "the third value came");
    stream.stop();
    equal(await ended, "stopped");
  });
  deepEqual(taken, [1, 2, 3]);
  const [here, there] = fakes.map(({ at }) => at);
  deepEqual(moves, [
    { at: there, id: "n2", reason: `${here} reaches 2 of 5 members, and ${there} reaches 3` },
  ]);
});
