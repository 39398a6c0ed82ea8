/** The examiner over real processes: sound nodes of any language pass, each broken one is caught and named. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Program } from "../../../lib/workbench/world/process.ts";
import type { Results } from "../../../lib/workbench/verdict/results.ts";
import { type Ended, hearsay } from "../fixtures/hearsay.ts";
import { fixture, shell } from "../fixtures/programs.ts";

const few = ["--node-count", "3", "--rate", "20"];
/** Recovery is what a busy machine may take to pass on the last values. */
const short = ["--time-limit", "2", "--recovery", "2"];

const mute = "Setup: no answer to init or topology from n0, n1, n2; 10 s are given.";
const over = "Setup: ended before it answered init and topology: n0, n1, n2.";
const ended = "crashed: exited with status 3; its last words:\n";

/** What the failures of each broken node begin with. */
const flaws: readonly (readonly [Program, ...string[]])[] = [
  [fixture("forgets_one"), "Lost: ", "Missing: "],
  [fixture("reads_one_twice"), "Duplicated: 1 value came more than once in one read: 1."],
  [fixture("invents_one"), "Phantom: 1 value read that nobody broadcast: -1."],
  [fixture("stops_answering"), "No final read: it failed at n0, n1, n2.", "Unanswered: "],
  [
    fixture("prints_a_stray_line"),
    "Misbehaved: n0, n1, n2: stray-line: five messages already (standard output is",
  ],
  [
    fixture("ends_no_line"),
    mute,
    'Misbehaved: n0: half-line: half a line is waiting: {"src":"n0","dest":"c0",',
  ],
  [fixture("never_forwards"), "Lost: ", "Missing: ", "Partial: "],
  [fixture("crashes"), `Misbehaved: n0, n1, n2: ${ended}out of patience`, "No final read: ", "Unanswered: "],
  [{ bin: "cat", args: [] }, mute],
  [shell("echo 'no such module' >&2; exit 3"), `Misbehaved: n0, n1, n2: ${ended}no such module`, over],
];

test("hearsay test: each broken node is caught, and what is wrong with it is said first", async () => {
  const found = await Promise.all(flaws.map(async ([program, ...beginnings]) => {
    const { status, results } = await examine(program);
    assert.ok(results["time-ms"] < 15_000);
    const said = beginnings.map((words, i) => results.failures[i]?.slice(0, words.length));
    return [status, program, ...said];
  }));
  assert.deepEqual(found, flaws.map((flaw) => [1, ...flaw]));
});

test("hearsay test: a node that writes to a node that does not exist fails, and the node is named", async () => {
  const { status, results } = await examine(fixture("writes_to_nobody"));
  const { violations } = results.workload;
  assert.deepEqual([status, new Set(violations.map(({ node }) => node)).size], [1, 3]);
  assert.ok(
    violations.every(({ kind, reason }) =>
      kind === "unknown-destination" &&
      reason.startsWith('it sent a message to "n99", and there is no such node')
    ),
  );
});

test("hearsay test: a node that crashes as it starts is not waited for", async () => {
  const { results } = await examine(shell("exit 3"));
  assert.ok(results["time-ms"] < 5_000);
});

test("hearsay test: sound nodes are valid, one in plain sh too, and one that must be killed at the end", async () => {
  const sh = fileURLToPath(new URL("../fixtures/nodes/shell.sh", import.meta.url));
  const sound = [fixture("naive"), fixture("outlives_its_input"), { bin: sh, args: [] }];
  const found = (await Promise.all(sound.map(examine))).map(({ status, results }) => {
    const { workload, net } = results;
    // Every value goes to both others.
    assert.equal(net.servers["send-count"], 2 * workload["attempt-count"]);
    assert.equal(workload["stable-count"], workload["attempt-count"]);
    return [status, results.failures, Object.keys(net["servers-by-type"])];
  });
  assert.deepEqual(found, [[0, [], ["gossip"]], [0, [], ["gossip"]], [0, [], ["hand_on"]]]);
});

test("hearsay test: what nodes write as null between themselves is carried, and said to be unusual", async () => {
  const { status, results } = await examine(fixture("writes_nulls"));
  assert.deepEqual([status, results.failures], [0, []]);
  const [first, ...more] = results.unusual ?? [];
  assert.deepEqual([first?.kind, first?.nodes, more], ["null-id", ["n0", "n1", "n2"], []]);
  assert.equal(first?.count, 2 * results.workload["attempt-count"]);
});

test("hearsay test: without a program it examines itself, and words after -- reach the node", async () => {
  const [plain, told] = await Promise.all([
    hearsay("test", "--json", ...few, ...short),
    hearsay("test", ...few, ...short, "--", "--delivery-budget", "nonsense"),
  ]);
  const { status, results } = parsed(plain);
  assert.deepEqual([status, results.failures, results.workload["partial-count"]], [0, [], 0]);
  assert.ok(results.workload["stable-count"] > 5);
  assert.equal(told.status, 1);
  assert.match(told.out, /crashed: exited with status 2.*\n.*'--delivery-budget' must be a whole number/);
});

test("hearsay test: it examines itself with another protocol, chosen by a flag of its own or of the node", async () => {
  const found = await Promise.all(
    [["--protocol", "flood"], ["--", "--protocol", "flood"]].map(async (flags) => {
      const { status, results } = parsed(await hearsay("test", "--json", ...few, ...short, ...flags));
      const { net, workload } = results;
      // Each of three nodes sends a value to both others, and is answered by both.
      assert.equal(net.servers["send-count"], 12 * workload["attempt-count"]);
      return [status, results.failures, Object.keys(net["servers-by-type"]), results.settings.protocol];
    }),
  );
  const sound = [0, [], ["broadcast", "broadcast_ok"]];
  assert.deepEqual(found, [[...sound, "flood"], [...sound, undefined]]);
});

test("hearsay test: itself is valid under every fault at once", async () => {
  const faults = ["partition", "kill", "pause", "loss", "duplicate"];
  const often = ["--nemesis", faults.join(","), "--nemesis-interval", "1"];
  const long = ["--rate", "50", "--time-limit", "6", "--recovery", "4"];
  const { status, results } = parsed(await hearsay("test", "--json", ...often, ...long));
  assert.deepEqual([status, results.failures], [0, []]);
  const struck = new Set(results.nemesis.map(({ fault }) => fault));
  assert.deepEqual([...struck].sort(), faults.toSorted());
  const mishaps = ["loss", "partition", "down"].filter((mishap) => !results.net.mishaps[mishap]);
  assert.deepEqual(mishaps, []);
});

interface Examined {
  readonly status: number | null;
  readonly results: Results;
}

async function examine({ bin, args }: Program): Promise<Examined> {
  return parsed(await hearsay("test", "--json", ...few, ...short, "--bin", bin, "--", ...args));
}

function parsed({ status, out, err }: Ended): Examined {
  assert.notEqual(out, "", err);
  const results: Results = JSON.parse(out);
  return { status, results };
}
