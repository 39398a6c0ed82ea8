/** `hearsay why`: which values of which run, what is printed, and what is said where it cannot be. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseWhy, SLOWEST_MAX } from "../../../lib/commands/config/exam/why.ts";
import { FILE_RULE } from "../../../lib/commands/config/exam/wanted.ts";
import { flagsOf } from "../../../lib/commands/flags/every_flag.ts";
import { dispatch } from "../../../lib/commands/dispatch.ts";
import { chosen } from "../../../lib/commands/why/values.ts";
import { inFolder } from "../../shared/in_folder.ts";
import { listen } from "../../shared/io.ts";
import { configOf, mistakesOf } from "./config/parsed.ts";

const config = (...args: string[]) => configOf(parseWhy(args, {}));
const mistakes = (...args: string[]) => mistakesOf(parseWhy(args, { HEARSAY_SEED: "7" }));

async function run(...args: string[]) {
  const { io, out, err } = listen();
  const status = await dispatch(args, io);
  return { status, out: out.join(""), err: err.join("") };
}

const short = ["--challenge", "3c", "--time-limit", "3", "--recovery", "1"];

test("a word is a value, unless it ends as a file of events does, or is a dash", () => {
  const { values, slowest, source, json } = config("17", "abc", "run.ndjson", "--json");
  assert.deepEqual([values, slowest, source, json], [["17", "abc"], 1, { file: "run.ndjson" }, true]);
  assert.deepEqual(config("-").source, { file: "-" });
});

test("without a file a run is simulated, with the flags of sim", () => {
  const { source, slowest } = config(
    "--challenge",
    "3d",
    "--seed",
    "4",
    "--slowest",
    "3",
    "--without",
    "hold",
  );
  assert.ok("exam" in source);
  assert.deepEqual([source.exam.settings.seed, source.exam.settings.nodeCount, slowest], [4, 25, 3]);
  assert.deepEqual(source.without, ["hold"]);
});

test("why takes no flag that writes a file: it explains and is done", () => {
  const flags = flagsOf("why");
  assert.ok(flags.some(({ name }) => name === "without"));
  assert.deepEqual(flags.filter(({ rule }) => rule === FILE_RULE), []);
});

test("what does not go together is said; a variable that is for other commands, too, is none of it", () => {
  assert.deepEqual(mistakes("7", "--slowest", "2", "a.ndjson", "--rate", "5"), [
    `Cannot run 'why' as '--slowest' must be left out beside a VALUE: current value is "2"`,
    `Cannot run 'why' as '--rate' must be left out beside a FILE, whose run is over: current value is "5"`,
  ]);
  assert.match(mistakes("a.ndjson", "b.ndjson").join(), /'FILE' must be one file of events/);
  assert.equal(config("--slowest", String(SLOWEST_MAX)).slowest, SLOWEST_MAX);
  assert.match(mistakes("--slowest", String(SLOWEST_MAX + 1)).join(), /from 1 to 1000/);
  assert.match(mistakes("--challenge", "all").join(), /one of 3a, 3b, 3c, 3d, 3e: current/);
});

test("the slowest values of a simulated run are explained, the same from its events", () =>
  inFolder(async (folder) => {
    const file = join(folder, "run.ndjson");
    const simulated = await run("why", "--slowest", "2", ...short);
    assert.equal(simulated.status, 0);
    assert.match(
      simulated.out,
      /^Challenge 3c.*\n\nvalue \d+, told to n\d at .* all 5 nodes .*\n\n +at s +for s\n/,
    );
    assert.equal(simulated.out.match(/where the time went: .* a cut on every way/g)?.length, 2);
    await run("sim", ...short, "--events", file);
    assert.deepEqual(await run("why", "--slowest", "2", file), simulated);
  }));

test("the README shows what is printed", async () => {
  const readme = readFileSync(new URL("../../../lib/workbench/README.md", import.meta.url), "utf8");
  const { out } = await run("why", "--challenge", "3d", "--nemesis", "partition", "--seed", "4");
  const block = out.split("\n").map((line) => line === "" ? "" : `    ${line}`).join("\n");
  assert.ok(readme.includes(block));
});

test("values that are given are explained; of one that nobody told, those that may be meant are named", async () => {
  const { status, out, err } = await run("why", "3", "4000", "abc", "--json", ...short);
  assert.equal(status, 1);
  const { why, nodes } = JSON.parse(out);
  assert.deepEqual([why.length, why[0].value, nodes.length], [1, 3, 5]);
  const sum = why[0].stretches.reduce(
    (ms: number, each: Record<string, number>) => ms + (each["to-ms"] ?? NaN) - (each["from-ms"] ?? NaN),
    0,
  );
  assert.ok(Math.abs(sum - why[0].ms) < 0.01);
  assert.match(
    err,
    /^Cannot explain 4000 as no client told a node such a value: the nearest are \d+, \d+, \d+\nCannot explain abc .*: the run has \d+, as 0, 1, 2\n$/,
  );
});

test("a file by another name is no value", () =>
  inFolder((folder) => {
    const file = join(folder, "run.json");
    writeFileSync(file, "");
    assert.deepEqual(mistakes("5", file), [
      `Cannot run 'why' as 'FILE' must be a file whose name ends in .ndjson, or - for standard input; ` +
      `as a VALUE it is JSON: current value is "${file}"`,
    ]);
    const values = [JSON.stringify(file), "run.txt", `${"x".repeat(100_000)}.\0`];
    assert.deepEqual(config(...values).values, values);
    return Promise.resolve();
  }));

test("a file of events cannot move the cursor of those who read about it", () =>
  inFolder(async (folder) => {
    const file = join(folder, "run.ndjson");
    await run("sim", ...short, "--events", file);
    const events = readFileSync(file, "utf8").replaceAll('"n1"', '"\\u001b[2J\u202e"').replace(
      "5 nodes",
      "\u202e",
    );
    writeFileSync(file, events);
    const { out, err } = await run("why", "--slowest", "20", file);
    assert.equal(err, "");
    assert.ok(out.includes("\\u001b[2J\\u202e"));
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(out, /\x1b|\u202e/);
  }));

test("a file that is not there, or no file of events, is a failure that says so", () =>
  inFolder(async (folder) => {
    const { status, err } = await run("why", join(folder, "none.ndjson"));
    assert.deepEqual([status, err.includes("there is no such file")], [1, true]);
    const other = join(folder, "other.ndjson");
    writeFileSync(other, "{}\n");
    const refused = await run("why", other);
    assert.deepEqual([refused.status, refused.out, refused.err.includes("line 1: ")], [1, "", true]);
  }));

test("chosen(): JSON, bare text, and text that looks like a number; a misspelt one is guessed", () => {
  const known = [1, "two", "3", { four: [4] }];
  const found = chosen(["1", "two", "3", '{"four":[4]}'], known);
  assert.deepEqual(found.map((each) => each.ok && each.value), known);
  const [wrong] = chosen(["tow"], known);
  assert.match(wrong?.ok === false ? wrong.reason : "", /did you mean "two"\?$/);
  const [none] = chosen(["1"], []);
  assert.match(none?.ok === false ? none.reason : "", /the run has no values$/);
});
