/** What `hearsay test` writes of anyone's nodes: the run that it prints, and what happened before a signal ended it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inFolder } from "../../shared/in_folder.ts";
import { until } from "../../shared/until.ts";
import { ending, fromSource, hearsay, start } from "../fixtures/hearsay.ts";
import { fixture } from "../fixtures/programs.ts";
import { runIn } from "../../shared/some_run.ts";

test("test --events has the messages of a foreign node, and what reads show that it holds and forgets", () =>
  inFolder(async (folder) => {
    const path = join(folder, "events.ndjson");
    const { bin, args } = fixture("forgets_one");
    const load = ["--node-count", "2", "--time-limit", "2", "--rate", "20", "--recovery", "0.5"];
    const { status, err } = await hearsay("test", ...load, "--bin", bin, "--events", path, "--", ...args);
    assert.equal(status, 1);
    assert.match(err, /Wrote .*events\.ndjson: the events of seed 1\./);
    const { about, recording, results } = runIn(path);
    assert.deepEqual([about.world, about.passed, about.nodes], ["test", false, ["n0", "n1"]]);
    assert.deepEqual(about.reasons, results.failures);
    assert.equal(recording.operations.length, results.stats.count);
    assert.equal(recording.passages.length, results.net.servers["send-count"]);
    const held = new Set(
      recording.held.flatMap(({ node, values }) => values.map((value) => `${node} ${value}`)),
    );
    const told = recording.told.flatMap(({ node, values }) => values.map((value) => `${node} ${value}`));
    const missing = told.filter((gain) => !held.has(gain));
    assert(
      missing.length > 0 && missing.length < told.length,
      "what is kept is held, what is forgotten is not",
    );
  }));

test("a test that a signal ends has written what happened until then", () =>
  inFolder(async (folder) => {
    const [events, page] = [join(folder, "events.ndjson"), join(folder, "report.html")];
    const files = ["--events", events, "--report", page];
    const child = start(
      fromSource(),
      "test",
      "--time-limit",
      "60",
      "--node-count",
      "2",
      "--log-net-recv",
      ...files,
    );
    let logged = "";
    child.stderr.on("data", (chunk) => logged += chunk);
    const ended = ending(child);
    await until(() => logged.includes('"broadcast_ok"'));
    child.kill("SIGINT");
    const { status, err } = await ended;
    assert.notEqual(status, 0);
    assert.match(err, /Wrote .*report\.html: the report of seed 1\./);
    const { about, recording } = runIn(events);
    assert.deepEqual(about.reasons, ["The run was interrupted: nothing is judged."]);
    assert(recording.operations.length > 0, "what was asked until then is among it");
    assert.deepEqual(recording.outages, [], "that the nodes are killed with it is no outage");
    assert.match(readFileSync(page, "utf8"), /The run was interrupted: nothing is judged\./);
  }));
