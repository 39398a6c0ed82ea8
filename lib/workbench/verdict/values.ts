/** Values as the examiner tells them apart: equal JSON is one value, numbers come first. */
import { canonical } from "../../core/log/canonical.ts";
import type { Json } from "../../core/message.ts";

/** Shared by equal values and by no others. */
export type Key = number | string;

export function keyOf(value: Json): Key {
  // A value that is too deep for a node to accept is told apart by its plain text.
  return canonical(value) ?? JSON.stringify(value);
}

/** Numbers by size, then everything else by its key. */
export function compareValues(a: Json, b: Json): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "number") return -1;
  if (typeof b === "number") return 1;
  const [left, right] = [keyOf(a), keyOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

export function getOr<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const had = map.get(key);
  if (had !== undefined) return had;
  const made = make();
  map.set(key, made);
  return made;
}
