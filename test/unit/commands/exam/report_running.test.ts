/** What people read of nodes that run already. */
import { paintFor } from "../../../../lib/commands/terminal/io.ts";
import assert from "node:assert/strict";
import { test } from "node:test";
import { reportLines } from "../../../../lib/commands/exam/report.ts";
import { results, runOf } from "./some_results.ts";

const plain = paintFor({ outIsTerminal: false, env: {} });

test("of nodes that run elsewhere the report says what a value costs, and what is not known of that", () => {
  const { net } = results();
  const bytes = { sent: 7049, received: 7000, "per-value": 1409.8 };
  const lines = (undercounted: readonly string[]) => {
    const outage = { "at-ms": 900, fault: "outage of n3", detail: "h:1 closed the connection" } as const;
    const nemesis = [{ ...outage, what: "start" }, { ...outage, "at-ms": 2000, what: "stop" }] as const;
    const found = results({ net: { ...net, bytes, undercounted }, watched: true, nemesis });
    return reportLines(runOf(found), plain);
  };
  assert.deepEqual([lines([])[0], ...lines(["n1", "n3"]).slice(3, 9)], [
    "5 nodes, 10 operations a second for 20 s, no faults, simulated nodes.",
    "  faults              0.9 s  outage of n3: h:1 closed the connection",
    "                      2.0 s  end of outage of n3",
    "  values            5 broadcast, 4 acknowledged, 5 stable, 1 late in some read",
    "  messages          2.00 per operation, 20 between nodes: 15 delta, 5 ack",
    "  per value         4.00 messages and 1410 bytes between nodes, 7049 bytes in all",
    "  at least          these messages and bytes: what n1, n3 counted until it stopped or was out of reach is not " +
    "all known",
  ]);
  const said = lines([]);
  assert.ok(!said.some((line) => line.includes("at least")));
  assert.ok(
    said.some((line) => line.endsWith("(from a broadcast to the last node, and the way to the examiner)")),
  );
});
