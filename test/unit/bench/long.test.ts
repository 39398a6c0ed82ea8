/** The flags of the benches that run for long, which one table gives them. */
import { deepEqual, equal, match } from "node:assert/strict";
import { test } from "node:test";
import { readWhole, usageOf } from "../../bench/long/tool.ts";

const standard = { seconds: 300, nodes: 5 };

test("readWhole(): what is not given is as it stands in the table, and every mistake is told", () => {
  deepEqual(readWhole(standard, []), standard);
  deepEqual(readWhole(standard, ["--seconds", "7"]), { seconds: 7, nodes: 5 });
  deepEqual(readWhole(standard, ["--seconds", "0", "--nodes=1.5"]), [
    `Cannot run as '--seconds' must be a whole number above 0: current value is "0"`,
    `Cannot run as '--nodes' must be a whole number above 0: current value is "1.5"`,
  ]);
  match(String(readWhole(standard, ["--second", "7"])), /^Cannot run as .*--second/);
});

test("usageOf(): a line for each flag, with what it is when it is not given", () => {
  const about = { seconds: "how long", nodes: "nodes" };
  equal(
    usageOf({ name: "some", standard, about }),
    "npm run some -- [flags]\n  --seconds N   how long (300)\n  --nodes N     nodes (5)\n",
  );
});
