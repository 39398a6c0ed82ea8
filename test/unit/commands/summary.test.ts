/** The line with which `hearsay status` opens. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { NAMES_SHOWN_MAX, summaryOf } from "../../../lib/commands/client/summary.ts";
import { status as statusCommand } from "../../../lib/commands/client/status.ts";
import { statusOf } from "../../../lib/client/answers.ts";
import { listen } from "../../shared/io.ts";
import { FakeNode, withNodes } from "../client/fake_node.ts";

/** A node of `ids` that reaches those in `reached`. */
function facts(id: string, ids: readonly string[], reached = ids, changes: Record<string, unknown> = {}) {
  const peers = ids.filter((other) => other !== id).map((other) => ({
    ...{ id: other, connected: reached.includes(other), lag: null, ahead: null, rtt_ms: null },
    ...{ oldest_unacked_ms: null, suspected_for_ms: null },
  }));
  return {
    ...{ id, cluster: "hearsay", version: "0.1.0", uptime_ms: 5, storage: "durable", values: 12_345 },
    ...{ digest: "d", entries: 1, relay: null, clients: 0, watchers: 0, peers, memory_bytes: 1, cpu_ms: 1 },
    ...{ messages: { sent: {}, received: {} }, bytes: { sent: 0, received: 0 } },
    ...changes,
  };
}

const five = ["n1", "n2", "n3", "n4", "n5"];

/** What is said, and whether it is good. */
function said(answers: readonly ReturnType<typeof facts>[], asked = answers.length): [string, boolean] {
  const { text, isGood } = summaryOf(
    answers.map((each) => statusOf({ type: "status_ok", ...each }) ?? never()),
    asked,
  );
  return [text, isGood];
}

function never(): never {
  throw new Error("it is no status");
}

test("all are up and agree", () => {
  deepEqual(said(five.map((id) => facts(id, five))), ["5 of 5 up, all agree on 12,345 values.", true]);
  deepEqual(said([facts("n1", ["n1"], [], { values: 1 })]), ["1 of 1 up, n1 holds 1 value.", true]);
});

test("a node is down, or not asked, or does not answer here", () => {
  const others = five.slice(0, 4);
  const answers = others.map((id) => facts(id, five, others));
  deepEqual(said(answers, 5), ["4 of 5 up (not n5), all agree on 12,345 values.", false]);
  deepEqual(said([facts("n2", five)]), ["5 of 5 up as n2 sees it, which holds 12,345 values.", true]);
  const [two] = said(five.slice(0, 2).map((id) => facts(id, five)));
  equal(two, "5 of 5 up, the 2 that answer agree on 12,345 values.");
  deepEqual(said([], 5), ["None of 5 nodes answers.", false]);
  deepEqual(said([], 1), ["The node does not answer.", false]);
});

test("the cluster is cut into parts, or some of its links are", () => {
  const [few, most] = [["n1", "n2"], ["n3", "n4", "n5"]];
  const cut = [few, most].flatMap((side, i) =>
    side.map((id) => facts(id, five, side, { values: 9_999 + i, digest: `${i}` }))
  );
  deepEqual(said(cut), [
    "5 of 5 up, cut into 2 parts (n1, n2 | n3, n4, n5), " +
    "9,999 to 10,000 values that differ: some are on their way, or do not arrive.",
    false,
  ]);
  const oneWay = five.map((id) => facts(id, five, id === "n1" ? five.slice(0, 4) : five));
  deepEqual(said(oneWay), ["5 of 5 up, 1 of 10 links cut, all agree on 12,345 values.", false]);
  // n3 is not asked, and reaches both.
  const bridge = [facts("n1", ["n1", "n2", "n3"], ["n3"]), facts("n2", ["n1", "n2", "n3"], ["n3"])];
  equal(said(bridge)[0], "3 of 3 up, 1 of 1 links cut, the 2 that answer agree on 12,345 values.");
  deepEqual(
    said([facts("n1", five, ["n2"])])[0],
    "2 of 5 up as n1 sees it (not n3, n4, n5), which holds 12,345 values.",
  );
});

test("they hold different values, as some are gone or not", () => {
  const two = (digests: readonly (string | undefined)[], gone: number) =>
    said(digests.map((digest, i) => facts(`n${i}`, ["n0", "n1"], ["n0", "n1"], { digest, gone })));
  deepEqual(two(["a", "b"], 0), [
    "2 of 2 up, 12,345 values that differ: some are on their way, or do not arrive.",
    false,
  ]);
  deepEqual(two(["a", "b"], 3), [
    "2 of 2 up, 12,345 values that differ, as some are gone, or on their way, or do not arrive.",
    true,
  ]);
  deepEqual(two(["a", undefined], 0), ["2 of 2 up, all hold 12,345 values.", true]);
});

test("nodes that take no values, of clusters founded apart, and more than can be named", () => {
  const two = ["n1", "n2"];
  const waits = { waits_for_a_seed: "a:1 closed the connection", peers: [] };
  deepEqual(said([facts("n1", ["n1"]), facts("n2", two, two, waits)]), [
    "1 of 1 up, n1 holds 12,345 values, n2 waiting to join.",
    false,
  ]);
  deepEqual(
    said([facts("n1", two, two, { storage: "full" }), facts("n2", two, two, { storage: "failed" })]),
    [
      "2 of 2 up, all agree on 12,345 values, no room on the disk of n1, the disk of n2 fails.",
      false,
    ],
  );
  deepEqual(
    said([facts("n1", ["n1"], [], { cluster_id: "a" }), facts("n2", ["n2"], [], { cluster_id: "b" })]),
    [
      "2 nodes answer, of 2 clusters that were founded apart.",
      false,
    ],
  );
  const ids = Array.from({ length: NAMES_SHOWN_MAX + 3 }, (_, i) => `n${i + 1}`);
  deepEqual(
    said([facts("n1", ids, [])])[0],
    "1 of 11 up as n1 sees it (not n2, n3, n4, n5, n6, n7, n8, n9 and 2 more), which holds 12,345 values.",
  );
});

test("a node that names many peers takes no longer than they are many", () => {
  const many = Array.from({ length: 500 }, (_, i) => `p${i}`);
  const status = statusOf({ type: "status_ok", ...facts("n1", ["n1", ...many]) }) ?? never();
  let looks = 0;
  Object.defineProperty(status, "id", { get: () => ++looks && "n1" });
  match(summaryOf([status], 1).text, /^501 of 501 up as n1 sees it/);
  ok(looks < 10 * many.length, `${looks} looks`);
});

test("the line stands first, with a sign and in a colour on a terminal that shows them", async () => {
  const shown = async (changes: Parameters<typeof listen>[1]) => {
    const node = await FakeNode.start(
      "n1",
      (body, visit) => visit.say({ type: "status_ok", ...facts("n1", ["n1"]) }, body),
    );
    const { io, out } = listen("", changes);
    await withNodes([node], async () => void await statusCommand(["--at", node.at], io));
    return out.join("").split("\n")[0];
  };
  const text = "1 of 1 up, n1 holds 12,345 values.";
  equal(await shown({}), text);
  equal(await shown({ outIsTerminal: true }), `\x1b[32m${text}\x1b[0m`);
  equal(await shown({ outIsTerminal: true, env: { LANG: "C.UTF-8" } }), `\x1b[32m✓ ${text}\x1b[0m`);
  equal(
    await shown({ outIsTerminal: true, env: { LANG: "C.UTF-8", LC_ALL: "C" } }),
    `\x1b[32m${text}\x1b[0m`,
  );
  for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }, { NO_COLOR: "1", FORCE_COLOR: "1" }]) {
    equal(await shown({ outIsTerminal: true, env: { LANG: "C.UTF-8", ...env } }), text);
  }
  for (const env of [{ FORCE_COLOR: "1" }, { CLICOLOR_FORCE: "1", TERM: "dumb" }]) {
    equal(await shown({ env }), `\x1b[32m${text}\x1b[0m`);
  }
  equal(await shown({ env: { FORCE_COLOR: "0" } }), text);
});
