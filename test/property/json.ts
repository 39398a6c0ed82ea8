/** Arbitrary JSON values, as they come off a wire: every number, every key and every text that a parser can yield. */
import fc from "fast-check";
import type { Json } from "../../lib/core/message.ts";

const leaf: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("null", "true", "false", "0", "1", "-0", '""', '"0"', '"null"', '"\\u0000"', '"é\\ud800"'),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => JSON.stringify(n)),
  fc.string({ unit: "binary", maxLength: 8 }).map((text) => JSON.stringify(text)),
);

const key = fc.oneof(
  fc.constantFrom("a", "b", "", "__proto__", "constructor", "0"),
  fc.string({ maxLength: 3 }),
);

/** JSON as text: text can name a key `__proto__`, which a literal cannot. */
const text = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "small", withCrossShrink: true },
    leaf,
    fc.array(tie("value"), { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 4 }).map((pairs) =>
      `{${pairs.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`
    ),
  ),
})).value;

/** Any JSON value of modest size. */
export const json: fc.Arbitrary<Json> = text.map(parse);

export function parse(source: string): Json {
  const value: Json = JSON.parse(source);
  return value;
}

/** The same value with the keys of every object the other way round. */
export function reversed(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  const members = Object.keys(value).map((name) =>
    `${JSON.stringify(name)}:${JSON.stringify(reversed(value[name] ?? null))}`
  );
  return parse(`{${members.reverse().join(",")}}`);
}

/** Whether two JSON values are one up to the order of keys; slow and plain, to judge others by. */
export function same(a: Json, b: Json): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, i) => same(item, b[i] ?? null));
  }
  const names = Object.keys(a);
  return names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && same(a[name] ?? null, b[name] ?? null));
}
