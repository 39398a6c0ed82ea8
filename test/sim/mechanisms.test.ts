/** Every mechanism has its story: a figure that holds with it, and that does not without it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { mechanisms } from "../../lib/core/mechanisms.ts";
import { stories } from "./mechanism_stories.ts";

test("every mechanism has its story", () => {
  assert.deepEqual(Object.keys(stories).toSorted(), mechanisms.toSorted());
});

for (const name of mechanisms) {
  const { tells, figure, most } = stories[name];
  test(`${tells}; not without ${name}`, () => {
    const [whole, lacking] = [figure([]), figure([name])];
    assert.ok(whole <= most, `${whole} with it, of ${most}`);
    assert.ok(lacking > most, `${lacking} without it, of ${most}`);
  });
}
