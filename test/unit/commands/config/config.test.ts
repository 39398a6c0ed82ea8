/** Settings: defaults, flags, variables, challenges, and every mistake at once in words that an operator can act on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  BANDWIDTH_BPS_MAX,
  BANDWIDTH_BPS_MIN,
  DELIVERY_BUDGET_MS_MAX,
  LATENCY_MS_MAX,
  NEMESIS_INTERVAL_S_MAX,
  NODE_COUNT_MAX,
  RATE_MAX,
  RECOVERY_S_MAX,
  TIME_LIMIT_S_MAX,
} from "../../../../lib/commands/config/exam/limits.ts";
import { parseSim } from "../../../../lib/commands/config/exam/exam.ts";
import { parseMaelstrom } from "../../../../lib/commands/config/maelstrom.ts";
import { parseChallenges } from "../../../../lib/commands/config/exam/challenges.ts";
import { SEED_MAX, SEEDS_MAX } from "../../../../lib/commands/config/exam/seeds.ts";
import { parseTest } from "../../../../lib/commands/config/exam/real.ts";
import { flagsOf } from "../../../../lib/commands/flags/every_flag.ts";
import { configOf, mistakesOf, settings, sim } from "./parsed.ts";
import { defaults } from "../../../../lib/workbench/settings.ts";

test("no flags give the defaults", () => {
  assert.deepEqual(configOf(sim()), {
    exams: [{ settings: defaults }],
    seeds: 1,
    without: [],
    json: false,
    wanted: {},
  });
  assert.deepEqual(configOf(parseTest([], {})), {
    exams: [{ settings: defaults }],
    args: [],
    logStderr: false,
    json: false,
    wanted: {},
  });
  assert.deepEqual(configOf(parseChallenges([], {})), { seeds: 20, real: false });
  assert.deepEqual(configOf(parseMaelstrom([], {})), {});
});

test("--data gives simulated nodes logs, and no other", () => {
  assert.deepEqual(settings("--data"), { ...defaults, durable: true });
  assert.deepEqual(settings("--data=false"), defaults);
  assert.equal(mistakesOf(parseTest(["--data"], {})).length, 1);
});

test("each setting has a flag", () => {
  const given = settings(
    ...[
      "--node-count",
      "7",
      "--rate=2.5",
      "--time-limit",
      "3",
      "--latency",
      "50",
      "--latency-dist",
      "uniform",
    ],
    ...["--topology", "line", "--nemesis", "partition,loss,duplicate,loss", "--nemesis-interval", "4"],
    ...["--bandwidth", "1.5m"],
    ...[
      "--grudge",
      "n0,n6|rest",
      "--loss",
      "0.2",
      "--duplicate",
      "1",
      "--recovery",
      "0",
      "--seed",
      "9",
      "-w",
    ],
    "broadcast",
  );
  assert.deepEqual(given, {
    nodeCount: 7,
    rate: 2.5,
    timeLimitS: 3,
    latencyMs: 50,
    latencyDist: "uniform",
    bandwidthBps: 1_500_000,
    topology: "line",
    nemesis: ["partition", "loss", "duplicate"],
    nemesisIntervalS: 4,
    grudge: "n0,n6|rest",
    lossShare: 0.2,
    duplicateShare: 1,
    recoveryS: 0,
    seed: 9,
  });
});

test("a challenge sets its flags; further flags override numbers and add faults", () => {
  const exam = configOf(sim("--challenge", "3e", "--rate", "50")).exams[0];
  assert.equal(exam?.challenge?.name, "3e");
  assert.equal(exam?.deliveryBudgetMs, 2000);
  assert.deepEqual([exam?.settings.nodeCount, exam?.settings.rate, exam?.settings.latencyMs], [25, 50, 100]);
  assert.deepEqual(settings("--challenge", "3c", "--nemesis", "kill")?.nemesis, ["partition", "kill"]);
  assert.equal(
    configOf(sim("--challenge", "3e", "--delivery-budget", "500")).exams[0]?.deliveryBudgetMs,
    500,
  );
});

test("--protocol chooses what the nodes run, and what only hearsay knows what to do with is then left out", () => {
  assert.equal(settings("--protocol", "flood")?.protocol, "flood");
  assert.deepEqual(settings("--protocol", "hearsay"), defaults);
  const [exam] = configOf(sim("--challenge", "3e", "--protocol", "single")).exams;
  assert.equal(exam?.deliveryBudgetMs, undefined);
  assert.deepEqual(configOf(parseMaelstrom([], { HEARSAY_PROTOCOL: "flood" })), { protocol: "flood" });
  assert.equal(configOf(parseTest(["--protocol", "flood"], {})).exams[0]?.settings.protocol, "flood");
  const own = ["--delivery-budget", "500", "--without", "repair", "--data", "--nemesis", "kill,disk"];
  assert.deepEqual(mistakesOf(sim("--protocol", "hearsay", ...own)), []);
  const leftOut = (flag: string, value: string) =>
    `Cannot run 'sim' as '${flag}' must be left out with --protocol flood, as only hearsay knows what to do with ` +
    `it: current value is "${value}"`;
  assert.deepEqual(mistakesOf(sim("--protocol", "flood", ...own)), [
    ...[leftOut("--delivery-budget", "500"), leftOut("--without", "repair"), leftOut("--data", "true")],
    "Cannot run 'sim' as '--nemesis' must be without rollback and disk with --protocol flood, which keeps no log: " +
    `current value is "kill,disk"`,
  ]);
  assert.deepEqual(mistakesOf(sim("--protocol", "flood", "--nemesis", "membership")), [
    "Cannot run 'sim' as '--nemesis' must be without membership with --protocol flood, whose members are given once: " +
    `current value is "membership"`,
  ]);
  assert.equal(settings("--nemesis", "membership", "--spares", "20")?.spares, 20);
  const idle = ["--data=false", "-w", "broadcast", "--nemesis", "kill"];
  assert.deepEqual(mistakesOf(sim("--protocol", "flood", ...idle)), []);
  assert.equal(mistakesOf(sim("--protocol", "flood", "-w", "g-set")).length, 1);
  assert.deepEqual(mistakesOf(parseTest(["--bin", "/bin/sh", "--protocol", "flood"], {})), [
    `Cannot run 'test' as '--protocol' must be left out with --bin, whose own flags stand after --: ` +
    `current value is "flood"`,
  ]);
});

test("challenge all is every challenge", () => {
  const exams = configOf(sim("--challenge", "all")).exams;
  assert.deepEqual(exams.map((exam) => exam.challenge?.name), ["3a", "3b", "3c", "3d", "3e"]);
});

test("what stands after -- is for the node of test, and for nobody else", () => {
  assert.deepEqual(configOf(parseTest(["--bin", "/bin/sh", "--", "--rate", "-y"], {})).args, [
    "--rate",
    "-y",
  ]);
  assert.deepEqual(mistakesOf(sim("--", "x")), [
    `Cannot run 'sim' as '--' must not be used: current value is "x"`,
  ]);
});

test("a variable stands in for a flag that is not given, under the same rules", () => {
  const env = { HEARSAY_RATE: "20", HEARSAY_NODE_COUNT: "x", HEARSAY_JSON: "true", HEARSAY_SEED: "" };
  assert.deepEqual(mistakesOf(parseSim([], env)), [
    `Cannot run 'sim' as 'HEARSAY_NODE_COUNT' must be a whole number from 1 to ${NODE_COUNT_MAX}: current value is "x"`,
  ]);
  const config = configOf(parseSim(["--node-count", "3", "--rate", "5"], env));
  assert.deepEqual([config.exams[0]?.settings.rate, config.json], [5, true]);
});

test("the directory of a serving node's log does not make simulated nodes durable", () => {
  const durable = (...args: string[]) =>
    configOf(parseSim(args, { HEARSAY_DATA: "/data" })).exams[0]?.settings.durable;
  assert.deepEqual([durable(), durable("--data")], [undefined, true]);
});

test("all mistakes are named at once, each with its flag, its rule and its value", () => {
  const args = ["--node-count", "x", "--rat", "5", "stray", "--seed", "1", "--seed", "2", "--latency"];
  assert.deepEqual(mistakesOf(sim(...args, "--topology", "ring", "--json=perhaps")), [
    `Cannot run 'sim' as '--rat' must be one of its flags: did you mean '--rate'?`,
    `Cannot run 'sim' as its arguments must all be flags: current value is "stray"`,
    `Cannot run 'sim' as '--seed' must be given once: current values are "1" and "2"`,
    `Cannot run 'sim' as '--latency' must be a number from 0 to ${LATENCY_MS_MAX}: no value is given`,
    `Cannot run 'sim' as '--node-count' must be a whole number from 1 to ${NODE_COUNT_MAX}: current value is "x"`,
    `Cannot run 'sim' as '--topology' must be one of line, grid, tree, tree2, tree3, tree4, total: ` +
    `current value is "ring"`,
    `Cannot run 'sim' as '--json' must be true or false: current value is "perhaps"`,
  ]);
});

test("a value that is nearly one of the names of its rule is told which, and so is a flag that asks for help", () => {
  const args = ["--topology", "grdi", "--nemesis", "kill,partiton", "--challenge", "3f", "--hepl"];
  assert.deepEqual(mistakesOf(sim(...args)).map((mistake) => mistake.replace(/.*: /, "")), [
    "did you mean '--help'?",
    "did you mean 'grid'?",
    "did you mean 'partition'?",
    'current value is "3f"',
  ]);
});

test("a flag without a value does not take the next flag for one", () => {
  const mistakes = mistakesOf(sim("--rate", "--node-count", "3"));
  assert.deepEqual(mistakes, [
    `Cannot run 'sim' as '--rate' must be a number from 0.001 to ${RATE_MAX}: no value is given`,
  ]);
});

test("an unknown flag that resembles none points to help, and its value is no second mistake", () => {
  assert.deepEqual(mistakesOf(parseMaelstrom(["--zzzzzz", "5"], {})), [
    `Cannot run 'maelstrom' as '--zzzzzz' must be one of its flags: see 'hearsay help maelstrom'`,
  ]);
});

test("a setting of a fault that never comes is a mistake", () => {
  const mistakes = mistakesOf(sim("--grudge", "one", "--loss", "0.5", "--duplicate", "0.5"));
  assert.deepEqual(mistakes, [
    `Cannot run 'sim' as '--grudge' must be given together with --nemesis partition: current value is "one"`,
    `Cannot run 'sim' as '--loss' must be given together with --nemesis loss: current value is "0.5"`,
    `Cannot run 'sim' as '--duplicate' must be given together with --nemesis duplicate: current value is "0.5"`,
  ]);
});

test("seeds that would run past the last are a mistake", () => {
  assert.deepEqual(mistakesOf(sim("--seed", `${SEED_MAX - 1}`, "--seeds", "2")), []);
  assert.deepEqual(mistakesOf(sim("--seed", `${SEED_MAX}`, "--seeds", "2")), [
    `Cannot run 'sim' as '--seeds' must be at most 1 from --seed ${SEED_MAX} on, ` +
    `as the last seed is ${SEED_MAX}: current value is "2"`,
  ]);
  assert.equal(mistakesOf(sim("--seed", `${SEED_MAX}`, "--seeds", "x")).length, 1);
});

test("a grudge over nodes that are not there is a mistake", () => {
  const [mistake, ...more] = mistakesOf(sim("--nemesis", "partition", "--grudge", "n5|rest"));
  assert.match(
    mistake ?? "",
    /^Cannot run 'sim' as '--grudge' must be .*"n5".*: current value is "n5\|rest"$/,
  );
  assert.deepEqual(more, []);
});

const limits = [
  ["--node-count", NODE_COUNT_MAX],
  ["--rate", RATE_MAX],
  ["--time-limit", TIME_LIMIT_S_MAX],
  ["--latency", LATENCY_MS_MAX],
  ["--nemesis-interval", NEMESIS_INTERVAL_S_MAX],
  ["--recovery", RECOVERY_S_MAX],
  ["--delivery-budget", DELIVERY_BUDGET_MS_MAX],
  ["--seed", SEED_MAX],
  ["--seeds", SEEDS_MAX],
] as const;

for (const [flag, most] of limits) {
  test(`${flag} may be ${most}, and no more`, () => {
    assert.deepEqual(mistakesOf(sim(flag, String(most))), []);
    assert.equal(mistakesOf(sim(flag, String(most + 1))).length, 1);
    for (const bad of ["-1", "", "1e3", "0x10", " 5", "NaN", "Infinity"]) {
      assert.equal(mistakesOf(sim(`${flag}=${bad}`)).length, 1, bad);
    }
  });
}

test("--bandwidth is in bits, kilobits, megabits or gigabits, between its limits", () => {
  const least = `${BANDWIDTH_BPS_MIN}`;
  const most = `${BANDWIDTH_BPS_MAX / 1e9}g`;
  const given = [least, "512k", "2M", "0.5m", most].map((bits) =>
    settings("--bandwidth", bits)?.bandwidthBps
  );
  assert.deepEqual(given, [BANDWIDTH_BPS_MIN, 512_000, 2_000_000, 500_000, BANDWIDTH_BPS_MAX]);
  for (const bad of ["0", "999", `${BANDWIDTH_BPS_MAX + 1}`, "1t", "m", "-1k", "1e6", " 5k", "", "2 m"]) {
    assert.equal(mistakesOf(sim(`--bandwidth=${bad}`)).length, 1, bad);
  }
});

test("each flag of each command has a rule and says what it is about", () => {
  for (const command of ["sim", "test", "compare", "challenges", "maelstrom"] as const) {
    const lines = flagsOf(command);
    assert.ok(lines.length > 0);
    for (const line of lines) assert.ok(line.about !== "" && line.rule !== "given", line.name);
  }
});
