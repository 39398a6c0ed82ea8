/** Spans of topics are as a list of the topic of each entry. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TopicSpans } from "../../../lib/core/keys/topic_spans.ts";
import { holds } from "../holds.ts";

const MOST = 40;

const set = fc.record({
  from: fc.integer({ min: 1, max: MOST }),
  count: fc.integer({ min: 1, max: 8 }),
  topic: fc.integer({ min: 0, max: 3 }),
});

test("what was said last of an entry holds, and spans are as long as they can be", () => {
  holds(
    fc.property(fc.array(set, { maxLength: 40 }), (sets) => {
      const spans = new TopicSpans();
      const topics = Array.from({ length: MOST + 10 }, () => 0);
      for (const { from, count, topic } of sets) {
        spans.set(from, from + count - 1, topic);
        topics.fill(topic, from, from + count);
      }
      for (let seq = 1; seq < topics.length; seq++) {
        const { topic, end } = spans.at(seq);
        equal(topic, topics[seq]);
        const next = topics.findIndex((other, i) => i > seq && other !== topic);
        equal(end, next < 0 ? Infinity : next - 1);
      }
      equal(spans.isPlain, topics.slice(1).every((topic) => topic === 0));
      spans.set(1, topics.length, 0);
      ok(spans.isPlain);
      deepEqual(spans.at(7), { topic: 0, end: Infinity });
    }),
    500,
  );
});
