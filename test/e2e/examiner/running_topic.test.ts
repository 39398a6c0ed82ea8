/** The examiner of a running cluster works in a topic of its own, beside others; where nodes know of none, as ever. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { examineRunning } from "../../../lib/commands/exam/running.ts";
import { defaults, type Settings } from "../../../lib/workbench/settings.ts";
import type { Results } from "../../../lib/workbench/verdict/results.ts";
import { knowTopics } from "../../../lib/workbench/world/running/own_topic.ts";
import { FakeCluster, type FakeOptions, type Spoil } from "../fixtures/fake_cluster.ts";

const ids = ["a", "b", "n-3"];
const settings: Settings = { ...defaults, nodeCount: ids.length, rate: 100, timeLimitS: 1, recoveryS: 1.5 };

/** As a node of an earlier version, which has no keys. */
const older: Spoil = (_, envelope) =>
  envelope.body["code"] === 20 ? { ...envelope, body: { ...envelope.body, code: 10 } } : envelope;

/** Examines the cluster for a second while somebody else uses it. */
async function examine(
  options: FakeOptions,
  use: (cluster: FakeCluster, results: Results) => void,
  meanwhile: (cluster: FakeCluster) => void = () => {},
): Promise<void> {
  const cluster = new FakeCluster(ids, options);
  const running = { cluster: await cluster.start(), sidecars: new Map() };
  const onProgress = () => meanwhile(cluster);
  try {
    use(cluster, await examineRunning({ settings, running, onProgress }, () => Promise.resolve()));
  } finally {
    await cluster.stop();
  }
}

test("others go on in their topics, and what they tell is neither missed nor a phantom, though it is the same", async () => {
  let told = 0;
  const others = (cluster: FakeCluster) => {
    for (const id of ids) {
      cluster.node(id).broadcast(told++);
      cluster.node(id).broadcast(Date.now() * 1000, { topic: "_exam", id: `e${told}` });
    }
  };
  await examine({}, (cluster, results) => {
    assert.deepEqual([results.failures, results.watched], [[], true]);
    const { workload } = results;
    assert.ok(workload["stable-count"] > 20, `${workload["stable-count"]}`);
    assert.equal(workload["stable-count"], workload["acknowledged-count"]);
    assert.ok(results["true-latencies"] !== null && told > 0);
    // None of it is where others look: all is in one topic that is kept for an hour.
    for (const value of cluster.node("a").read([""])) assert.ok(Number(value) < told);
    assert.equal(cluster.node("a").read(["_exam.*"]).length, workload["acknowledged-count"]);
  }, others);
});

test("each examination has a topic of its own, and does not read what another one left", async () => {
  const cluster = new FakeCluster(ids);
  const running = { cluster: await cluster.start(), sidecars: new Map() };
  const exam = { settings, running, onProgress: () => {} };
  for (let i = 0; i < 2; i++) {
    const { failures } = await examineRunning(exam, () => Promise.resolve());
    assert.deepEqual(failures, []);
  }
  await cluster.stop();
});

test("a value that is lost, doubled or invented in the examiner's topic is caught as ever", async () => {
  const spoiled = (change: (messages: unknown[]) => unknown[]): Spoil => (id, envelope) => {
    const { messages } = envelope.body;
    if (id !== "b" || !Array.isArray(messages)) return envelope;
    return { ...envelope, body: { ...envelope.body, messages: change(messages) } };
  };
  const kinds = async (spoil: Spoil): Promise<string[]> => {
    let found: string[] = [];
    await examine({ spoil }, (_, { failures }) => {
      found = failures.map((failure) => failure.split(":")[0] ?? "");
    });
    return found;
  };
  const [lost, doubled, invented] = await Promise.all([
    kinds(spoiled((messages) => messages.slice(1))),
    kinds(spoiled((messages) => [...messages, ...messages.slice(0, 1)])),
    // What is there before the load begins is nobody's business.
    kinds(spoiled((messages) => messages.length === 0 ? messages : [...messages, "x"])),
  ]);
  assert.ok(lost.includes("Missing") && lost.includes("Dropped early"), lost.join());
  assert.deepEqual([doubled, invented], [["Duplicated"], ["Phantom"]]);
});

test("nodes of an earlier version are examined as ever: in the default topic, which nobody else may use", async () => {
  await examine({ spoil: older }, (cluster, { failures, workload }) => {
    assert.deepEqual(failures, []);
    assert.equal(cluster.node("a").read([""]).length, workload["acknowledged-count"]);
    assert.deepEqual(cluster.node("a").read(["_*"]), []);
  });
});

test("knowTopics(): all that answer must, and one at least; who does not answer is waited for, and then passed over", async () => {
  const [now, before] = [new FakeCluster(["a"]), new FakeCluster(["b"], { spoil: older })];
  const addresses = new Map([...await now.start(), ...await before.start()]);
  const [a, b] = [addresses.get("a") ?? assert.fail(), addresses.get("b") ?? assert.fail()];
  assert.equal(await knowTopics(new Map([["a", a]]), "_exam.x", 5_000), true);
  assert.equal(await knowTopics(addresses, "_exam.x", 5_000), false);
  await before.stop();
  assert.equal(await knowTopics(addresses, "_exam.x", 500), true);
  assert.equal(await knowTopics(new Map([["b", b]]), "_exam.x", 300), false);
  await now.stop();
});
