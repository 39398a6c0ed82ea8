/** That the pictures of first solutions show what their titles and the README say. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { firstSolution, firstSolutions } from "../../../bench/pictures/first_solutions.ts";

const holders = (picture: ReturnType<typeof firstSolution>) =>
  picture.scene.rows.filter(({ holds }) => holds.length > 0).map(({ node }) => node);

test("what is sent once during a cut stays on its side, though the cut heals", () => {
  const picture = firstSolution(firstSolutions.send_without_ack);
  assert.deepEqual(holders(picture), ["n0", "n1"]);
  assert.deepEqual(picture.scene.arrows.map(({ lost }) => lost).sort(), [false, true, true, true]);
});

test("a retry without a pause takes as many messages as its title says, and brings the value everywhere", () => {
  const picture = firstSolution(firstSolutions.retry_without_pause);
  assert.equal(holders(picture).length, 5);
  assert.match(firstSolutions.retry_without_pause.title, new RegExp(picture.messages.toLocaleString("en")));
  assert.ok(picture.scene.arrows.length <= 200 && picture.svg.length < 40_000);
});

test("a flood takes 40 messages, all of them shown", () => {
  const picture = firstSolution(firstSolutions.flood);
  assert.deepEqual([picture.messages, picture.scene.arrows.length], [40, 40]);
  assert.equal(holders(picture).length, 5);
});
