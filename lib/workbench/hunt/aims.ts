/** What a hunt aims at: each aim writes scripts in which a fault strikes where it may hurt. */
import { below, pick, type Random, shuffle } from "../../core/random.ts";
import type { ScriptFault } from "../script/script.ts";
import type { Draft } from "./draft.ts";

/** The faults that a hunt may use. */
export const huntFaults = [
  "partition",
  "pause",
  "kill",
  "loss",
  "duplicate",
  "slow",
] as const satisfies readonly ScriptFault[];

export interface Aim {
  /** For people: "a cut while a value is on its way". */
  readonly name: string;
  /** Without these it can do nothing. */
  readonly faults: readonly ScriptFault[];
  readonly write: (draft: Draft) => void;
}

/** Numbers at which something else may begin: another length, another width, a round one. */
const ODD_VALUES = [
  ...[
    9,
    10,
    99,
    100,
    127,
    128,
    200,
    255,
    256,
    300,
    999,
    1_000,
    1_001,
    1_024,
    2_000,
    2_019,
    4_096,
    9_999,
    10_000,
  ],
  ...[32_767, 32_768, 65_535, 65_536, 99_999, 100_000, 123_456, 1_000_000, 16_777_217, 2_147_483_647],
];

export const aims: readonly Aim[] = [
  {
    name: "a cut while a value is on its way",
    faults: ["partition"],
    write(draft) {
      draft.tellSome(1 + below(draft.random, 2)).wait(60);
      const source = draft.node();
      draft.tell(source).waitOnTheWay();
      const side = draft.cut(source);
      draft.wait(30).tellSome(2, 20, side).tellSome(2, 20).pass(draft.spanMs).heal().wait(60).tellSome(1);
    },
  },
  {
    name: "a cut soon after a heal",
    faults: ["partition"],
    write(draft) {
      for (let i = 2 + below(draft.random, 2); i > 0; i--) {
        draft.cut(draft.relay());
        draft.wait(20).tellSome(2, 25).pass(draft.spanMs / 2).heal().wait(i === 2 ? 10 : 150);
      }
      draft.tellSome(1);
    },
  },
  {
    name: "cut links",
    faults: ["partition"],
    write(draft) {
      const [first = "", ...others] = shuffle(draft.random, draft.nodes);
      const cut = others.slice(0, 1 + below(draft.random, others.length)).map((other) => `${first}-${other}`);
      draft.tellSome(1).wait(40).do({ kind: "cut", grudge: cut.join(",") });
      draft.wait(20).tell(first).tellSome(3, 25).pass(draft.spanMs).heal().wait(60).tell(first).tellSome(1);
    },
  },
  {
    name: "the busiest node paused",
    faults: ["pause"],
    write(draft) {
      const node = draft.relay();
      draft.tellSome(2).wait(50).tell(node).waitOnTheWay().do({ kind: "pause", node });
      draft.wait(20).tellSome(3, 25).pass(draft.spanMs).do({ kind: "resume", node }).wait(40);
      draft.tell(node).read(node).tellSome(1);
    },
  },
  {
    name: "a kill right after an acknowledgement",
    faults: ["kill"],
    write(draft) {
      for (let i = 2 + below(draft.random, 2); i > 0; i--) {
        const node = draft.relay();
        draft.tellSome(1).wait(20).tell(node).wait(30).do({ kind: "kill", node });
        draft.wait(40).tellSome(1).pass(draft.spanMs / 2).do({ kind: "start", node }).pass(300);
      }
      draft.tellSome(2, 40);
    },
  },
  {
    name: "values after a start",
    faults: ["kill"],
    write(draft) {
      const node = draft.relay();
      draft.tellSome(2).wait(100).do({ kind: "kill", node }).wait(30).tellSome(2, 30).pass(draft.spanMs / 2);
      draft.do({ kind: "start", node });
      // A program takes its time to start, the more so on a busy machine.
      for (const gapMs of [300, 500, 900]) draft.pass(gapMs).tell(draft.node(node)).wait(60).tell(node);
    },
  },
  {
    name: "values of all sizes",
    faults: [],
    write(draft) {
      for (const value of shuffle(draft.random, ODD_VALUES).slice(0, 14)) {
        draft.tell(draft.node(), value).wait(12);
      }
      draft.tellSome(4, 2);
    },
  },
  {
    name: "many values",
    faults: [],
    write(draft) {
      draft.tellSome(40, 2).wait(50).tellSome(80, 4);
    },
  },
  {
    name: "values while reads are under way",
    faults: [],
    write(draft) {
      for (let i = 0; i < 6; i++) {
        const node = draft.node();
        draft.read(node).tell(draft.node(node)).waitOnTheWay().read(node).tell(node).read(node).wait(20);
      }
    },
  },
  {
    name: "lost messages",
    faults: ["loss"],
    write(draft) {
      draft.do({ kind: "loss", share: (3 + below(draft.random, 6)) / 10 }).tellSome(5, 30).pass(draft.spanMs);
      draft.do({ kind: "loss", share: 0 });
    },
  },
  {
    name: "doubled messages",
    faults: ["duplicate"],
    write(draft) {
      draft.do({ kind: "duplicate", share: below(draft.random, 2) === 0 ? 1 : 0.5 });
      draft.tellSome(5, 30).read().pass(50).read().do({ kind: "duplicate", share: 0 });
    },
  },
  {
    name: "a slow node, and a cut",
    faults: ["slow", "partition"],
    write(draft) {
      const node = draft.relay();
      draft.do({ kind: "slow", node, ms: 50 + below(draft.random, draft.spanMs) }).tell(node).tellSome(2, 30);
      draft.cut(draft.node());
      draft.wait(30).tellSome(2, 30).pass(draft.spanMs).do({ kind: "slow", node, ms: 0 }).heal().wait(40)
        .tellSome(1);
    },
  },
];

/** The aims of one cycle, as these faults allow, in an order of chance: of those that need no fault only one, as most break by one. */
export function allowedAims(faults: readonly ScriptFault[], random: Random): readonly Aim[] {
  const allowed = aims.filter((aim) => aim.faults.every((fault) => faults.includes(fault)));
  const [harmless] = shuffle(random, allowed.filter((aim) => aim.faults.length === 0));
  const striking = allowed.filter((aim) => aim.faults.length > 0);
  return shuffle(random, harmless === undefined ? striking : [...striking, harmless]);
}

/** One aim, and now and then another one after it. */
export function writeBoth(first: Aim, others: readonly Aim[], draft: Draft): string {
  first.write(draft);
  const second = below(draft.random, 4) === 0 ? pick(draft.random, others) : undefined;
  if (second === undefined) return first.name;
  draft.wait(80);
  second.write(draft);
  return `${first.name}, then ${second.name}`;
}
