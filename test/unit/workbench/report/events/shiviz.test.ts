/** The log for ShiViz: its expression reads every event, and the clocks are those of messages and of nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Body, Json } from "../../../../../lib/core/message.ts";
import { SHIVIZ_PARSER, shivizLog } from "../../../../../lib/workbench/report/events/shiviz.ts";
import { Recorder, type Recording } from "../../../../../lib/workbench/report/recording.ts";
import { defaults, type Settings } from "../../../../../lib/workbench/settings.ts";
import { simulate } from "../../../../../lib/workbench/world/sim.ts";

interface Logged {
  readonly event: string;
  readonly host: string;
  readonly clock: Readonly<Record<string, number>>;
}

/** As ShiViz reads it: the first line says how, the second is empty. */
function read(log: string): Logged[] {
  const [parser = "", parting = "", ...rest] = log.split("\n");
  assert.deepEqual([parser, parting], [SHIVIZ_PARSER, ""]);
  return [...rest.join("\n").matchAll(new RegExp(parser, "gm"))].map(({ groups = {} }) => {
    const { event = "", host = "", clock = "" } = groups;
    return { event, host, clock: JSON.parse(clock) };
  });
}

function logOf(recording: Recording): Logged[] {
  const log = [...shivizLog({ recording })].join("");
  const logged = read(log);
  assert.equal(log.split("\n").length, 3 + 2 * logged.length, "every event is read");
  return logged;
}

function simulated(settings: Partial<Settings>): Recording {
  const recorder = new Recorder();
  simulate({ ...defaults, timeLimitS: 5, ...settings }, { recorder });
  return recorder.recording;
}

const atOf = ({ event }: Logged) => Number(/at (-?[\d.]+) ms\)$/.exec(event)?.[1]);

for (const settings of [{ latencyMs: 40 }, { latencyMs: 0 }, { nemesis: ["partition", "kill"] }] as const) {
  test(`with ${JSON.stringify(settings)} each node counts its own events, and knows none that has not been yet`, () => {
    const counts = new Map<string, number>();
    for (const { host, clock } of logOf(simulated(settings))) {
      counts.set(host, (counts.get(host) ?? 0) + 1);
      assert.equal(clock[host], counts.get(host));
      for (const [node, count] of Object.entries(clock)) assert(count <= (counts.get(node) ?? 0));
    }
    assert.equal(counts.size, 5);
  });
}

test("a receipt knows all that its sender knew, and what a clock knows was earlier", () => {
  const logged = logOf(simulated({ latencyMs: 40, nemesis: ["partition"] }));
  // With one latency for all, the messages of a link come as they left.
  const links = new Map<string, Logged[]>();
  for (const entry of logged) {
    const [, verb, other] = /^(sends|receives from) (\w+)/.exec(entry.event) ?? [];
    if (verb === "sends" && !entry.event.includes(", lost: ")) {
      links.set(`${entry.host} ${other}`, [...links.get(`${entry.host} ${other}`) ?? [], entry]);
    } else if (verb === "receives from") {
      const sent = links.get(`${other} ${entry.host}`)?.shift();
      assert(sent !== undefined, "it was sent before");
      for (const [node, count] of Object.entries(sent.clock)) assert((entry.clock[node] ?? 0) >= count);
    }
  }
  assert([...links.values()].every((left) => left.length <= 1), "what is left was under way at the end");
  for (const { event, clock } of logged.filter((entry) => atOf(entry) > 4_000).slice(0, 50)) {
    for (const other of logged) {
      const isKnown = (clock[other.host] ?? 0) >= (other.clock[other.host] ?? 0);
      assert(!isKnown || atOf(other) <= atOf({ event, host: "", clock }));
    }
  }
});

test("what a message brings, what gets lost and what happens to a node are told in words", () => {
  const recorder = new Recorder();
  const message = (src: string, dest: string, body: Body, sentAt: number) => ({
    ...{ envelope: { src, dest, body }, sentAt, endedAt: 5 },
  });
  const values: Json[] = Array.from({ length: 9 }, (_, i) => i);
  recorder.tells("n0", ["a\n", "b".repeat(60)], 5);
  // Of what happens at one moment, a message is sent before it is received, and both before what follows from it.
  recorder.carried(message("n0", "n1", { type: "broadcast", message: 7 }, 5));
  recorder.carried(
    message(
      "n1",
      "n 2",
      { type: "delta", incarnation: 1, seq: 1, digest: [], runs: [["n0.1", 1, values]] },
      5,
    ),
  );
  recorder.carried({ ...message("n1", "n0", { type: "odd\n(" }, 2), dropped: "partition" });
  recorder.became("n1", "down", 6);
  recorder.loses("n1", "all", 6);
  recorder.loses("n1", [7], 7);
  assert.deepEqual(logOf(recorder.recording), [
    { event: String.raw`sends n0 "odd\n(", lost: partition (at 2.0 ms)`, host: "n1", clock: { n1: 1 } },
    {
      event: `a client tells it "a\\n", "${"b".repeat(39)}… (at 5.0 ms)`,
      host: "n0",
      clock: { n0: 1 },
    },
    { event: "sends n1 broadcast: 7 (at 5.0 ms)", host: "n0", clock: { n0: 2 } },
    { event: "receives from n0 broadcast: 7 (at 5.0 ms)", host: "n1", clock: { n1: 2, n0: 2 } },
    {
      event: "sends n 2 delta: 0, 1, 2, 3, 4, 5, 6, 7 and 1 more (at 5.0 ms)",
      host: "n1",
      clock: { n1: 3, n0: 2 },
    },
    {
      event: "receives from n1 delta: 0, 1, 2, 3, 4, 5, 6, 7 and 1 more (at 5.0 ms)",
      host: "n_2",
      clock: { "n_2": 1, n1: 3, n0: 2 },
    },
    { event: "is down (at 6.0 ms)", host: "n1", clock: { n1: 4, n0: 2 } },
    { event: "loses all (at 6.0 ms)", host: "n1", clock: { n1: 5, n0: 2 } },
    { event: "loses 7 (at 7.0 ms)", host: "n1", clock: { n1: 6, n0: 2 } },
  ]);
});
