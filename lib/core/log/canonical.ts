/** When two JSON values are the same value: equal text once the keys of every object are sorted. */
import type { Json } from "../json.ts";

/** Deeper values are refused [L6]: neither this node nor a stranger's parser should run out of stack. */
export const VALUE_DEPTH_MAX = 128;

/** A key that is equal for equal values and for no others; a number stands for itself. Undefined for a value too deep. */
export function canonical(value: Json): string | number | undefined {
  // 1e999 is JSON, and is written as null again.
  if (typeof value === "number") return Number.isFinite(value) ? value : "null";
  return text(value, 0);
}

function text(value: Json, depth: number): string | undefined {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (depth === VALUE_DEPTH_MAX) return undefined;
  if (Array.isArray(value)) return joined(value.map((item) => text(item, depth + 1)), "[", "]");
  const fields = Object.keys(value).sort().map((key) => {
    const field = text(value[key] ?? null, depth + 1);
    return field && `${JSON.stringify(key)}:${field}`;
  });
  return joined(fields, "{", "}");
}

function joined(parts: readonly (string | undefined)[], begin: string, end: string): string | undefined {
  return parts.includes(undefined) ? undefined : begin + parts.join(",") + end;
}

/** Whether it is nested over `most` deep; no parser and no writer looks at it before this does. */
export function isTooDeep(value: unknown, most = VALUE_DEPTH_MAX): boolean {
  if (typeof value !== "object" || value === null) return false;
  return most === 0 || Object.values(value).some((item) => isTooDeep(item, most - 1));
}

/** Whether two JSON texts, as JSON.stringify writes them, are the same value. */
export function isSame(a: string, b: string): boolean {
  if (a === b) return true;
  // Of all others there is only one way to write them.
  const mayDiffer = a.length === b.length && (a.startsWith("{") || a.startsWith("["));
  return mayDiffer && canonical(JSON.parse(a)) === canonical(JSON.parse(b));
}
