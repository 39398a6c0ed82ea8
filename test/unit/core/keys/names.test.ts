/** Topics, keys and ids: what is wrong with one is said in words that name the field. */
import { equal } from "node:assert/strict";
import { test } from "node:test";
import * as names from "../../../../lib/core/keys/names.ts";

const { ID_BYTES_MAX, KEY_BYTES_MAX, TOPIC_BYTES_MAX, TOPICS_PER_WATCH_MAX } = names;

test("a topic with a fault is told what it is", () => {
  const field = "broadcast /topic";
  const faults: Readonly<Record<string, string>> = {
    "a b": "broadcast /topic holds a white space",
    "a\u2003b": "broadcast /topic holds a white space",
    "a\n": "broadcast /topic holds a white space",
    "a\u0000": "broadcast /topic holds a control character",
    "a\u0085": "broadcast /topic holds a control character",
    "a/b": "broadcast /topic holds /",
    "a*": "broadcast /topic holds *",
    "a,b": "broadcast /topic holds ,",
    "a=b": "broadcast /topic holds =",
    "-a": "broadcast /topic begins with -",
    "a\ud800": "broadcast /topic holds half a character",
  };
  for (const [topic, fault] of Object.entries(faults)) equal(names.topicFault(field, topic), fault);
});

test("a topic may be anything else, the default one included", () => {
  for (const topic of ["", "flags", "a-b", "_exam", "temperatur.außen", "\u{1f680}", "a:b", '"'] as const) {
    equal(names.topicFault("put /topic", topic), undefined, topic);
  }
});

test("each name may have as many bytes as its limit says, and not one more", () => {
  const limits = [
    [names.topicFault, TOPIC_BYTES_MAX],
    [names.keyFault, KEY_BYTES_MAX],
    [names.idFault, ID_BYTES_MAX],
  ] as const;
  for (const [faultOf, max] of limits) {
    equal(faultOf("f", "a".repeat(max)), undefined);
    equal(faultOf("f", "é".repeat(max / 2)), undefined);
    equal(faultOf("f", "\u{1f680}".repeat(max / 4)), undefined);
    for (const over of ["a".repeat(max + 1), `${"é".repeat(max / 2)}a`, "\u{1f680}".repeat(max / 4 + 1)]) {
      equal(faultOf("f", over), `f is over ${max} bytes`);
    }
  }
});

test("a key or an id may hold anything, but it is not empty and no half a character", () => {
  for (const faultOf of [names.keyFault, names.idFault]) {
    for (const name of ["a/b", " ", "*", "-a", '"\\', "\u0000"]) equal(faultOf("f", name), undefined, name);
    equal(faultOf("get /key", ""), "get /key is empty");
    equal(faultOf("get /key", "a\udc00"), "get /key holds half a character");
  }
});

test("a pattern is a topic, or the beginning of topics and a star", () => {
  for (const pattern of ["", "*", "a", "a*", "sensors.*"]) equal(names.patternFault("f", pattern), undefined);
  for (const pattern of ["**", "*a", "a*b"]) equal(names.patternFault("f", pattern), "f holds *");
  equal(names.patternFault("f", "a b*"), "f holds a white space");
});

test("a list of patterns has one at least and TOPICS_PER_WATCH_MAX at most, and the one with a fault is named", () => {
  const many = Array.from({ length: TOPICS_PER_WATCH_MAX }, (_, i) => `t${i}`);
  equal(names.patternsFault("watch /topics", many), undefined);
  equal(names.patternsFault("watch /topics", ["a", "b/"]), "watch /topics/1 holds /");
  equal(names.patternsFault("watch /topics", []), "watch /topics is empty");
  equal(
    names.patternsFault("watch /topics", [...many, "t"]),
    `watch /topics names ${TOPICS_PER_WATCH_MAX + 1} topics, at most ${TOPICS_PER_WATCH_MAX} are allowed`,
  );
});

test("patterns match exact topics, and with a star all that begin so", () => {
  equal(names.matches(["flags"], "flags"), true);
  equal(names.matches(["flags"], "flags2"), false);
  equal(names.matches(["flags*"], "flags"), true);
  equal(names.matches(["flags*"], "flags2"), true);
  equal(names.matches(["flags*"], "flag"), false);
  equal(names.matches([""], ""), true);
  equal(names.matches([""], "flags"), false);
  equal(names.matches(["*"], ""), true);
  equal(names.matches(["a", "b*"], "bc"), true);
  equal(names.matches([], "a"), false);
});
