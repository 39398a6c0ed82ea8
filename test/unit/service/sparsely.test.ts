/** A frequent event is reported at most once in a while, and counted. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Sparsely } from "../../../lib/service/sparsely.ts";

test("Sparsely says the first, then at most one every so often, with how many it did not say", () => {
  const said: [string, number][] = [];
  const sparsely = new Sparsely(1000, (text, unsaid) => said.push([text, unsaid]));
  sparsely.note("a", 5);
  for (let now = 6; now < 1005; now++) sparsely.note("b", now);
  deepEqual(said, [["a", 0]]);
  sparsely.note("c", 1005);
  sparsely.note("d", 5000);
  deepEqual(said.slice(1), [["c", 999], ["d", 0]]);
  equal(sparsely.count, 1002);
});
