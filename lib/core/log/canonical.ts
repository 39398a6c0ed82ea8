/** When two JSON values are the same value: equal text once the keys of every object are sorted. */
import type { Json } from "../message.ts";

/** Deeper values are refused [L5]: neither this node nor a stranger's parser should run out of stack. */
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
  return Array.isArray(value) ? listText(value, depth) : objectText(value, depth);
}

function listText(list: readonly Json[], depth: number): string | undefined {
  const parts: string[] = [];
  for (const item of list) {
    const part = text(item, depth + 1);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return `[${parts.join(",")}]`;
}

function objectText(object: { readonly [key: string]: Json }, depth: number): string | undefined {
  const parts: string[] = [];
  for (const key of Object.keys(object).sort()) {
    const part = text(object[key] ?? null, depth + 1);
    if (part === undefined) return undefined;
    parts.push(`${JSON.stringify(key)}:${part}`);
  }
  return `{${parts.join(",")}}`;
}
