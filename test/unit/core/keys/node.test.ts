/** A node and its clients who give ids, topics and keys: what is one value, what is the latest, what is refused. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Digest } from "../../../../lib/core/log/digest.ts";
import { Runs } from "../../../../lib/core/log/runs.ts";
import type { Body, Json } from "../../../../lib/core/message.ts";
import * as names from "../../../../lib/core/keys/names.ts";
import { CLOCK_AHEAD_MAX_MS, STAMP_MAX } from "../../../../lib/core/keys/hybrid_clock.ts";
import { VALUE_BYTES_MAX } from "../../../../lib/core/node.ts";
import { NOW, Talk } from "./talk.ts";

test("the trap: on, off, on reaches a watcher as two values, and with ids or a key as three [H2]", () => {
  const [plain, withIds, withKey] = [new Talk(), new Talk(), new Talk()];
  for (const [i, message] of ["on", "off", "on"].entries()) {
    equal(plain.broadcast({ message, topic: "flags" }).type, "broadcast_ok");
    equal(withIds.broadcast({ message, topic: "flags", id: `e${i}` }).type, "broadcast_ok");
    equal(withKey.broadcast({ message, topic: "flags", key: "dark" }).type, "broadcast_ok");
  }
  const valueOf = (record: Json) => Array.isArray(record) ? record[0] : record;
  deepEqual(plain.watched({ topics: ["flags"] }).map(valueOf), ["on", "off"]);
  deepEqual(withIds.watched({ topics: ["flags"] }).map(valueOf), ["on", "off", "on"]);
  deepEqual(withKey.watched({ topics: ["flags"] }).map(valueOf), ["on", "off", "on"]);
});

test("equal ids in one topic are one entry, whatever the value; in two topics they are two [H2]", () => {
  const talk = new Talk();
  talk.broadcast({ message: 1, id: "x", topic: "a" });
  equal(talk.broadcast({ message: 2, id: "x", topic: "a" }).type, "broadcast_ok");
  talk.broadcast({ message: 1, id: "x", topic: "b" });
  talk.broadcast({ message: 1, id: "x" });
  talk.broadcast({ message: "x", topic: "a" });
  deepEqual(talk.watched({ topics: ["*"] }), [[1, "x"], [1, "x"], [1, "x"], ["x"]]);
  equal(talk.node.status.entries, 4);
});

test("an id is found among many entries that hold its text elsewhere [H2]", () => {
  const talk = new Talk();
  for (const message of ["x", ["x"], [1, "x"], { a: [0, "x"] }]) talk.broadcast({ message, topic: "a" });
  talk.broadcast({ message: 0, topic: "a", key: "x" });
  talk.broadcast({ message: 0, topic: "a", id: "y", key: "x" });
  equal(talk.node.status.entries, 6);
  talk.broadcast({ message: 0, topic: "a", id: "x" });
  equal(talk.node.status.entries, 7);
  for (const id of ["x", "y"]) talk.broadcast({ message: 5, topic: "a", id });
  equal(talk.node.status.entries, 7);
});

test("what has the same id on two nodes reaches a watcher once [H2] [H5]", () => {
  const talk = new Talk();
  talk.broadcast({ message: 1, id: "x", topic: "a" });
  talk.bring(["n1.1", 1, [[1, "x"], [2, "y"], [1, "x"]], "a"]);
  const position = new Digest();
  deepEqual(talk.watched({ topics: ["a"] }, position), [[1, "x"], [2, "y"]]);
  equal(position.has("n1.1", 3), true, "the position passes over it");
  equal(talk.node.status.entries, 4);
  equal(talk.node.status.values, 2);
});

test("equal JSON in one topic is one value, and in two topics two [H2]", () => {
  const talk = new Talk();
  for (const topic of ["a", "a", "b", undefined, ""]) talk.broadcast({ message: { p: 1, q: 2 }, topic });
  talk.broadcast({ message: { q: 2, p: 1 }, topic: "a" });
  talk.broadcast({ message: 7, topic: "a" });
  talk.broadcast({ message: 7 });
  deepEqual(talk.watched({ topics: ["a"] }), [[{ p: 1, q: 2 }], [7]]);
  deepEqual(talk.watched({ topics: ["b"] }), [[{ p: 1, q: 2 }]]);
  deepEqual(talk.watched(), [{ p: 1, q: 2 }, 7]);
});

test("get gives the latest value of a key and its time, and error 20 where there is none [H9]", () => {
  const talk = new Talk();
  talk.broadcast({ message: { on: true }, topic: "flags", key: "dark/mode" });
  talk.broadcast({ message: false, topic: "flags", key: "dark/mode", id: "x" });
  const answer = talk.ask({ type: "get", topic: "flags", key: "dark/mode" });
  deepEqual(answer, { type: "get_ok", value: false, stamp: 1_000 * NOW + 1 });
  deepEqual(talk.ask({ type: "get", topic: "flags", key: "light" }), {
    type: "error",
    code: 20,
    text: "key does not exist",
  });
  equal(talk.get("other", "dark/mode"), 20);
  equal(talk.ask({ type: "delete", topic: "flags", key: "dark/mode" }).type, "delete_ok");
  equal(talk.get("flags", "dark/mode"), 20);
  talk.broadcast({ message: null, topic: "flags", key: "dark/mode" });
  equal(talk.get("flags", "dark/mode"), null);
});

test("a deletion is a record of its own, also of a key that is not known here [H9]", () => {
  const talk = new Talk();
  talk.ask({ type: "delete", topic: "flags", key: "k", id: "x" });
  talk.ask({ type: "delete", topic: "flags", key: "k", id: "x" });
  talk.ask({ type: "delete", topic: "flags", key: "k" });
  deepEqual(talk.watched({ topics: ["flags"] }), [
    [null, "x", "k", 1_000 * NOW, true],
    [null, null, "k", 1_000 * NOW + 1, true],
  ]);
  talk.bring(["n1.1", 1, [["late", null, "k", 1_000 * NOW - 1]], "flags"]);
  equal(talk.get("flags", "k"), 20, "what was put before stays deleted");
});

test("what a node has seen it overwrites, however far ahead the clock of the other was [H4]", () => {
  const talk = new Talk();
  const ahead = 1_000 * (NOW + 1_000 * CLOCK_AHEAD_MAX_MS);
  talk.bring(["n1.1", 1, [["far", null, "k", ahead]], "a"]);
  equal(talk.get("a", "k"), "far");
  talk.broadcast({ message: "mine", topic: "a", key: "k" });
  deepEqual(talk.ask({ type: "get", topic: "a", key: "k" }), {
    type: "get_ok",
    value: "mine",
    stamp: ahead + 1,
  });
  talk.broadcast({ message: "other", topic: "a", key: "l" });
  equal(
    talk.ask({ type: "get", topic: "a", key: "l" })["stamp"],
    1_000 * NOW + 1,
    "other keys are not pulled along",
  );
});

test("a key with the last of all stamps is not written again, and harms no other [H4]", () => {
  const talk = new Talk();
  talk.bring(["n1.1", 1, [["last", null, "k", STAMP_MAX]], "a"]);
  deepEqual(talk.broadcast({ message: 1, topic: "a", key: "k" }), {
    type: "error",
    code: 11,
    text: "no later time is left for this key",
  });
  equal(talk.get("a", "k"), "last");
  equal(talk.broadcast({ message: 1, topic: "a", key: "l" }).type, "broadcast_ok");
});

test("the same latest follows from whatever order [H3]", () => {
  const records: Json[] = [["a", null, "k", 5], ["b", null, "k", 7], ["c", null, "k", 7], [
    "d",
    null,
    "k",
    6,
  ]];
  const runs = records.map((record, i): Json => [`n${1 + i % 2}.1`, i + 1, [record], "t"]);
  for (const order of [runs, runs.toReversed()]) {
    const talk = new Talk();
    for (const run of order) talk.bring(run);
    equal(talk.get("t", "k"), "b", "n2.1 is after n1.1 as text");
  }
});

test("a name with a fault is an error 12 that says which, and why [H7]", () => {
  const talk = new Talk();
  const long = (bytes: number) => "a".repeat(bytes + 1);
  const faults: [Body, string][] = [
    [{ type: "broadcast", message: 1, topic: "a b" }, "broadcast /topic holds a white space"],
    [
      { type: "broadcast", message: 1, topic: long(names.TOPIC_BYTES_MAX) },
      "broadcast /topic is over 128 bytes",
    ],
    [{ type: "broadcast", message: 1, topic: 7 }, "broadcast /topic must be string"],
    [{ type: "broadcast", message: 1, id: "" }, "broadcast /id is empty"],
    [{ type: "broadcast", message: 1, id: long(names.ID_BYTES_MAX) }, "broadcast /id is over 128 bytes"],
    [{ type: "broadcast", message: 1, id: 7 }, "broadcast /id must be string"],
    [{ type: "broadcast", message: 1, key: long(names.KEY_BYTES_MAX) }, "broadcast /key is over 512 bytes"],
    [{ type: "broadcast", message: 1, key: "a\ud800" }, "broadcast /key holds half a character"],
    [{ type: "broadcast", topic: "a" }, "broadcast must have required properties message"],
    [{ type: "delete", topic: "a" }, "delete must have required properties key"],
    [{ type: "delete", topic: "a/b", key: "k" }, "delete /topic holds /"],
    [{ type: "delete", topic: "a", key: "" }, "delete /key is empty"],
    [{ type: "get", topic: "a", key: null }, "get /key must be string"],
    [{ type: "get", topic: "a*", key: "k" }, "get /topic holds *"],
  ];
  for (const [body, text] of faults) deepEqual(talk.ask(body), { type: "error", code: 12, text });
  equal(talk.node.status.entries, 0);
  for (const none of [null, undefined]) talk.broadcast({ message: 1, topic: none, id: none, key: none });
  deepEqual(talk.watched(), [1], "null is as if it were not there");
});

test("a value in a topic may be as long and nearly as deep as a plain one [H1] [L6] [N6]", () => {
  const talk = new Talk();
  const nested = (depth: number): Json => depth === 0 ? 0 : [nested(depth - 1)];
  equal(talk.broadcast({ message: nested(127), topic: "a" }).type, "broadcast_ok");
  equal(
    talk.broadcast({ message: nested(128), topic: "a" })["text"],
    "broadcast /message is nested over 127 deep",
  );
  equal(
    talk.broadcast({ message: "a".repeat(VALUE_BYTES_MAX - 2), topic: "a", key: "k" }).type,
    "broadcast_ok",
  );
  equal(
    talk.broadcast({ message: "a".repeat(VALUE_BYTES_MAX - 1), topic: "a", key: "k" })["text"],
    `broadcast /message is over ${VALUE_BYTES_MAX} bytes`,
  );
});

test("TOPICS_MAX topics may begin, what comes from peers not counted against them, and those that are there go on [H7]", () => {
  const talk = new Talk();
  for (let i = 0; i < names.TOPICS_MAX; i++) talk.broadcast({ message: 1, topic: `t${i}` });
  const full = { type: "error", code: 11, text: `there are ${names.TOPICS_MAX} topics already` };
  deepEqual(talk.broadcast({ message: 1, topic: "another" }), full);
  equal(talk.broadcast({ message: 1, topic: "t0" }).type, "broadcast_ok", "which is there already");
  equal(talk.broadcast({ message: 2, topic: "t0" }).type, "broadcast_ok");
  equal(talk.broadcast({ message: 2, id: "x" }).type, "broadcast_ok", "the default topic is always there");
  talk.bring(["n1.1", 1, [[1]], "another"]);
  equal(talk.broadcast({ message: 2, topic: "another" }).type, "broadcast_ok");
});

test("while entries cannot be made safe, puts and deletions are refused, and ids that are held acknowledged [N10]", () => {
  const talk = new Talk();
  talk.broadcast({ message: 1, topic: "a", id: "x", key: "k" });
  talk.storage("the disk is full");
  const refused = { type: "error", code: 11, text: "the disk is full" };
  deepEqual(talk.broadcast({ message: 1, topic: "a", key: "k" }), refused);
  deepEqual(talk.ask({ type: "delete", topic: "a", key: "k" }), refused);
  equal(talk.broadcast({ message: 1, topic: "a", id: "x", key: "k" }).type, "broadcast_ok");
  equal(talk.get("a", "k"), 1);
});

test("a node that comes back knows its topics, ids and keys [N9]", () => {
  const talk = new Talk();
  talk.broadcast({ message: "on", topic: "flags", key: "dark" });
  talk.broadcast({ message: "off", topic: "flags", key: "dark", id: "x" });
  talk.ask({ type: "delete", topic: "flags", key: "light" });
  talk.broadcast({ message: 7 });
  talk.restart();
  equal(talk.get("flags", "dark"), "off");
  equal(talk.get("flags", "light"), 20);
  talk.broadcast({ message: "off", topic: "flags", key: "dark", id: "x" });
  equal(talk.node.status.entries, 4);
  deepEqual(talk.read(), [7]);
  talk.broadcast({ message: "again", topic: "flags", key: "dark" });
  equal(talk.get("flags", "dark"), "again");
});

test("a record that cannot be read is held and passed on, and shown to nobody [H6]", () => {
  const talk = new Talk();
  talk.bring(["n1.1", 1, [[1, 2, 3], "no record", [5], [6, null, "k", 0]], "a"]);
  equal(talk.node.status.entries, 4);
  deepEqual(talk.watched({ topics: ["a"] }), [[5]]);
  equal(talk.get("a", "k"), 20);
});

test("a run whose topic no client could give is malformed [W4]", () => {
  const talk = new Talk();
  for (const topic of ["a b", "*", "a".repeat(names.TOPIC_BYTES_MAX + 1), 7, null]) {
    equal(talk.bring(["n1.1", 1, [[1]], topic])["code"], 12, String(topic));
  }
  equal(talk.node.status.entries, 0);
});

test("plain values of the default topic are on the wire as ever, and all others are records with a topic [H1]", () => {
  const talk = new Talk();
  const wire = () => new Runs(talk.node.takeBatch(new Digest(), { topics: ["*"] }).runs).text;
  talk.broadcast({ message: 1 });
  talk.broadcast({ message: { a: 2 }, topic: "" });
  equal(wire(), '[["n0.1",1,[1,{"a":2}]]]');
  talk.broadcast({ message: 1, topic: "t" });
  talk.broadcast({ message: 1, id: "x" });
  talk.broadcast({ message: 1, key: "k" });
  equal(
    wire(),
    `[["n0.1",1,[1,{"a":2}]],["n0.1",3,[[1]],"t"],["n0.1",4,[[1,"x"],[1,null,"k",${1_000 * NOW}]],""]]`,
  );
});
