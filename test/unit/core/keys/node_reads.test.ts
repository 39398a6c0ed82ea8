/** What a read gives where entries have topics, keys and ids. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Talk } from "./talk.ts";

test("read gives the values of the default topic, those with ids and keys included, and no deletion [H10]", () => {
  const talk = new Talk();
  talk.broadcast({ message: "plain" });
  talk.broadcast({ message: "elsewhere", topic: "a" });
  talk.broadcast({ message: "with id", id: "x" });
  talk.broadcast({ message: "put", key: "k" });
  talk.broadcast({ message: "put", key: "k" });
  equal(talk.ask({ type: "delete", key: "k" }).type, "delete_ok");
  talk.broadcast({ message: ["plain", 1], topic: "" });
  deepEqual(talk.read(), ["plain", "with id", "put", "put", ["plain", 1]]);
});

test("read gives the values of the topics that it names: of puts each, of ids one, and no deletion [H10]", () => {
  const talk = new Talk();
  const read = (...topics: string[]) => talk.ask({ type: "read", topics })["messages"];
  talk.broadcast({ message: "plain" });
  talk.broadcast({ message: "on", topic: "a", id: "x" });
  talk.broadcast({ message: "on", topic: "a", id: "y" });
  talk.broadcast({ message: "on", topic: "a", id: "x" });
  talk.broadcast({ message: { p: [1, null] }, topic: "a.b", key: "k" });
  equal(talk.ask({ type: "delete", topic: "a.b", key: "k" }).type, "delete_ok");
  deepEqual(read("a"), ["on", "on"]);
  deepEqual(read("a.b"), [{ p: [1, null] }]);
  deepEqual(read("a*", ""), ["plain", "on", "on", { p: [1, null] }]);
  deepEqual(read("b"), []);
  deepEqual(talk.ask({ type: "read", topics: null })["messages"], ["plain"]);
  const refused = talk.ask({ type: "read", topics: [] });
  deepEqual([refused["code"], refused["text"]], [12, "read /topics is empty"]);
  equal(talk.ask({ type: "read", topics: "a" })["code"], 12);
  equal(talk.ask({ type: "read", topics: ["a/b"] })["code"], 12);
});

test("read of topics is refused where the answer would be too long, as any other [H10] [N3]", () => {
  const talk = new Talk(12);
  talk.broadcast({ message: "12345", topic: "a" });
  deepEqual(talk.ask({ type: "read", topics: ["a"] })["messages"], ["12345"]);
  talk.broadcast({ message: "6", topic: "a" });
  equal(talk.ask({ type: "read", topics: ["a"] })["code"], 10);
});
