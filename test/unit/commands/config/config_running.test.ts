/** Settings of an examination of a running cluster, and of the lengths of cuts and outages. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { TIME_LIMIT_S_MAX } from "../../../../lib/commands/config/exam/limits.ts";
import { parseTest } from "../../../../lib/commands/config/exam/real.ts";
import { replayCommand } from "../../../../lib/commands/exam/describe.ts";
import { configOf, mistakesOf, settings, sim } from "./parsed.ts";
import { defaults } from "../../../../lib/workbench/settings.ts";

const running = "n1=127.0.0.1:7001,x.2=[::1]:7002";
const cluster = (...args: string[]) => parseTest(["--cluster", running, ...args], {});

test("test takes a running cluster: its nodes count, sidecars are beside them unless named, and no settings are its own", () => {
  const { running: found, exams } = configOf(
    cluster("--nemesis", "partition", "--sidecars", "x.2=s:1", "--grudge", "n1|rest"),
  );
  assert.deepEqual([...found?.cluster ?? []], [
    ["n1", { host: "127.0.0.1", port: 7001 }],
    ["x.2", { host: "::1", port: 7002 }],
  ]);
  assert.deepEqual([...found?.sidecars ?? []], [
    ["n1", { host: "127.0.0.1", port: 7100 }],
    ["x.2", { host: "s", port: 1 }],
  ]);
  const settings = { ...defaults, nodeCount: 2, nemesis: ["partition"], grudge: "n1|rest" };
  assert.deepEqual(exams, [{ settings }]);
  const env = { HEARSAY_CLUSTER: running, HEARSAY_SIDECARS: "n1=s:1" };
  assert.equal(configOf(parseTest([], env)).running?.cluster.size, 2);
});

test("what belongs to nodes that the examiner starts is a mistake with a running cluster", () => {
  const own = [
    ...["--bin", "sh", "--log-stderr", "--challenge", "3b", "--node-count", "2", "--latency", "5"],
    ...[
      "--latency-dist",
      "uniform",
      "--bandwidth",
      "2m",
      "--topology",
      "line",
      "--loss",
      "0.5",
      "--duplicate",
      "0.5",
    ],
    ...["--delivery-budget", "9", "--protocol", "flood", "--", "-x"],
  ];
  const said = mistakesOf(cluster(...own));
  const values = ["sh", "true", "3b", "2", "5", "uniform", "2m", "line", "0.5", "0.5", "9", "flood", "-x"];
  assert.deepEqual(
    said,
    own.filter((word) => word.startsWith("--")).map((flag, i) =>
      `Cannot run 'test' as '${flag}' must be left out with --cluster, whose nodes, network and settings are ` +
      `what they are: current value is "${values[i]}"`
    ),
  );
});

test("only partitions come from the examiner of a running cluster; the nodes that are cut, and their sidecars, must be known", () => {
  const faults = mistakesOf(
    cluster("--nemesis", "partition,kill", "--grudge", "n3|rest", "--sidecars", "n3=h:1"),
  );
  assert.deepEqual(faults.slice(0, 1), [
    "Cannot run 'test' as '--nemesis' must be partition alone with --cluster: whoever runs the nodes kills and starts them, " +
    `as by 'docker compose kill': current value is "partition,kill"`,
  ]);
  assert.match(
    faults[1] ?? "",
    /'--grudge' must be .* \(there is no node "n3"\): current value is "n3\|rest"$/,
  );
  assert.deepEqual(faults.slice(2), [
    "Cannot run 'test' as '--sidecars' must be of nodes that --cluster names, without n3: " +
    `current value is "n3=h:1"`,
  ]);
  assert.deepEqual(mistakesOf(cluster("--grudge", "one")), [
    `Cannot run 'test' as '--grudge' must be given together with --nemesis partition: current value is "one"`,
  ]);
  assert.deepEqual(mistakesOf(parseTest(["--sidecars", "n1=h:1"], {})), [
    `Cannot run 'test' as '--sidecars' must be given together with --cluster: current value is "n1=h:1"`,
  ]);
  assert.deepEqual(mistakesOf(parseTest(["--nemesis", "kill,rollback"], {})), [
    "Cannot run 'test' as '--nemesis' must be a comma list of partition, kill, pause, loss, duplicate: " +
    `current value is "kill,rollback"`,
  ]);
  assert.deepEqual(mistakesOf(parseTest(["--nemesis", "disk,stall"], {})), [
    "Cannot run 'test' as '--nemesis' must be a comma list of partition, kill, pause, loss, duplicate: " +
    `current value is "disk,stall"`,
  ]);
});

test("cuts are a list of seconds from 0.1 to the longest time limit, also of a running cluster", () => {
  for (const given of ["5", "5, 15,30", "0.1", `${TIME_LIMIT_S_MAX}`]) {
    const flags = ["--nemesis", "partition", "--cuts", given, "--time-limit", `${TIME_LIMIT_S_MAX}`];
    const cutsS = given.split(",").map(Number);
    assert.deepEqual(settings(...flags)?.cutsS, cutsS);
    assert.deepEqual(configOf(cluster(...flags)).exams[0]?.settings.cutsS, cutsS);
  }
  for (const bad of ["0", "5,", "x", "-1", "1e3", `${TIME_LIMIT_S_MAX + 1}`]) {
    assert.deepEqual(mistakesOf(sim("--nemesis", "partition", "--cuts", bad)), [
      `Cannot run 'sim' as '--cuts' must be a comma list of seconds from 0.1 to ${TIME_LIMIT_S_MAX}: ` +
      `current value is "${bad}"`,
    ]);
  }
});

test("outages are a list of seconds likewise, need kills, and must be over when the load ends", () => {
  const flags = ["--nemesis", "kill", "--outages", "1,8.5"];
  assert.deepEqual(settings(...flags)?.outagesS, [1, 8.5]);
  assert.match(replayCommand({ settings: settings(...flags) ?? assert.fail() }, 1, []), / --outages 1,8.5/);
  assert.deepEqual(mistakesOf(sim(...flags, "--nemesis-interval", "11")), [
    "Cannot run 'sim' as '--outages' must be over within --time-limit 20, and takes 20.5 s with the pauses in " +
    'between: current value is "1,8.5"',
  ]);
  assert.deepEqual(mistakesOf(sim("--nemesis", "partition", "--outages", "5")), [
    "Cannot run 'sim' as '--outages' must be given together with --nemesis kill: current value is \"5\"",
  ]);
});

test("cuts need partitions, and must be over when the load ends", () => {
  const lone = (command: string) =>
    `Cannot run '${command}' as '--cuts' must be given together with --nemesis partition: current value is "5"`;
  assert.deepEqual(mistakesOf(sim("--cuts", "5")), [lone("sim")]);
  assert.deepEqual(mistakesOf(cluster("--cuts", "5")), [lone("test")]);
  const tight = ["--nemesis", "partition", "--cuts", "5,15", "--nemesis-interval", "1", "--time-limit"];
  const late = (command: string) =>
    `Cannot run '${command}' as '--cuts' must be over within --time-limit 20.5, and takes 21 s with the pauses ` +
    `in between: current value is "5,15"`;
  assert.deepEqual(mistakesOf(sim(...tight, "21")), []);
  assert.deepEqual(mistakesOf(sim(...tight, "20.5")), [late("sim")]);
  assert.deepEqual(mistakesOf(cluster(...tight, "20.5")), [late("test")]);
});

test("a cluster that is none, or whose ids could be those of clients, is a mistake, and the only one", () => {
  for (
    const bad of ["", "n1", "n1=", "n1=7000", "n1=h:1,n1=h:2", "n1=h:99999", "n1=h:0", "c1=h:1", "n/1=h:1"]
  ) {
    assert.deepEqual(
      mistakesOf(parseTest(["--cluster", bad, "--nemesis", "partition", "--grudge", "n1|n2"], {})),
      [
        "Cannot run 'test' as '--cluster' must be a comma list of ID=host:port or ID=host, no ID beginning with c as those of " +
        `clients do: current value is ${JSON.stringify(bad)}`,
      ],
    );
  }
});
