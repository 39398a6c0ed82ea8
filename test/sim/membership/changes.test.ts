/** Members come and go as they are told, which all learn soon; and nodes that are wrong about it are found. */
import { paintFor } from "../../../lib/commands/terminal/io.ts";
import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { judgedRun } from "../../../lib/commands/exam/outcome.ts";
import { reportLines } from "../../../lib/commands/exam/report.ts";
import type { WireMember } from "../../../lib/core/membership/record.ts";
import type { Envelope } from "../../../lib/core/message.ts";
import { AGREE_MS } from "../../../lib/workbench/membership/census.ts";
import type { Change } from "../../../lib/workbench/membership/operator.ts";
import { defaults, type Settings } from "../../../lib/workbench/settings.ts";
import type { Results } from "../../../lib/workbench/verdict/results.ts";
import { type SimHosts, simulate, simulation } from "../../../lib/workbench/world/sim.ts";
import { hasty, passingOn, stubborn, telling, timid } from "./broken.ts";

/** When, in ms, what is done to which node. */
type Plan = readonly (readonly [at: number, change: Change, node: string])[];

const cluster: Settings = {
  ...defaults,
  nodeCount: 4,
  spares: 2,
  latencyMs: 20,
  timeLimitS: 8,
  durable: true,
};

interface Watched {
  readonly settings?: Partial<Settings>;
  readonly hosts?: SimHosts;
  readonly onReceived?: (envelope: Envelope, at: number) => void;
}

function run(plan: Plan, { settings, hosts, onReceived: received }: Watched = {}): Results {
  const netLog = received && { received };
  const { scheduler, examination } = simulation({ ...cluster, ...settings }, { netLog }, hosts);
  let results: Results | undefined;
  examination.start((found) => results = found);
  for (const [at, change, node] of plan) scheduler.at(at, () => examination.change(change, node));
  scheduler.run();
  ok(results !== undefined);
  return results;
}

/** Every change that there is. */
const ALL: Plan = [
  [1_500, "join", "n4"],
  [2_500, "leave", "n0"],
  [3_500, "remove", "n2"],
  [4_500, "replace", "n3"],
  [5_500, "move", "n1"],
  [6_500, "join", "n2"],
];

test("[M1] nodes join, leave, are removed, replaced and moved, and come back, and all know it", () => {
  const { failures, workload } = run(ALL);
  deepEqual(failures, []);
  deepEqual(workload.membership?.members, ["n1", "n2", "n3", "n4"]);
  deepEqual(workload.membership?.changes, { join: 2, leave: 1, remove: 1, replace: 1, move: 1 });
});

test("what has come of members stands in the report of a run", () => {
  const results = run(ALL);
  const exam = { settings: results.settings };
  const plain = paintFor({ outIsTerminal: false, env: {} });
  const lines = reportLines(judgedRun({ subject: "nodes", exam, results }, "sim"), plain);
  const said = lines.find((line) => line.trim().startsWith("members")) ?? "";
  ok(
    said.includes("2 joined, 1 left, 1 removed, 1 replaced, 1 moved; 4 at the end, who agreed within"),
    said,
  );
});

test("[M1] so it is where nodes keep what they hold in memory alone", () => {
  const plan = ALL.filter(([, change]) => change !== "move");
  deepEqual(run(plan, { settings: { durable: false } }).failures, []);
});

test("[M2] who was removed in its absence comes back only to hear of it", () => {
  const script = "1500 kill n2; 4000 start n2";
  const { failures, workload } = run([[2_500, "remove", "n2"]], { settings: { script } });
  deepEqual(failures, []);
  deepEqual(workload.membership?.members, ["n0", "n1", "n3"]);
});

test("[M5] who leaves while it is cut off leaves once it has handed over what it alone holds", () => {
  const settings = { script: '2000 cut n1|rest; 2500 broadcast n1 "alone"; 5000 heal', rate: 5 };
  const plan: Plan = [[3_000, "leave", "n1"]];
  const { failures, workload } = run(plan, { settings });
  deepEqual(failures, []);
  deepEqual(workload.membership?.gone, []);
  const { failures: found } = run(plan, { settings, hosts: hasty });
  ok(found.some((text) => text.startsWith("Lost: ") && text.includes("alone")), found.join("\n"));
});

test("[M5] those who leave at the same moment do not tell each other alone", () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const plan: Plan = [[3_000, "leave", "n0"], [3_000 + seed, "leave", "n1"], [3_000, "leave", "n2"]];
    deepEqual(run(plan, { settings: { seed, latencyMs: 5 } }).failures, []);
  }
});

test("what a node alone held that was removed is gone, and forgiven", () => {
  const settings = { script: '2000 cut n1|rest; 2500 broadcast n1 "alone"', rate: 5 };
  const { failures, workload } = run([[3_000, "remove", "n1"]], { settings });
  deepEqual(failures, []);
  ok(workload.membership?.gone.includes("alone"));
});

test("who still counts one that has gone, lacks one that joined, or has an old address is found", () => {
  const joined = (members: readonly WireMember[]) =>
    members.map(([id, epoch, incarnation, , ...more]): WireMember => [id, epoch, incarnation, 0, ...more]);
  const cases: readonly (readonly [SimHosts, string])[] = [
    [telling(joined), "Members: n1 still counts n0, gone for good."],
    [
      telling((members) => members.filter(([id]) => id !== "n4")),
      "Members: n1 does not know that n4 joined.",
    ],
    [
      telling((members) => members.map(([id, e, i, s, , at]): WireMember => [id, e, i, s, `${id}:7000`, at])),
      "Members: n1 has an old address of n1.",
    ],
    [
      telling((members) =>
        members.map(([id, e, i, s, address, at]): WireMember => [id, e, i, s, address, at + 1])
      ),
      "Members: n2 knows another record than n1 of n0, n1, n2, n3, n4.",
    ],
    [stubborn, "Members: n2 run on, and are no members any longer."],
  ];
  for (const [hosts, sentence] of cases) {
    const { failures } = run(ALL, { hosts });
    ok(failures.includes(sentence), failures.join("\n"));
  }
});

test(`[M4] nodes that keep members to themselves do not agree within ${AGREE_MS} ms of calm`, () => {
  const { failures, workload } = run([[7_000, "remove", "n2"]], { hosts: passingOn(() => []) });
  ok(failures.some((text) => text.startsWith("Members: ")), failures.join("\n"));
  equal(workload.membership?.["agreed-ms"], null);
});

test("[M2] nodes that let a removed one back in by a record of theirs are found", () => {
  const revived = (members: readonly WireMember[]) =>
    members.map(([id, epoch, incarnation, status, ...more]): WireMember =>
      status === 0
        ? [id, epoch, incarnation, 0, ...more]
        : [id, epoch + 10_000, incarnation + 10_000, 0, ...more]
    );
  const { failures } = run([[3_000, "remove", "n2"]], { hosts: passingOn(revived) });
  ok(failures.some((text) => text.includes("still counts n2, gone for good")), failures.join("\n"));
});

test("a run with members is the same again for its seed", () => {
  const settings: Settings = {
    ...cluster,
    nemesis: ["membership", "partition", "kill", "pause", "loss", "duplicate", "stall", "rollback", "disk"],
    nemesisIntervalS: 1,
  };
  const once = JSON.stringify(simulate(settings));
  equal(JSON.stringify(simulate(settings)), once);
  notEqual(JSON.stringify(simulate({ ...settings, seed: 2 })), once);
});

test("[M2] a member that stops as if it were none is accused", () => {
  const { failures } = run([], { hosts: timid });
  ok(
    failures.some((text) => text.includes("stopped: it stopped, though it is a member")),
    failures.join("\n"),
  );
});

test("3 nodes become 25 and 3 others again under 100 operations a second", () => {
  const ids = Array.from({ length: 22 }, (_, i) => i);
  const { failures, workload, ...results } = run([
    ...ids.map((i) => [3_000 + i * 200, "join", `n${3 + i}`] as const),
    ...ids.map((i) => [9_000 + i * 200, "leave", `n${i}`] as const),
  ], { settings: { nodeCount: 3, spares: 22, rate: 100, timeLimitS: 15 } });
  deepEqual(failures, []);
  deepEqual(workload.membership?.members, ["n22", "n23", "n24"]);
  ok((results["true-latencies"]?.["1"] ?? Infinity) <= 2_000);
});

test("100 nodes join 5 at once: all know all within 2 s, for less than 100 messages each", () => {
  let [lastStart, lastNews, messages] = [0, 0, 0];
  const onReceived = ({ src, dest, body }: Envelope, at: number): void => {
    if (body.type === "init") lastStart = at;
    if (src.startsWith("c") || dest.startsWith("c")) return;
    messages++;
    if (body["members"] !== undefined) lastNews = at;
  };
  const plan: Plan = Array.from({ length: 100 }, (_, i) => [2_000, "join", `n${5 + i}`]);
  const { failures, workload } = run(plan, {
    settings: { nodeCount: 5, spares: 100, rate: 10, timeLimitS: 5, recoveryS: 3 },
    onReceived,
  });
  deepEqual(failures, []);
  equal(workload.membership?.members.length, 105);
  ok(lastNews - lastStart <= AGREE_MS, `${lastNews - lastStart} ms`);
  ok(messages <= 100 * 100, `${messages} messages`);
});
