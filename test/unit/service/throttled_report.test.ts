/** A frequent event is reported at most once in a while, and counted. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { ThrottledReport } from "../../../lib/service/throttled_report.ts";

test("ThrottledReport says the first, then at most one every so often, with how many it did not say", () => {
  const said: [string, number][] = [];
  const report = new ThrottledReport(1000, (text, unsaid) => said.push([text, unsaid]));
  report.note("a", 5);
  for (let now = 6; now < 1005; now++) report.note("b", now);
  deepEqual(said, [["a", 0]]);
  report.note("c", 1005);
  report.note("d", 5000);
  deepEqual(said.slice(1), [["c", 999], ["d", 0]]);
  equal(report.count, 1002);
});
