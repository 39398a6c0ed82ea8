/** What a checker has found is listed up to a limit, and counted whole. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { echo, ERRORS_MAX } from "../../../../lib/workbench/workloads/echo.ts";
import { DUPLICATED_MAX, uniqueIds } from "../../../../lib/workbench/workloads/unique_ids.ts";
import { Story } from "./story.ts";

for (const count of [DUPLICATED_MAX, DUPLICATED_MAX + 1]) {
  test(`unique-ids: of ${count} ids that were repeated the most frequent ${DUPLICATED_MAX} are listed`, () => {
    const story = new Story(uniqueIds);
    // The last one is given three times, and the others twice.
    const ids = Array.from({ length: count }, (_, i) => i + 1);
    [...ids, ...ids, count].forEach((id, i) => story.ask("generate", 0, 2 * i, null, id));
    const { results } = story.check();
    const listed = [count, ...ids.slice(0, DUPLICATED_MAX - 1)].sort((a, b) => a - b);
    deepEqual({ ...results, range: [] }, {
      ...{ kind: "ids", "attempted-count": 2 * count + 1, "acknowledged-count": 2 * count + 1, range: [] },
      "duplicated-count": count,
      duplicated: Object.fromEntries(listed.map((id) => [id, id === count ? 3 : 2])),
    });
  });
}

for (const count of [ERRORS_MAX, ERRORS_MAX + 1]) {
  test(`echo: of ${count} wrong answers the first ${ERRORS_MAX} are listed`, () => {
    const story = new Story(echo);
    for (let i = 0; i < count; i++) story.ask("echo", 0, 2 * i, `${i}`, "other");
    const said = Array.from({ length: ERRORS_MAX }, (_, i) => [
      ...["Expected a message with :echo", `${i}`, "But received", { echo: "other" }],
    ]);
    deepEqual(story.check().results, { kind: "echo", errors: said, "error-count": count, "ok-count": 0 });
  });
}
