/** Every mechanism has its story: a figure that holds with it, and that does not without it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { mechanisms } from "../../lib/core/mechanisms.ts";
import { idle, stories, storyOf } from "./mechanism_stories.ts";

test("every mechanism has its story", () => {
  assert.deepEqual([...Object.keys(stories), ...idle].toSorted(), mechanisms.toSorted());
});

for (const name of mechanisms) {
  const story = storyOf(name);
  if (story === undefined) continue;
  const { tells, figure, most } = story;
  test(`${tells}; not without ${name}`, () => {
    const [whole, lacking] = [figure([]), figure([name])];
    assert.ok(whole <= most, `${whole} with it, of ${most}`);
    assert.ok(lacking > most, `${lacking} without it, of ${most}`);
  });
}
