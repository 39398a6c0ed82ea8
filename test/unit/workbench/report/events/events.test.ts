/** A run as events and back: nothing is lost on the way, and whatever else stands in a file is told by its line. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Json } from "../../../../../lib/core/message.ts";
import type { RunEvent } from "../../../../../lib/workbench/report/events/event.ts";
import {
  EVENT_NESTING_MAX,
  EventsReader,
  type Outcome,
} from "../../../../../lib/workbench/report/events/read.ts";
import { eventsOf } from "../../../../../lib/workbench/report/events/write.ts";
import { Recorder } from "../../../../../lib/workbench/report/recording.ts";
import type { About, Run } from "../../../../../lib/workbench/report/run.ts";
import { defaults, type Settings } from "../../../../../lib/workbench/settings.ts";
import { simulate } from "../../../../../lib/workbench/world/sim.ts";

const about: About = {
  world: "sim",
  headline: "Five nodes.",
  verdict: "Valid: yes.",
  passed: true,
  reasons: [],
  nodes: ["n0", "n1", "n2", "n3", "n4"],
  command: undefined,
  limits: [
    { name: "median latency", unit: "ms", most: 400, value: undefined, of: "stable-median" },
    { name: "longest heal", unit: "ms", most: 400, value: 3 },
  ],
};

function runOf(changes: Partial<Settings>): Run {
  const recorder = new Recorder();
  const results = simulate({ ...defaults, timeLimitS: 10, ...changes }, { recorder });
  return { about, recording: recorder.recording, results };
}

function linesOf(run: Run): string[] {
  return [...eventsOf(run, "1.2.3")].map((event) => JSON.stringify(event));
}

function readBack(lines: readonly string[], reader = new EventsReader()): Outcome {
  for (const line of lines) reader.take(line);
  return reader.end();
}

function runIn(outcome: Outcome): Run {
  assert(outcome.ok, "the events can be read");
  return outcome.run;
}

function reasonOf(lines: readonly string[], reader?: EventsReader): string {
  const outcome = readBack(lines, reader);
  return outcome.ok ? "" : outcome.reason;
}

const healthy = linesOf(runOf({ timeLimitS: 1, recoveryS: 0 }));
const [first = "", ...others] = healthy;
const last = others.at(-1) ?? "";

const troubles: readonly Partial<Settings>[] = [
  { nemesis: ["partition", "loss", "duplicate"], latencyMs: 20, nemesisIntervalS: 2 },
  { nemesis: ["kill", "pause", "partition"], nemesisIntervalS: 1 },
  {
    nemesis: ["kill", "rollback", "disk", "stall"],
    nemesisIntervalS: 1,
    latencyDist: "exponential",
    latencyMs: 30,
  },
  { nodeCount: 1, rate: 1 },
];

for (const [i, settings] of troubles.entries()) {
  test(`a run with ${settings.nemesis?.join(", ") ?? "one node"} is read from its events as it was`, () => {
    const run = runOf({ ...settings, seed: i + 1 });
    const [read, was] = [runIn(readBack(linesOf(run))), run].map(asWritten);
    assert.deepEqual(read, was);
  });
}

for (const workload of ["echo", "unique-ids", "g-set", "g-counter"] as const) {
  test(`a run of ${workload} is read from its events as it was`, () => {
    const run = runOf({ workload, nemesis: ["kill"], timeLimitS: 4 });
    const [read, was] = [runIn(readBack(linesOf(run))), run].map(asWritten);
    assert.deepEqual(read, was);
    assert.equal(was?.recording.told.length === 0, workload !== "g-set");
  });
}

test("a workload that this version does not know is refused", () => {
  const unknown = first.replace('"settings":{', '"settings":{"workload":"kafka",');
  assert.match(reasonOf([unknown]), /^line 1: \S+ \/settings\/workload /);
});

/** A field of a body, or of what a node says, that is undefined is none. */
function asWritten({ recording, ...run }: Run): Run {
  const passages = recording.passages.map(({ envelope, ...passage }) => ({
    ...passage,
    envelope: JSON.parse(JSON.stringify(envelope)),
  }));
  const traces = recording.traces.map((traced) => JSON.parse(JSON.stringify(traced)));
  return { ...run, recording: { ...recording, passages, traces } };
}

test("events are in the order of time, between the run and its results", () => {
  const events = linesOf(runOf({ nemesis: ["partition", "kill"] })).map((line): RunEvent => JSON.parse(line));
  assert.equal(events.at(0)?.event, "run");
  assert.equal(events.at(-1)?.event, "results");
  const times = events.flatMap((event) => "at" in event ? [event.at] : []);
  assert.deepEqual(
    new Set(events.filter((event) => !("at" in event)).map(({ event }) => event)),
    new Set(["run", "value", "results"]),
  );
  assert.deepEqual(times, times.toSorted((a, b) => a - b));
  const kinds = new Set<string>(events.map(({ event }) => event));
  for (const kind of ["invoke", "complete", "message", "told", "held", "cut", "heal", "down", "up"]) {
    assert(kinds.has(kind), `${kind} is among them`);
  }
});

test("outages and cuts that follow upon each other, are empty, or are open are kept as they were", () => {
  const recorder = new Recorder();
  const grudge = new Map([["n0", new Set(["n1", "n2"])]]);
  recorder.became("n0", "paused", 1);
  recorder.became("n1", "down", 2);
  recorder.became("n0", "down", 3);
  recorder.became("n2", "down", 3);
  recorder.became("n2", "up", 3);
  recorder.became("n1", "up", 4);
  recorder.became("n0", "up", 4);
  recorder.became("n0", "down", 4);
  recorder.parted(grudge, 1);
  recorder.parted(new Map([["n1", new Set(["n0"])]]), 2);
  recorder.parted(new Map(), 3);
  recorder.parted(grudge, 3);
  const run: Run = { ...runOf({ timeLimitS: 1 }), recording: recorder.recording };
  assert.deepEqual(runIn(readBack(linesOf(run))), run);
});

test("values read twice, values that nobody broadcast, and how many messages were too many are kept", () => {
  const run = runOf({ timeLimitS: 1 });
  const sighting = (value: Json) => ({ value, read: { index: 3, time: 4.5, node: "n1" } });
  const sightings = { duplicated: [sighting(1), sighting(null)], phantoms: [sighting({ "__proto__": 5 })] };
  const changed: Run = { ...run, recording: { ...run.recording, sightings, overlooked: 7 } };
  const { recording } = runIn(readBack(linesOf(changed)));
  assert.deepEqual([recording.sightings, recording.overlooked], [sightings, 7]);
});

test("a file that breaks off gives what it has, and says what it lacks", () => {
  const cutOff = [...healthy.slice(0, 20), (healthy[20] ?? "").slice(0, 12)];
  const outcome = readBack(cutOff);
  const run = runIn(outcome);
  assert.deepEqual(outcome.ok && outcome.warnings, [
    "It breaks off in line 21.",
    "The results are missing, and with them what came of the run.",
  ]);
  assert.equal(run.recording.operations.length + run.recording.passages.length > 0, true);
  assert.equal(run.about.passed, false);
  assert.equal(run.results.valid, false);
  assert.equal(run.results.settings.timeLimitS, 1);
});

test("events of a later version are left out, and counted", () => {
  const outcome = readBack([first, ...[1, 2].map(() => '{"event":"dreamt","at":5}'), last]);
  assert.deepEqual(outcome.ok && outcome.warnings, [
    '2 events "dreamt" are left out: this version does not know them.',
  ]);
});

test("many names of events that are not known take a few words each", () => {
  const names = Array.from({ length: 11 }, (_, i) => `${i}${"x".repeat(60)}`);
  const outcome = readBack([first, ...names.map((name) => JSON.stringify({ event: name })), last]);
  const warnings = outcome.ok ? outcome.warnings : [];
  assert.equal(warnings.length, 9);
  assert.equal(warnings[0], `1 events "0${"x".repeat(39)}" are left out: this version does not know them.`);
  assert.equal(warnings[8], "3 events of other names are left out as well.");
});

const bad: readonly (readonly [string, readonly string[], RegExp])[] = [
  ["nothing", [], /^line 1: it must be the event run$/],
  ["no JSON in the midst", [first, "{", last], /^line 2: it is no JSON$/],
  ["no object", [first, "[]"], /^line 2: it is no object with the name of an event$/],
  ["null", [first, "null"], /^line 2: it is no object/],
  ["no run at first", [last], /^line 1: run must be the first event, and no other$/],
  ["a second run", [first, first], /^line 2: run must be/],
  [
    "a run of another format",
    [first.replace('"format":1', '"format":2')],
    /^line 1: run \/format must be equal to /,
  ],
  ["something after the results", [first, last, last], /^line 3: results must be the last event$/],
  [
    "a wrong type",
    [first, '{"event":"told","at":"5","node":"n0","values":[]}'],
    /^line 2: told \/at must be number$/,
  ],
  [
    "a moment that is not finite",
    [first, '{"event":"heal","at":1e999}'],
    /^line 2: heal \/at must be number$/,
  ],
  [
    "a body without a type",
    [first, '{"event":"message","at":1,"sent":0,"src":"n0","dest":"n1","body":{}}'],
    /^line 2: message \/body/,
  ],
  [
    "time that runs back",
    [first, '{"event":"heal","at":5}', '{"event":"heal","at":4}'],
    /^line 3: it happened at 4, before/,
  ],
  [
    "an answer to nothing",
    [first, '{"event":"complete","at":5,"op":7,"outcome":"ok"}'],
    /^line 2: operation 7 was not invoked/,
  ],
  [
    "results that are none",
    [first, last.replace('"results":{"valid":true,', '"results":{"valid":1,')],
    /^line 2: results \/results/,
  ],
];

for (const [what, lines, reason] of bad) {
  test(`a file with ${what} is refused by its line`, () => assert.match(reasonOf(lines), reason));
}

test("an operation begins once and ends once", () => {
  const op = { op: 1, at: 1 };
  const invoke = JSON.stringify({
    event: "invoke",
    ...op,
    process: 0,
    node: "n0",
    f: "read",
    value: null,
    final: false,
  });
  const complete = JSON.stringify({ event: "complete", ...op, outcome: "ok", shown: 2 });
  assert.match(reasonOf([first, invoke, invoke]), /^line 3: operation 1 was invoked before$/);
  assert.match(reasonOf([first, invoke, complete, complete]), /^line 4: operation 1 .* is over already$/);
  assert.match(reasonOf([first, invoke, complete, invoke]), /^line 4: operation 1 was invoked before$/);
});

test("names of every object's own properties are names like any other", () => {
  const cut = '{"event":"cut","at":1,"grudge":{"__proto__":["constructor"],"toString":["n1"]}}';
  const down = '{"event":"down","at":2,"node":"__proto__"}';
  const { cuts, outages } = runIn(readBack([first, cut, down, last])).recording;
  assert.deepEqual([...cuts[0]?.grudge.keys() ?? []], ["__proto__", "toString"]);
  assert.equal(outages[0]?.node, "__proto__");
  assert.equal(Object.getPrototypeOf({}), Object.prototype);
});

test("an event that is nested too deep to be written again is refused", () => {
  // The event and its list are two levels.
  const told = (levels: number) =>
    `{"event":"told","at":0,"node":"n0","values":[${"[".repeat(levels - 2)}${"]".repeat(levels - 2)}]}`;
  assert.equal(reasonOf([first, told(EVENT_NESTING_MAX)]), "");
  for (const levels of [EVENT_NESTING_MAX + 1, 50_000]) {
    assert.equal(
      reasonOf([first, told(levels)]),
      `line 2: it is nested more than ${EVENT_NESTING_MAX} levels deep`,
    );
  }
});

test("more events than a reader takes are refused", () => {
  const heals = Array.from({ length: 3 }, (_, i) => JSON.stringify({ event: "heal", at: i }));
  assert.equal(readBack([first, ...heals.slice(1), last], new EventsReader(4)).ok, true);
  assert.match(
    reasonOf([first, ...heals, last], new EventsReader(4)),
    /^line 5: there are more than 4 events$/,
  );
});
