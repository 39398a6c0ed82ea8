/** How long ago the oldest entry came that others have not said they hold. */
import { equal } from "node:assert/strict";
import { test } from "node:test";
import { runOf } from "../../../../lib/core/log/runs.ts";
import { MARKS_MAX, UnackedAge } from "../../../../lib/service/node/unacked_age.ts";

const entry = (seq: number) => runOf("n1.1", seq, seq);

test("Ages tell when the oldest entry came that is not held", () => {
  const ages = new UnackedAge();
  for (let at = 1; at <= 3; at++) ages.note([entry(at)], at * 100);
  equal(ages.oldest((_, seq) => seq !== 2), 200);
  equal(ages.oldest(() => true), undefined);
  ages.forget((_, seq) => seq <= 2);
  equal(ages.oldest(() => false), 300);
});

test("Ages remember MARKS_MAX moments at most, the oldest among them", () => {
  const ages = new UnackedAge();
  for (let at = 1; at <= 10 * MARKS_MAX; at++) ages.note([entry(at)], at);
  equal(ages.oldest(() => false), 1);
  let asked = 0;
  ages.oldest(() => ++asked > 0);
  equal(asked <= MARKS_MAX, true);
});
