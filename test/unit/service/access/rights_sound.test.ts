/** Rights are sound: what they allow to be watched is nothing that they do not name, whatever the patterns. */
import { equal, ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { matches } from "../../../../lib/core/keys/names.ts";
import { rightFault, Rights } from "../../../../lib/service/access/rights.ts";
import { holds } from "../../../property/holds.ts";

const RUNS = 2_000;
/** Few letters, so that topics and patterns meet. */
const topic = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 3 });
const pattern = fc.tuple(topic, fc.boolean()).map(([name, isOpen]) => isOpen ? `${name}*` : name);
const patterns = fc.array(pattern, { maxLength: 4 });

test("[A2] what a watch is allowed to ask for, its rights name; and they allow each topic that they name", () => {
  holds(
    fc.property(patterns, fc.array(pattern, { minLength: 1, maxLength: 3 }), topic, (given, asked, name) => {
      const rights = new Rights(given.map((each) => `watch:${each}`));
      const isAllowed = rights.missing({ type: "watch", topics: asked }) === undefined;
      if (isAllowed && matches(asked, name)) ok(matches(given, name));
      equal(rights.missing({ type: "get", topic: name, key: "k" }) === undefined, matches(given, name));
      ok(
        rights.missing({ type: "broadcast", message: 1, topic: name }) !== undefined,
        "to watch is not to publish",
      );
      ok(rights.missing({ type: "leave" }) !== undefined, "nor to change members");
    }),
    RUNS,
  );
});

test("[A2] any text is a right or has a fault, and any body needs something or is malformed", () => {
  holds(
    fc.property(fc.string(), fc.object(), (text, fields) => {
      const fault = rightFault("it", text);
      ok(fault === undefined || fault.startsWith("it "));
      const missing = new Rights([text]).missing({ ...fields, type: text });
      ok(missing === undefined || missing === "admin" || /^(publish|watch):/.test(missing));
    }),
    RUNS,
  );
});
