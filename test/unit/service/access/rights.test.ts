/** Rights: what each request needs, which patterns cover which, and what is no right. */
import { equal } from "node:assert/strict";
import { test } from "node:test";
import { rightFault, Rights } from "../../../../lib/service/access/rights.ts";
import type { Body } from "../../../../lib/core/message.ts";

const cases: readonly (readonly [rights: string, body: Body, missing: string | undefined])[] = [
  ["publish:orders", { type: "broadcast", message: 1, topic: "orders" }, undefined],
  ["publish:orders", { type: "broadcast", message: 1, topic: "orders2" }, "publish:orders2"],
  ["publish:orders", { type: "broadcast", message: 1 }, "publish:"],
  ["publish:", { type: "broadcast", message: 1, topic: null }, undefined],
  ["publish:orders*", { type: "broadcast", message: 1, topic: "orders2" }, undefined],
  ["publish:orders*", { type: "broadcast", message: 1, topic: "order" }, "publish:order"],
  ["publish:*", { type: "broadcast", message: 1 }, undefined],
  ["publish:flags", { type: "delete", topic: "flags", key: "a" }, undefined],
  ["watch:flags", { type: "delete", topic: "flags", key: "a" }, "publish:flags"],
  ["watch:flags", { type: "get", topic: "flags", key: "a" }, undefined],
  ["publish:flags", { type: "get", topic: "flags", key: "a" }, "watch:flags"],
  ["watch:", { type: "read" }, undefined],
  ["watch:a", { type: "read", topics: null }, "watch:"],
  ["watch:a watch:b", { type: "watch", topics: ["a", "b"] }, undefined],
  ["watch:a watch:b", { type: "watch", topics: ["a", "c", "d"] }, "watch:c"],
  ["watch:a*", { type: "watch", topics: ["ab*"] }, undefined],
  ["watch:ab*", { type: "watch", topics: ["a*"] }, "watch:a*"],
  ["watch:a", { type: "watch", topics: ["a*"] }, "watch:a*"],
  ["watch:a*", { type: "watch", topics: ["*"] }, "watch:*"],
  ["watch:*", { type: "watch", topics: ["*", "a", ""] }, undefined],
  ["", { type: "status" }, undefined],
  ["", { type: "reach" }, undefined],
  ["", { type: "unwatch", watch: 1 }, undefined],
  ["publish:* watch:*", { type: "leave" }, "admin"],
  ["admin", { type: "remove", id: "n2" }, undefined],
  ["admin", { type: "broadcast", message: 1 }, "publish:"],
  ["publish:admin", { type: "anything that comes later" }, "admin"],
];

for (const [rights, body, missing] of cases) {
  test(`[A2] with ${rights || "no right"}, ${JSON.stringify(body)} lacks ${missing ?? "nothing"}`, () => {
    equal(new Rights(rights.split(" ")).missing(body), missing);
  });
}

test("[A2] a broadcast that was allowed allows no other", () => {
  const rights = new Rights(["publish:a"]);
  for (
    const [topic, missing] of [["a"], ["b", "publish:b"], ["a"], [undefined, "publish:"], ["a"]] as const
  ) {
    equal(rights.missing({ type: "broadcast", message: 1, topic }), missing);
  }
  equal(rights.missing({ type: "watch", topics: ["a"] }), "watch:a");
  equal(rights.missing({ type: "delete", topic: "b", key: "k" }), "publish:b");
});

test("[A2] what is malformed needs no right, as it is refused for what it is", () => {
  for (const topics of [5, "a", {}, [5]]) equal(new Rights([]).missing({ type: "watch", topics }), undefined);
  equal(new Rights([]).missing({ type: "broadcast", message: 1, topic: 5 }), undefined);
});

test("[A2] a right is one of three kinds, and its pattern is one", () => {
  for (const right of ["admin", "publish:", "publish:*", "watch:a*", "watch:a.b"]) {
    equal(rightFault("it", right), undefined, right);
  }
  const kinds = "it is none of publish:TOPICS, watch:TOPICS and admin";
  for (const right of ["", "Admin", "admin ", "publish", "read:a", "publish;a", " watch:a"]) {
    equal(rightFault("it", right), kinds, right);
  }
  equal(rightFault("it", "watch:a*b"), "it holds *");
  equal(rightFault("it", "watch:a\nb"), "it holds a white space");
});
