/** Finds the values that were asked for among those of a run. */
import type { Json } from "../../core/message.ts";
import { valueOf } from "../../client/values.ts";
import { quoted } from "../../workbench/verdict/quote.ts";
import { keyOf } from "../../workbench/verdict/values.ts";
import { nearest } from "../flags/suggest.ts";

export type Chosen =
  | { readonly ok: true; readonly value: Json }
  /** Why there is no such value, in a sentence that names those that may have been meant. */
  | { readonly ok: false; readonly reason: string };

/** So many values of a run are named beside one that is none of them. */
const NAMED_MAX = 3;

/** `texts`: JSON, or else strings as they stand. A string is also found by the number that it looks like. */
export function chosen(texts: readonly string[], known: readonly Json[]): Chosen[] {
  const byKey = new Map(known.map((value) => [keyOf(value), value]));
  return texts.map((text) => {
    const wanted = valueOf(text, false);
    const keys = [...wanted.ok ? [keyOf(JSON.parse(wanted.json))] : [], keyOf(text)];
    const key = keys.find((each) => byKey.has(each));
    const value = key === undefined ? undefined : byKey.get(key);
    return value === undefined ? { ok: false, reason: whyNot(text, known) } : { ok: true, value };
  });
}

function whyNot(text: string, known: readonly Json[]): string {
  return `Cannot explain ${quoted(text)} as no client told a node such a value: ${hint(text, known)}`;
}

/** Names the nearest numbers to a number; else a value that looks like it, or the first ones. */
function hint(text: string, known: readonly Json[]): string {
  const numbers = known.filter((value) => typeof value === "number");
  const wanted = Number(text);
  if (numbers.length > 0 && text.trim() !== "" && Number.isFinite(wanted)) {
    const near = numbers.toSorted((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted)).slice(0, NAMED_MAX);
    return `the nearest are ${near.toSorted((a, b) => a - b).join(", ")}`;
  }
  const names = known.map((value) => quoted(JSON.stringify(value)));
  const guess = nearest(JSON.stringify(text), names);
  if (guess !== undefined) return `did you mean ${guess}?`;
  return names.length === 0
    ? "the run has no values"
    : `the run has ${names.length}, as ${names.slice(0, NAMED_MAX).join(", ")}`;
}
