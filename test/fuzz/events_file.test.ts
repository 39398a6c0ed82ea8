/** A file of events that somebody has changed: it is refused by its line, or drawn, whatever it says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Json } from "../../lib/core/message.ts";
import { EventsReader, type Outcome } from "../../lib/workbench/report/events/read.ts";
import { shivizLog } from "../../lib/workbench/report/events/shiviz.ts";
import { eventsOf } from "../../lib/workbench/report/events/write.ts";
import { reportHtml } from "../../lib/workbench/report/html/report.ts";
import { Recorder } from "../../lib/workbench/report/recording.ts";
import { defaults } from "../../lib/workbench/settings.ts";
import { simulate } from "../../lib/workbench/world/sim.ts";
import { holds } from "../property/holds.ts";

const about = {
  ...{ world: "sim", headline: "Three nodes.", verdict: "Valid.", passed: true, reasons: [] } as const,
  ...{ nodes: ["n0", "n1", "n2"], command: "hearsay sim", limits: [] },
};

function written(): string[] {
  const recorder = new Recorder();
  const settings = { ...defaults, nodeCount: 3, timeLimitS: 2, recoveryS: 0.5, latencyMs: 5 };
  const results = simulate({ ...settings, nemesis: ["partition", "kill"], nemesisIntervalS: 0.5 }, {
    recorder,
  });
  return [...eventsOf({ about, recording: recorder.recording, results }, "0")].map((event) =>
    JSON.stringify(event)
  );
}

const lines = written();

function read(lines: readonly string[]): Outcome {
  const reader = new EventsReader();
  for (const line of lines) reader.take(line);
  return reader.end();
}

/** Drawn, or refused with the number of a line. */
function stands(changed: readonly string[]): void {
  const outcome = read(changed);
  if (!outcome.ok) return assert.match(outcome.reason, /^line \d+: ./);
  assert.match(reportHtml(outcome.run, ""), /<!doctype html>/);
  assert([...shivizLog(outcome.run)].length > 0);
}

const strange: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, -1, 0, 1e300, -1e300, 0.5, "", "n0", "__proto__", "</script>", [], {}, [
    [],
  ]),
  fc.jsonValue({ maxDepth: 2 }).map((value): Json => JSON.parse(JSON.stringify(value))),
);

/** The same with another value in the place of one that is somewhere in it, or without it. */
function changedAt(value: Json, steps: readonly number[], put: Json | undefined): Json | undefined {
  const [step, ...rest] = steps;
  const keys = typeof value === "object" && value !== null ? Object.keys(value) : [];
  const key = step === undefined || keys.length === 0 ? undefined : keys[step % keys.length];
  if (key === undefined) return put;
  const entries = Object.entries(value ?? {}).flatMap(([name, inner]): [string, Json][] => {
    const next = name === key ? changedAt(inner, rest, put) : inner;
    return next === undefined ? [] : [[name, next]];
  });
  return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
}

test("a file with any value changed or left out is refused or drawn", () => {
  // The first and the last line say the most.
  const line = fc.oneof(fc.constant(0), fc.constant(lines.length - 1), fc.nat(lines.length - 1));
  const place = fc.record({ line, steps: fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }) });
  holds(
    fc.property(place, fc.option(strange, { nil: undefined }), ({ line, steps }, put) => {
      const changed = changedAt(JSON.parse(lines[line] ?? "null"), steps, put);
      stands(lines.with(line, JSON.stringify(changed) ?? ""));
    }),
    300,
  );
});

test("a file with lines left out, doubled or in another order is refused or drawn", () => {
  const some = fc.array(fc.nat(lines.length - 1), { maxLength: 60 });
  holds(
    fc.property(some, fc.boolean(), (picks, begins) => {
      stands([...begins ? lines.slice(0, 1) : [], ...picks.map((i) => lines[i] ?? "")]);
      stands(lines.filter((_, i) => !picks.includes(i)));
    }),
    60,
  );
});

test("a file cut off anywhere is drawn, but for one without a whole first line", () => {
  const text = lines.join("\n");
  holds(
    fc.property(fc.nat(text.length), (length) => {
      const outcome = read(text.slice(0, length).split("\n").filter((line) => line !== ""));
      assert.equal(outcome.ok, length >= (lines[0]?.length ?? 0));
      if (outcome.ok) assert.match(reportHtml(outcome.run, ""), /<!doctype html>/);
    }),
    40,
  );
});
