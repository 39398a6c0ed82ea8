/** How long ago the oldest entry came that others have not said they hold. */
import { equal } from "node:assert/strict";
import { test } from "node:test";
import { runOf } from "../../../../lib/core/log/runs.ts";
import { MARK_EVERY_MS, MARKS_MAX, UnackedAge } from "../../../../lib/service/node/unacked_age.ts";

const entry = (seq: number) => runOf("n1.1", seq, seq);

test("Ages tell when the oldest entry came that is not held", () => {
  const ages = new UnackedAge();
  for (let at = 1; at <= 3; at++) ages.note([entry(at)], at * 100);
  equal(ages.oldest((_, seq) => seq !== 2), 200);
  equal(ages.oldest(() => true), undefined);
  ages.forget((_, seq) => seq <= 2);
  equal(ages.oldest(() => false), 300);
});

test("Ages remember the first entry of MARK_EVERY_MS, and not those that follow it", () => {
  const ages = new UnackedAge();
  for (let at = 0; at <= MARK_EVERY_MS; at++) ages.note([entry(at + 1)], at);
  equal(ages.oldest((_, seq) => seq === 1), MARK_EVERY_MS);
});

test("Ages remember MARKS_MAX moments at most, the oldest among them", () => {
  const ages = new UnackedAge();
  for (let i = 1; i <= 10 * MARKS_MAX; i++) ages.note([entry(i)], i * MARK_EVERY_MS);
  equal(ages.oldest(() => false), MARK_EVERY_MS);
  let asked = 0;
  ages.oldest(() => ++asked > 0);
  equal(asked <= MARKS_MAX, true);
});
