/** A position in the stream of values, as text: the digest of the entries that a watcher has had. */
import { Digest, type WireDigest } from "../log/digest.ts";
import type { IntervalSet } from "../log/interval_set.ts";

/** Reads `n1.k3:1-50;n2.x:7,9-12`, or the JSON of a digest as messages carry it; undefined where it is neither. */
export function parsePosition(text: string): Digest | undefined {
  const trimmed = text.trim();
  const wire = trimmed.startsWith("[") ? parseJson(trimmed) : parseText(trimmed);
  return positionFrom(wire);
}

/** The position that a digest spells as messages carry it; undefined where it is none. */
export function positionFrom(wire: unknown): Digest | undefined {
  const isRight = isWireDigest(wire) && wire.every(([, spans]) => areSpans(spans));
  return isRight ? Digest.fromWire(wire) : undefined;
}

/** `n1.k3:1-50;n2.x:7,9-12`; "" where nothing is held. */
export function positionText(position: Digest): string {
  return [...position].map(([origin, held]) => `${encodeURIComponent(origin)}:${spansText(held)}`).join(";");
}

function spansText(held: IntervalSet): string {
  return held.spans().map(([from, to]) => from === to ? `${from}` : `${from}-${to}`).join(",");
}

function areSpans(spans: readonly number[]): boolean {
  return spans.length % 2 === 0 && spans.every((bound, i) => bound >= (i % 2 === 0 ? 1 : spans[i - 1] ?? 1));
}

function parseText(text: string): WireDigest | undefined {
  if (text === "") return [];
  const wire: WireDigest = [];
  for (const part of text.split(";")) {
    const [, name, list] = /^([^:;\s]+):(\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)$/.exec(part) ?? [];
    const origin = decoded(name);
    if (origin === undefined || list === undefined) return undefined;
    wire.push([origin, list.split(",").flatMap(spanOf)]);
  }
  return wire.every(([, spans]) => spans.every(Number.isSafeInteger)) ? wire : undefined;
}

function spanOf(text: string): number[] {
  const [from, to = from] = text.split("-").map(Number);
  return [from ?? 0, to ?? 0];
}

function decoded(name: string | undefined): string | undefined {
  try {
    return name === undefined ? undefined : decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isWireDigest(value: unknown): value is WireDigest {
  return Array.isArray(value) &&
    value.every((item) =>
      Array.isArray(item) && item.length === 2 && typeof item[0] === "string" && item[0] !== "" &&
      Array.isArray(item[1]) && item[1].every(Number.isSafeInteger)
    );
}
