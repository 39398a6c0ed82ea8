/** The scan of a list of values: it takes what JSON.stringify writes and nothing else, and hashes tell values apart. */
import { equal } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonical } from "../../../lib/core/log/canonical.ts";
import { scan } from "../../../lib/core/log/scan.ts";
import type { Json } from "../../../lib/core/message.ts";
import { holds } from "../holds.ts";
import { json, parse, reversed } from "../json.ts";

const values = fc.array(json, { minLength: 1, maxLength: 12 });
/** A character that matters to JSON, or any other. */
const unit = fc.oneof(
  fc.constantFrom(
    ...'[]{}",:\\/0123456789.-+eEufnrtb al\n\u0000\u001f\u007f\u00e9\u2026\ud83d\ude00'.split(""),
  ),
  fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
);
const halves = fc.array(
  fc.constantFrom("\\ud83d", "\\ude00", "😀", "\ud83d", "\ude00", "\\u001f", "a", "é", "…"),
  {
    maxLength: 7,
  },
).map((parts) => `"${parts.join("")}"`);
/** Numbers near what JSON.stringify writes, and others that only JSON.parse takes. */
const numeral = fc.oneof(
  fc.stringMatching(/^-?[0-9]{1,3}(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,3})?$/),
  fc.stringMatching(/^-?[0-9]{0,18}(\.[0-9]{0,18})?$/),
  fc.stringMatching(/^-?0\.0{0,8}[0-9]{0,4}$/),
  fc.double().map((n) => JSON.stringify(n)),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }).map(String),
);

test("scan() cuts what JSON.stringify writes, and tells whether it is ASCII [L3]", () => {
  holds(
    fc.property(values, (given) => {
      const texts = given.map((each) => JSON.stringify(each));
      const text = texts.join(",");
      for (const [source, from] of [[text, 0], [`[["é",1,[${text}]]]`, 9]] as const) {
        const found = scan(source, from);
        equal(found?.count, texts.length);
        equal(found?.end, from + text.length);
        let start = 0;
        for (const [i, each] of texts.entries()) {
          equal(text.slice(start, found?.ends[i]), each);
          start += each.length + 1;
        }
        // deno-lint-ignore no-control-regex
        equal(found?.isAscii, /^[\x00-\x7f]*$/.test(text));
      }
    }),
    1_000,
  );
});

test("hashes of scan() are equal for equal values, and for no others [L3]", () => {
  holds(
    fc.property(values, (given) => {
      for (const [i, a] of given.entries()) {
        equal(hashOf(reversed(a)), hashOf(a));
        for (const b of given.slice(i + 1)) {
          const same = typeof a === typeof b && key(a) === key(b);
          equal(hashOf(a) === hashOf(b), same, `${JSON.stringify(a)} and ${JSON.stringify(b)}`);
        }
      }
    }),
    1_000,
  );
});

test("scan() takes one value exactly where JSON.stringify writes it like this, whatever stands there [L3]", () => {
  const changed = fc.tuple(json, fc.nat(), fc.nat(3), fc.array(unit, { maxLength: 3 })).map(
    ([value, at, gone, put]) => {
      const text = JSON.stringify(value);
      const from = at % (text.length + 1);
      return text.slice(0, from) + put.join("") + text.slice(from + gone);
    },
  );
  const any = fc.array(unit, { maxLength: 8 }).map((units) => units.join(""));
  const quoted = fc.array(unit, { maxLength: 12 }).map((units) => `"${units.join("")}"`);
  holds(
    fc.property(fc.oneof(changed, any, quoted, halves, numeral), (text) => {
      const found = scan(`[${text}]`, 1);
      equal(found !== undefined && found.end === text.length + 1 && found.count === 1, isNormal(text), text);
      const alone = scan(text);
      equal(alone?.count === 1 && alone.end === text.length, isNormal(text), text);
    }),
    20_000,
  );
});

function hashOf(value: Json): string {
  return scan(JSON.stringify(value))?.hashes.join(" ") ?? "none";
}

function key(value: Json): string | number | undefined {
  // JSON.stringify writes -0 as 0.
  return canonical(parse(JSON.stringify(value)));
}

/** Whether JSON.stringify writes the text of one value like this, up to the order of keys. */
function isNormal(text: string): boolean {
  let value: Json;
  try {
    value = parse(text);
  } catch {
    return false;
  }
  const written = JSON.stringify(value);
  // An object's whole numbers come first when it is written.
  return written === text ||
    written.length === text.length && sorted(written) === sorted(text) && again(text, value);
}

function sorted(text: string): string {
  return [...text].sort().join("");
}

/** Writes the value with its keys as they stand in the text. */
function again(text: string, value: Json): boolean {
  const found = text.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  const order = new Map(found.map((each, i) => [each, i]));
  const write = (each: Json): string => {
    if (typeof each !== "object" || each === null) return JSON.stringify(each);
    if (Array.isArray(each)) return `[${each.map(write)}]`;
    const keys = Object.keys(each).sort((a, b) => place(a) - place(b));
    return `{${keys.map((name) => `${JSON.stringify(name)}:${write(each[name] ?? null)}`)}}`;
  };
  const place = (name: string) => order.get(JSON.stringify(name)) ?? 0;
  return write(value) === text;
}
