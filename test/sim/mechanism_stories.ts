/** The stories of the mechanisms, by name: each a figure that holds with it, and that does not without it. */
import type { Mechanism } from "../../lib/core/mechanisms.ts";
import { STAR_MAX } from "../../lib/core/topology/layout.ts";
import type { Settings } from "../../lib/workbench/settings.ts";
import type { SimOptions } from "../../lib/workbench/world/sim.ts";
import { lackedAfterAbsence, leftAfterAMinute, livesNamed } from "./retention/kept.ts";
import { lostByLeaving, unawareOfJoin } from "./membership/changed.ts";
import {
  busiest,
  bytesPerOp,
  cut,
  first,
  invalid,
  linkedAgain,
  mean,
  onThinLine,
  type Story,
  trueMedian,
  worst,
} from "./story.ts";

const nine: Partial<Settings> = { nodeCount: 9, rate: 50, latencyMs: 100, timeLimitS: 6 };
const many: Partial<Settings> = { nodeCount: 25, rate: 100, latencyMs: 100, timeLimitS: 4 };
const halves: Partial<Settings> = { ...nine, nodeCount: 25, latencyMs: 50, ...cut("majority", 4) };
/** Just enough nodes for them; no more time than it takes to see. */
const twoLevels: Partial<Settings> = {
  ...{ nodeCount: STAR_MAX + 5, rate: 10, latencyMs: 20, timeLimitS: 1.5 },
  ...{ recoveryS: 5, startUpMs: 0 },
};
const loads: SimOptions = { loads: true };

export const stories: Record<Mechanism, Story> = {
  "retry": {
    tells: "a third of all messages is lost: every value arrives",
    unit: "invalid runs",
    figure: worst({ nemesis: ["loss"], lossShare: 0.3 }, invalid),
    most: 0,
  },
  "repair": {
    tells: "a node that was cut off gets what it missed, and in time",
    unit: "times as long as the line takes",
    figure: onThinLine({ bandwidthBps: 1_000_000, backlogBytes: 400_000, heals: true }, "timeRatio"),
    most: 1.3,
  },
  "detour": {
    tells: "one node hears both halves: values take the way over it",
    unit: "slowest value in reach, ms",
    figure: worst(cut("bridge", 10), "cut-max"),
    most: 1_500,
  },
  "failover": {
    tells: "the relay is cut off: the others do without it",
    unit: "median during the cut, ms",
    figure: worst({ ...nine, ...cut("n0|rest", 4) }, "cut-median"),
    most: 900,
  },
  "pacing": {
    tells: "a backlog goes over a thin line: it is not taken for a dead one",
    unit: "peers taken for lost",
    figure: onThinLine({ bandwidthBps: 1_000_000, backlogBytes: 400_000, heals: true }, "losses"),
    most: 3,
  },
  "rebirth": {
    tells: "nodes come back with an old copy of their log: every value is everywhere in the end",
    unit: "invalid runs",
    figure: worst(
      { nodeCount: 9, rate: 20, latencyMs: 20, nemesis: ["rollback"], nemesisIntervalS: 1 },
      invalid,
    ),
    most: 0,
  },
  "retention": {
    tells: "values are kept for a second: they go everywhere",
    unit: "values left after a minute",
    figure: leftAfterAMinute,
    most: 0,
  },
  "inquiry": {
    tells:
      "a node that keeps all was away, and comes back to a relay that keeps little: it gets all from another",
    unit: "values that it lacks",
    figure: lackedAfterAbsence,
    most: 0,
  },
  "retirement": {
    tells:
      "a node in memory is restarted twice a day: its ended lives are forgotten once nothing is left of them",
    unit: "lives that a message names",
    figure: livesNamed(300, 12),
    most: 20,
  },
  "member-news": {
    tells: "a node joins at a leaf: all count it among the members",
    unit: "members that do not",
    figure: unawareOfJoin,
    most: 0,
  },
  "handover": {
    tells: "a node that was cut off is told to leave: it waits until others have what it alone holds",
    unit: "values that are lost",
    figure: lostByLeaving,
    most: 0,
  },
  "window": {
    tells: "a relay gathers what it passes on: few messages",
    unit: "messages an operation",
    figure: worst(many, "msgs-per-op"),
    most: 4,
  },
  "stretch": {
    tells: "a node is cut off: values that go round share more of their way",
    unit: "messages an operation",
    figure: mean({ ...many, timeLimitS: 8, ...cut("one", 4) }, "msgs-per-op"),
    most: 1.42,
  },
  "linger": {
    tells: "what follows from one thing leaves together: fewer messages in a cut",
    unit: "messages of the busiest node a second",
    figure: worst(
      { ...nine, rate: 200, latencyMs: 50, timeLimitS: 8, ...cut("majority", 6) },
      busiest,
      { deliveryBudgetMs: 3_000, loads: true },
    ),
    most: 24,
  },
  "bulk": {
    tells: "a batch waits for nobody: what was gathered in a cut does not wait for a window at each node",
    unit: "median during the cut, ms",
    figure: worst({ ...nine, rate: 200, latencyMs: 50, timeLimitS: 8, ...cut("n8|rest", 6) }, "cut-median", {
      deliveryBudgetMs: 3_000,
    }),
    most: 1_340,
  },
  "stagger": {
    tells: "relays under a relay pass on what it passes on: fewer messages in two levels",
    unit: "messages an operation",
    figure: worst({ ...twoLevels, rate: 60, latencyMs: 50, timeLimitS: 3 }, "msgs-per-op", {
      deliveryBudgetMs: 1_000,
      seeds: [1],
    }),
    most: 6.9,
  },
  "hold": {
    tells: "a value that would wait at the relay waits at home: it shares the trip",
    unit: "messages an operation",
    figure: worst({ ...nine, timeLimitS: 8 }, "msgs-per-op", { deliveryBudgetMs: 2_000 }),
    most: 0.56,
  },
  "ack-on-flush": {
    tells: "the relay is cut off: a relay whose flush brings no acknowledgement is missed at once",
    unit: "slowest value in reach, ms",
    figure: worst({ ...nine, ...cut("n0|rest", 4) }, "cut-max"),
    most: 1_900,
  },
  "first-contact": {
    tells: "many nodes start: children greet their relay, and not both each other",
    unit: "messages an operation",
    figure: worst({ ...many, timeLimitS: 2 }, "msgs-per-op"),
    most: 1.85,
  },
  "rtt-bounds": {
    tells: "nodes start slowly: what waited for them is not taken for the length of the way",
    unit: "slowest value, ms",
    figure: worst({ ...nine, latencyMs: 50, timeLimitS: 3, startUpMs: 9_000 }, "true-max"),
    most: 1_000,
  },
  "typical": {
    tells: "nodes start, and first round trips are long: values do not wait for so long",
    unit: "slowest value, ms",
    figure: worst({ ...nine, latencyMs: 50, timeLimitS: 1, startUpMs: 1_000 }, "true-max", {
      seeds: first(12),
    }),
    most: 350,
  },
  "ask-back": {
    tells: "nodes start slowly, and then only one hears both halves: who knows no round trip asks for one",
    unit: "slowest value in reach, ms",
    figure: mean(
      { nodeCount: 9, rate: 20, timeLimitS: 4, startUpMs: 3_000, ...cut("bridge", 3) },
      "cut-max",
      { seeds: first(20) },
    ),
    most: 1_050,
  },
  "eager-push": {
    tells: "in two levels a value that enters alone is everywhere one hop earlier",
    unit: "median, ms",
    figure: worst(twoLevels, trueMedian, { seeds: [1] }),
    most: 70,
  },
  "recent-first": {
    tells: "a backlog goes over a thin line: fresh values need not wait for it",
    unit: "slowest fresh value, ms",
    figure: onThinLine(
      { bandwidthBps: 2_000_000, backlogBytes: 1_000_000, heals: true, fresh: { hz: 4, bytes: 300 } },
      "latestMs",
    ),
    most: 1_700,
  },
  "delta-digest": {
    tells: "a digest names what is new: fewer bytes",
    unit: "bytes an operation",
    figure: worst({ ...nine, rate: 30, latencyMs: 20 }, bytesPerOp, loads),
    most: 880,
  },
  "fast-retry": {
    tells: "an answer shows that what was sent got lost: it is sent again at once",
    unit: "slowest value, ms",
    figure: mean(
      { nodeCount: 2, rate: 50, latencyMs: 50, nemesis: ["loss"], lossShare: 0.15 },
      "true-max",
      { deliveryBudgetMs: 1_000, seeds: first(12) },
    ),
    most: 1_700,
  },
  "pull": {
    tells: "what a relay passed on got lost: who lacks it asks",
    unit: "slowest value, ms",
    figure: worst({ ...many, nemesis: ["loss"] }, "true-max", { seeds: [1] }),
    most: 3_000,
  },
  "arriving": {
    tells: "the largest values come over a thin line: nobody is lost meanwhile",
    unit: "peers taken for lost",
    figure: onThinLine({ bandwidthBps: 512_000, backlogBytes: 1_000_000, valueBytes: 250_000 }, "losses"),
    most: 0,
  },
  "background-probe": {
    tells: "a cut that lasted ends: it is noticed",
    unit: "after the heal, ms",
    figure: worst({ ...nine, ...cut("n0|rest", 4) }, "heal"),
    most: 1_500,
  },
  "retract": {
    tells: "the relay of many is cut off: nobody relies on links over which it heard nothing of late",
    unit: "slowest value in reach, ms",
    figure: worst({ ...many, timeLimitS: 6, ...cut("n0|rest", 5) }, "cut-max"),
    most: 1_800,
  },
  "search": {
    tells: "the relay is cut off: those who lost it call the next",
    unit: "slowest value in reach, ms",
    figure: worst({ ...nine, timeLimitS: 8, ...cut("n0|rest", 5) }, "cut-max"),
    most: 1_500,
  },
  "roll-call": {
    tells: "a cut through the middle: the new relay calls those of whom nothing is known",
    unit: "slowest value in reach, ms",
    figure: worst(halves, "cut-max"),
    most: 2_000,
  },
  "deputy": {
    tells: "the root is suspected, and a way leads round: the next in rank calls the roll, too",
    unit: "slowest value in reach, ms",
    // Of 40 seeds 9 are quicker with it and 2 slower; these two by a second.
    figure: worst(
      { nodeCount: 9, rate: 20, timeLimitS: 5, startUpMs: 3_000, ...cut("bridge", 4) },
      "cut-max",
      { seeds: [19, 32] },
    ),
    most: 1_500,
  },
  "reconnect": {
    tells: "cuts come and go while few values come: those who are not linked as they should be are called",
    unit: "slowest value in reach, ms",
    figure: worst(
      {
        nodeCount: 25,
        rate: 1,
        latencyMs: 50,
        timeLimitS: 20,
        nemesis: ["partition"],
        grudge: "majority",
        nemesisIntervalS: 2,
      },
      "cut-max",
      { seeds: first(4) },
    ),
    most: 3_000,
  },
  "flush-watch": {
    tells: "a third of all messages is lost: a relay that falls silent is asked",
    unit: "median, ms",
    figure: mean({ ...nine, latencyMs: 50, nemesis: ["loss"], lossShare: 0.3 }, trueMedian, {
      seeds: first(10),
    }),
    most: 615,
  },
  "stub": {
    tells: "a relay of two levels is cut off: most nodes need not hear of it",
    unit: "bytes an operation",
    figure: worst({ ...twoLevels, timeLimitS: 2, ...cut("n1|rest", 1.5) }, bytesPerOp, {
      loads: true,
      seeds: [1],
    }),
    most: 8_000,
  },
  "notify": {
    tells: "a cut through the middle: only who has to act is told at once",
    unit: "messages an operation",
    figure: worst(halves, "msgs-per-op"),
    most: 6,
  },
  "two-levels": {
    tells: "there are many nodes: no relay talks to all of them",
    unit: "messages of the busiest node a second",
    figure: worst(twoLevels, busiest, { loads: true, seeds: [1] }),
    most: 500,
  },
  "ask-relay": {
    tells: "a relay of two levels is cut off: those below it ask it when others ask them",
    unit: "messages of the busiest node a second",
    figure: worst({ ...twoLevels, timeLimitS: 2, ...cut("n1|rest", 1.5) }, busiest, {
      loads: true,
      seeds: [1],
    }),
    most: 220,
  },
  "link-hint": {
    tells: "carriers have their links back after a cut: so have the nodes",
    unit: "after the heal, ms",
    figure: linkedAgain(25),
    most: 150,
  },
};
