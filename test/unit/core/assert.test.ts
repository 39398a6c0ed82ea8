/** Assertions: what holds passes, what does not ends the step with an error of its own class. */
import { equal, throws } from "node:assert/strict";
import { test } from "node:test";
import { assert, AssertionFailed, at } from "../../../lib/core/assert.ts";
import { Flights } from "../../../lib/core/replication/flights.ts";
import { Progress } from "../../../lib/core/replication/progress.ts";

test("assert() throws an AssertionFailed with its message unless the condition holds", () => {
  assert(1, "it holds");
  for (const condition of [false, 0, "", undefined, null]) {
    throws(
      () => assert(condition, "it must"),
      (error) => error instanceof AssertionFailed && error.message === "it must",
    );
  }
});

test("at() gives the item at an index within the list, and nothing else", () => {
  equal(at(["a", null], 1), null);
  for (const index of [-1, 2, 0.5]) throws(() => at(["a", "b"], index), AssertionFailed);
});

test("a broken invariant is noticed where it breaks: answers due in the past, a suspect that misses", () => {
  const flights = new Flights(() => {});
  const flight = { seq: 1, at: 10, logRevision: 0, linksRevision: 0, waits: false };
  throws(() => flights.add({ ...flight, answerBy: 9 }), AssertionFailed);
  const peer = new Progress("n1");
  peer.suspect(0);
  throws(() => peer.miss(), AssertionFailed);
});
