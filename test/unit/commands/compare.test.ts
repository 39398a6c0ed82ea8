/** `hearsay compare`: its settings, its table, its status, and what it gives to programs. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { compare } from "../../../lib/commands/compare.ts";
import { parseCompare } from "../../../lib/commands/config/exam/compare.ts";
import { dispatch } from "../../../lib/commands/dispatch.ts";
import { flagsOf } from "../../../lib/commands/flags/every_flag.ts";
import { protocols } from "../../../lib/workbench/reference/protocols.ts";
import { defaults, protocolNames } from "../../../lib/workbench/settings.ts";
import { inFolder } from "../../shared/in_folder.ts";
import { listen } from "../../shared/io.ts";
import { configOf, mistakesOf } from "./config/parsed.ts";

const config = (...args: string[]) => configOf(parseCompare(args, {}));

test("all protocols take challenge 3c with 20 seeds, hearsay the last", () => {
  const { exam, protocols, seeds } = config();
  assert.deepEqual(exam.settings, { ...defaults, nemesis: ["partition"] });
  assert.deepEqual([exam.challenge?.name, protocols.length, protocols.at(-1), seeds], [
    ...["3c", protocolNames.length, "hearsay", 20],
  ]);
});

test("flags of examinations go on top of the challenge, and hearsay comes once", () => {
  const { exam, protocols } = config("--protocols", "hearsay,flood", "--grudge", "one", "--start-up", "0");
  assert.deepEqual(exam.settings, { ...defaults, nemesis: ["partition"], grudge: "one", startUpMs: 0 });
  assert.deepEqual(protocols, ["flood", "hearsay"]);
  const mistakes = mistakesOf(parseCompare(["--challenge", "3d", "--grudge", "n25|rest"], {}));
  assert.match(mistakes.join(), /^Cannot run 'compare' as '--grudge' must be given together with --nemesis/);
  assert.deepEqual(mistakesOf(parseCompare(["--challenge", "all"], {})).length, 1);
});

test("it takes the flags of an examination but those that are about one run, and its own", () => {
  const names = (command: string) => flagsOf(command).map(({ name }) => name);
  const [mine, theirs] = [names("compare"), names("sim")];
  assert.deepEqual(mine.filter((name) => !theirs.includes(name)), ["protocols"]);
  assert.deepEqual(theirs.filter((name) => !mine.includes(name)).sort(), [
    ...[
      "data",
      "events",
      "log-net-recv",
      "log-net-send",
      "protocol",
      "retain",
      "spares",
      "without",
      "workload",
    ],
  ]);
});

test("the table has a row for each protocol, and its status is hearsay's own", async () => {
  const { io, out, err } = listen();
  assert.equal(await compare(["--protocols", "flood,single", "--seeds", "2"], io), 0);
  const rows = out.join("").split("\n").filter((line) => line.startsWith("| ")).map((line) =>
    line.split("|").slice(1, 3).map((cell) => cell.trim())
  );
  assert.deepEqual(rows.slice(2), [["flood", "0 of 2"], ["single", "0 of 2"], ["hearsay", "2 of 2"]]);
  assert.match(out.join(""), /seeds 1 to 2\.\n.*hearsay sim --seed 1 --challenge 3c --protocol flood\n$/s);
  assert.match(err.join(""), /^flood \(1 of 3\): seed 1 of 2\n/);
});

test("hearsay that misses what the challenge demands is a failure, and says why", async () => {
  const { io, out } = listen();
  const late = ["--challenge", "3d", "--node-count", "25", "--delivery-budget", "60000", "--time-limit", "2"];
  assert.equal(await compare([...late, "--protocols", "first-forwarder", "--seeds", "1"], io), 1);
  assert.match(
    out.join(""),
    /hearsay fails:\n {2}- The median stable latency must be < 400 ms: it is \d+ ms\./,
  );
});

test("--json gives every figure of every seed and nothing else, the same each time", async () => {
  const [first, again] = await Promise.all([1, 2].map(async () => {
    const { io, out, err } = listen();
    await compare(["--protocols", "flood", "--seeds", "2", "--seed", "7", "--json"], io);
    assert.deepEqual(err, []);
    return out.join("");
  }));
  assert.equal(first, again);
  const found = JSON.parse(first ?? "");
  const seeds = found.protocols.map((each: { protocol: string; runs: { seed: number }[] }) => [
    each.protocol,
    ...each.runs.map(({ seed }) => seed),
  ]);
  assert.deepEqual(seeds, [["flood", 7, 8], ["hearsay", 7, 8]]);
});

test("one file is not taken for both the page and the test cases", async () => {
  const { io, err } = listen();
  assert.equal(await compare(["--report", "x", "--junit", "x"], io), 2);
  assert.match(err.join(""), /'--junit' must be another file than --report: current value is "x"/);
});

test("--report writes a page for people, the same each time, and is refused before the runs where it cannot", async () => {
  const pages: string[] = [];
  await inFolder(async (folder) => {
    const file = join(folder, "page.html");
    for (let i = 0; i < 2; i++) {
      const { io, err } = listen();
      assert.equal(await compare(["--protocols", "flood", "--seeds", "2", "--report", file], io), 0);
      assert.equal(err.at(-1), `Wrote ${file}: the comparison.\n`);
      pages.push(readFileSync(file, "utf8"));
    }
  });
  assert.equal(pages[0], pages[1]);
  assert.match(
    pages[0] ?? "",
    /<code>hearsay compare --seed 1 --seeds 2 --challenge 3c --protocols flood,hearsay<\/code>/,
  );
  const { io, out, err } = listen();
  assert.equal(await compare(["--report", "/no/such/folder/page.html"], io), 1);
  assert.deepEqual([out, err], [[], [
    'Cannot write "/no/such/folder/page.html": there is no such directory\n',
  ]]);
});

test("help says what each protocol does", async () => {
  const { io, out } = listen();
  await dispatch(["help", "compare"], io);
  const said = out.join("").replaceAll(/\s+/g, " ");
  for (const name of protocolNames) {
    assert.ok(said.includes(` ${name} ${protocols[name].about}`));
  }
});
