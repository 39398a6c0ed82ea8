/** The benches: every case runs, the aims find what they are about, and ratios say what is slower. */
import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { aimsOf, aimsText } from "../../bench/micro/aims.ts";
import type { Group, Sizes } from "../../bench/micro/cases.ts";
import { allGroups, chosen, PATHS } from "../../bench/micro/groups.ts";
import { Bench, quicker, type Report, type Result } from "../../bench/micro/measure.ts";
import { readOptions, TURNS_MAX } from "../../bench/micro/options.ts";
import { ratiosOf, ratiosText, verdict } from "../../bench/micro/ratios.ts";
import { broadcast, busyRelay, lonelyRelay, waitingRelay, wake } from "../../bench/micro/rig.ts";
import { amount, tableOf } from "../../bench/micro/table.ts";
import {
  closeWorktree,
  commitOf,
  lendBenches,
  openWorktree,
  returnBenches,
} from "../../bench/micro/worktree.ts";
import { stepped } from "../core/stepped.ts";

/** As little as shows that a case runs. */
const LITTLE: Sizes = { many: 50, deltas: 2, gaps: 5, origins: [5], peers: [1, 3], messages: 600 };

const EFFORT = { ms: 1, samples: 3 };

function result(median: number, of: Partial<Result> = {}): Result {
  const spread = { fastest: median, p25: median, median, p75: median, samples: 1 };
  return { group: "g", name: "a", unit: "ns", per: "call", ...spread, ...of };
}

function report(...results: Result[]): Report {
  return { runtime: "Some 1.0", results, failures: [] };
}

/** As if every case had taken the same. */
function resultsOf(group: Group): Result[] {
  return group.cases().map(({ name }) => result(1, { group: group.title, name, unit: group.unit }));
}

test("bench: every case of every group runs, again and again", () => {
  for (const { cases } of allGroups(LITTLE)) {
    for (const { start } of cases()) {
      const work = start();
      work();
      work();
    }
  }
});

test("bench: a relay that waits has told all its peers, and nothing is due", () => {
  const { node, now } = waitingRelay(3, 5);
  deepEqual(
    node.status.peers.map(({ lag, suspectedAt }) => [lag, suspectedAt]),
    Array(3).fill([5, undefined]),
  );
  ok(node.deadline > now);
  deepEqual(node.step(wake, now), []);
});

test("bench: a lonely relay has lost all its peers, and probes one with each wake", () => {
  const { node } = lonelyRelay(3, 5);
  ok(node.status.peers.every(({ lag, suspectedAt }) => lag === 5 && suspectedAt !== undefined));
  for (let i = 0; i < 9; i++) {
    deepEqual(node.step(wake, node.deadline).map(({ kind }) => kind), ["send"]);
  }
});

test("bench: a busy relay passes a value on to all but the one that it has lost", () => {
  const { node, now } = busyRelay(3, 5);
  deepEqual(node.status.peers.map(({ lag, suspectedAt }) => [lag, suspectedAt === undefined]), [
    ...Array(3).fill([0, true]),
    [6, false],
  ]);
  const effects = stepped(node, broadcast("n0", 7), now);
  deepEqual(effects.map((effect) => effect.kind === "send" ? effect.envelope.dest : effect.kind), [
    ...["persist", "deliver", "c1"],
    ...["n1", "n2", "n3"],
  ]);
});

test("bench: no two groups have one title, and no two cases of a group one name", () => {
  const keys = allGroups(LITTLE).flatMap(resultsOf).map(({ group, name }) => `${group}: ${name}`);
  equal(new Set(keys).size, keys.length);
  const titles = allGroups(LITTLE).map(({ title }) => title);
  equal(new Set(titles).size, titles.length);
});

test("bench: every aim is about something that is measured", () => {
  const aims = aimsOf(allGroups(LITTLE).flatMap(resultsOf), LITTLE);
  deepEqual(aims.filter(({ figure }) => figure === undefined), []);
  // All took the same, so only the aim to be so many times faster is missed.
  deepEqual(aims.filter(({ met }) => !met).map(({ limit }) => limit), ["≥ 20"]);
  equal(aimsText(aimsOf([])), "");
});

test("bench: a turn measures each case, per unit of what a call does", async () => {
  const cases = () => [{ name: "a", start: () => () => 12 }, { name: "b", count: 3, start: () => () => 12 }];
  const bench = new Bench({ title: "g", unit: "virtual ms", per: "value", count: 4, cases }, EFFORT);
  deepEqual((await bench.turn(false)).results.map(({ name, median }) => [name, median]), [["a", 3], [
    "b",
    4,
  ]]);
});

test("bench: what was prepared is kept while there will be another turn", async () => {
  for (const [again, expected] of [[true, 1], [false, 2]] as const) {
    let starts = 0;
    const cases = () => [{ name: "a", start: () => (starts++, () => 0) }];
    const bench = new Bench({ title: "g", unit: "virtual ms", per: "call", count: 1, cases }, EFFORT);
    await bench.turn(again);
    await bench.turn(again);
    equal(starts, expected);
  }
});

test("bench: a case is timed by what a call takes", async () => {
  const idle = { name: "idle", start: () => () => 0 };
  const busy = { name: "busy", start: () => () => Array.from({ length: 1_000 }, (_, i) => i) };
  const bench = new Bench(
    { title: "g", unit: "ns", per: "call", count: 1, cases: () => [idle, busy] },
    EFFORT,
  );
  const [first, second] = (await bench.turn(false)).results;
  ok((second?.median ?? 0) > (first?.median ?? Infinity));
});

test("bench: a case that cannot be measured does not keep the others from it", async () => {
  const start = () => {
    throw new Error("it has no such function");
  };
  const cases = () => [{ name: "a", start }, { name: "b", start: () => () => 1 }];
  const bench = new Bench({ title: "g", unit: "virtual ms", per: "call", count: 1, cases }, EFFORT);
  const { results, failures } = await bench.turn(false);
  deepEqual(results.map(({ name }) => name), ["b"]);
  deepEqual(failures, [{ group: "g", name: "a", reason: "it has no such function" }]);
});

test("bench: of two turns each case has the quicker one", () => {
  const one = report(result(1), result(5, { name: "b" }), result(7, { name: "c" }));
  const other = report(result(2), result(4, { name: "b" }));
  deepEqual(quicker(one, other).results.map(({ median }) => median), [1, 4, 7]);
});

test("bench: names of paths leave their groups", () => {
  const titles = (words: string[]) => chosen(LITTLE, words).map(({ title }) => title);
  equal(PATHS.length, 6);
  deepEqual(PATHS.flatMap((path) => titles([path])), titles([...PATHS]));
  deepEqual(titles([...PATHS]), allGroups(LITTLE).map(({ title }) => title));
});

test("bench: other words leave the groups with them in their title", () => {
  const titles = chosen(LITTLE, ["A", "Wake,"]).map(({ title }) => title);
  equal(titles.length, 4);
  for (const title of titles) match(title, /^a wake, /);
});

test("bench: a table shows each figure beside the first of its group, and what was not measured", () => {
  const failures = [{ group: "g", name: "c", reason: "it has no such function" }];
  const text = tableOf({ ...report(result(1_500), result(3_000, { name: "b" })), failures });
  match(text, /^\ng, per call\n {2}a +1\.50 µs +1\.50 µs\n {2}b +3\.00 µs +3\.00 µs +2\.00 ×\n/);
  match(text, /\n {2}c +not measured: it has no such function\n$/);
});

test("bench: amounts have three digits that count, and the unit that suits", () => {
  const amounts = [amount(0.5, { unit: "ns" }), amount(99.96, { unit: "ns" }), amount(2.5e9, { unit: "ns" })];
  deepEqual(amounts, ["0.50 ns", "100.0 ns", "2.50 s"]);
  deepEqual([amount(41_900_000, { unit: "bytes" }), amount(999, { unit: "virtual ms" })], [
    "41.9 MB",
    "999 ms",
  ]);
});

test("bench:compare: a ratio is the median of the turns, with their range", () => {
  const pairs = [[2, 1], [9, 3], [4, 4]].map(([here = 0, there = 0]) =>
    [report(result(here)), report(result(there))] as const
  );
  deepEqual(ratiosOf(pairs), [{
    group: "g",
    name: "a",
    unit: "ns",
    median: 2,
    low: 1,
    high: 3,
    turns: [2, 3, 1],
  }]);
});

test("bench:compare: what only one of them measures has no ratio", () => {
  const other = report(result(1, { name: "b" }));
  deepEqual(ratiosOf([[report(result(1)), other]]), []);
  deepEqual(ratiosOf([[report(), report(result(1))]]), []);
  equal(ratiosText("g", [[report(), report(result(1))]]), "\ng\n  not measured: only one of them has it\n");
});

test("bench:compare: slower is what is slower in every turn, and by a tenth in most", () => {
  const ratio = { group: "g", name: "a", unit: "ns", turns: Array(5).fill(1) } as const;
  const of = (low: number, median: number, high: number) => verdict({ ...ratio, low, median, high });
  deepEqual([of(1.01, 1.1, 1.5), of(0.99, 1.5, 2), of(1.01, 1.09, 2)], ["slower", "", ""]);
  deepEqual([of(0.5, 0.9, 0.99), of(0.5, 0.6, 1.01)], ["faster", ""]);
  const once = { ...ratio, low: 2, median: 2, high: 2, turns: [2] };
  deepEqual([verdict(once), verdict({ ...once, unit: "bytes" })], ["", "slower"]);
});

test("bench: what is wrong with the arguments is a sentence", () => {
  deepEqual(readOptions(["HEAD", "--turns", "3", "--runtime", "deno", "--json", "a wake"]), {
    words: ["HEAD", "a wake"],
    runtime: "deno",
    turns: 3,
    json: true,
  });
  for (const turns of ["0", "1.5", "x", `${TURNS_MAX + 1}`]) {
    match(String(readOptions(["--turns", turns])), /'--turns' must be 1 to 100: current value is "/);
  }
  match(
    String(readOptions(["--runtime", "node"])),
    /'--runtime' must be bun or deno: current value is "node"/,
  );
  match(String(readOptions(["--nonsense"])), /^Cannot run as .*--nonsense/);
});

test("bench:compare: a worktree has the packages and the benches lent to it, and leaves nothing behind", () => {
  const repository = mkdtempSync(join(tmpdir(), "hearsay-test-"));
  const within = mkdtempSync(join(tmpdir(), "hearsay-test-"));
  const git = (...args: string[]) => execFileSync("git", args, { cwd: repository, encoding: "utf8" });
  try {
    git("init", "--quiet");
    for (const folder of ["node_modules", "test/bench"]) {
      mkdirSync(join(repository, folder), { recursive: true });
    }
    writeFileSync(join(repository, "node_modules/kept"), "");
    writeFileSync(join(repository, "README"), "");
    git("add", "README");
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "A");
    writeFileSync(join(repository, "test/bench/run.ts"), "");
    const commit = commitOf(repository, "HEAD");
    const worktree = openWorktree(repository, commit ?? "", within);
    lendBenches(repository, worktree);
    deepEqual(readdirSync(join(worktree.root, "node_modules")), ["kept"]);
    equal(existsSync(join(worktree.root, "test/bench/run.ts")), true);
    equal(returnBenches(worktree), false);
    closeWorktree(repository, worktree);
    deepEqual([readdirSync(within), existsSync(join(repository, "node_modules/kept"))], [[], true]);
    equal(git("worktree", "list").trim().split("\n").length, 1);
    equal(commitOf(repository, "--all"), undefined);
    throws(() => openWorktree(repository, "nonsense", within), /nonsense/);
    deepEqual(readdirSync(within), []);
  } finally {
    for (const folder of [repository, within]) rmSync(folder, { recursive: true });
  }
});
