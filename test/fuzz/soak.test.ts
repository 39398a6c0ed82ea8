/** The soak: its first runs hold, its command shows what it saw, and a broken node does not get through. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSim } from "../../lib/commands/config/exam/exam.ts";
import { faultsOfGiven } from "../../lib/workbench/settings.ts";
import { Worker } from "../bench/crew.ts";
import { script } from "../shared/script.ts";
import { broken } from "../sim/broken.ts";
import { Campaign, type Runner, span } from "./soak/campaign.ts";
import { drawFlags } from "./soak/draw.ts";
import { readOptions } from "./soak/options.ts";
import { commandOf, runSeed, type Verdict } from "./soak/run.ts";

const program = script(new URL("./soak/worker.ts", import.meta.url));

const RUNS = 200;
const PARTS = 8;

/** What a campaign prints, and whether it holds. */
async function told(runs: number, runner: Runner, from = 1): Promise<{ printed: string; holds: boolean }> {
  let printed = "";
  const io = { out: (text: string) => void (printed += text), err: () => {}, errIsTerminal: false };
  const holds = await new Campaign({ from, runs }, io, () => 0).run([runner]);
  return { printed, holds };
}

/** The settings that a command line comes to; its first two words are the program and `sim`. */
function settingsOf(flags: readonly string[]): unknown {
  const parsed = parseSim(flags, {});
  return parsed.ok ? parsed.config : parsed.mistakes;
}

for (let part = 0; part < PARTS; part++) {
  const from = 1 + part * RUNS / PARTS;
  test(`random runs with every fault hold: seeds from ${from} on`, async () => {
    const { printed, holds } = await told(RUNS / PARTS, (seed) => Promise.resolve(runSeed(seed)), from);
    assert.ok(holds, printed);
  });
}

test("a seed's command makes the same simulation, whatever was drawn", () => {
  const drawn = new Set<string>();
  for (let seed = 1; seed <= 1_000; seed++) {
    const words = commandOf(seed).replaceAll("'", "").split(" ");
    assert.deepEqual(settingsOf(words.slice(2)), settingsOf(drawFlags(seed)));
    for (const word of words) {
      drawn.add(word);
      for (const fault of faultsOfGiven.filter((fault) => word.split(",").includes(fault))) drawn.add(fault);
    }
  }
  const flags = [
    "bandwidth",
    "cuts",
    "data",
    "delivery-budget",
    "duplicate",
    "grudge",
    "latency-dist",
    "loss",
    "outages",
    "retain",
    "start-up",
    "workload",
  ];
  const wanted = [
    ...faultsOfGiven,
    ...flags.map((flag) => `--${flag}`),
    "bridge",
    "one-way",
    "majorities-ring",
  ];
  assert.deepEqual(wanted.filter((word) => !drawn.has(word)), []);
});

test("a broken node is found, and its seed and command are said", async () => {
  for (const flaw of ["forgets-one", "invents-one", "never-forwards"] as const) {
    const runner: Runner = (seed) => Promise.resolve(runSeed(seed, broken(flaw)));
    const { printed, holds } = await told(4, runner);
    assert.equal(holds, false);
    const [, seed] = /^Seed (\d+) fails:\n {2}\w/m.exec(printed) ?? [];
    assert.ok(seed !== undefined && printed.includes(`Run it again: ${commandOf(Number(seed))}\n`), printed);
    assert.match(printed, /^FAIL {2}4 runs, seeds 1 to 4: \d+ invalid/m);
  }
});

test("a node that breaks off a run is found, too", () => {
  const { failures } = runSeed(7, () => () => assert.fail("an assertion of the core"));
  assert.match(failures.join(), /^It broke off: .*an assertion of the core/);
});

test("a process that dies over a seed fails that seed alone", async () => {
  const worker = new Worker<number, Verdict>(program, 60_000);
  try {
    await assert.rejects(worker.ask(-1), /'--seed' must be/);
    assert.equal((await worker.ask(8)).command, commandOf(8));
  } finally {
    await worker.stop();
  }
});

test("a run that does not end is given up", async () => {
  const worker = new Worker<number, Verdict>(program, 0);
  await assert.rejects(worker.ask(8), /^Error: no answer after 0 s$/);
  await worker.stop();
});

test("runs that prove nothing may be few, not many", async () => {
  const idle = (share: number): Runner => (seed) =>
    Promise.resolve(verdict(seed, seed % share === 0 ? ["Nothing proven: no value became stable."] : []));
  assert.equal((await told(400, idle(100))).holds, true);
  assert.equal((await told(400, idle(50))).holds, false);
});

test("an interrupted soak says where to go on: at the first seed that has not run", async () => {
  let printed = "";
  const io = { out: (text: string) => void (printed += text), err: () => {}, errIsTerminal: false };
  const campaign = new Campaign({ from: 5, runs: 10 }, io, () => 0);
  const first = Promise.withResolvers<Verdict>();
  // The one worker takes long over seed 5, while the other goes on to 8.
  await campaign.run([(seed) => seed === 5 ? first.promise : Promise.resolve(verdict(seed)), (seed) => {
    if (seed === 9) {
      campaign.interrupt();
      first.resolve(verdict(5));
    }
    return Promise.resolve(verdict(seed));
  }]);
  assert.match(
    printed,
    /^3 of 10 runs, 0 invalid, in 0 s\. Go on with:\n {2}npm run soak -- --from 5 --runs 10\n$/,
  );
});

test("flags that are wrong are refused, each in a sentence", () => {
  assert.deepEqual(readOptions(["--runs", "20", "--from", "7", "--workers", "1"]), {
    runs: 20,
    from: 7,
    workers: 1,
  });
  for (const args of [["--runs", "0"], ["--from", "x"], ["--workers", "0"], ["--seed", "1"]]) {
    const mistakes = readOptions(args);
    assert.ok("length" in mistakes && mistakes.length === 1, args.join(" "));
  }
});

test("span(): hours, minutes or seconds", () => {
  assert.deepEqual([40_000, 723_000, 3_725_000].map(span), ["40 s", "12 min 3 s", "1 h 2 min"]);
});

function verdict(seed: number, failures: readonly string[] = []): Verdict {
  return { seed, failures, command: `hearsay sim --seed ${seed}` };
}
