/** A position in the stream of values: the entries that a watcher has had, as text and as the digest on the wire. */
import { Buffer } from "node:buffer";
import { IntervalSet } from "../core/log/interval_set.ts";
import { ORIGINS_MAX, SPANS_MAX } from "../core/message.ts";

/** What a request may take up with a position: well within a line. */
export const DIGEST_BYTES_MAX = 512 * 1024;

/** Per origin: from, to, from, to … */
export type Digest = readonly (readonly [origin: string, spans: readonly number[]])[];

export class Position {
  readonly #held = new Map<string, IntervalSet>();

  /** Reads `n1.k3:1-50;n2.x:7,9-12`, or the same as a JSON digest; undefined where it is neither. */
  static parse(text: string): Position | undefined {
    const trimmed = text.trim();
    const digest = trimmed.startsWith("[") ? parseJson(trimmed) : parseText(trimmed);
    if (digest === undefined) return undefined;
    const position = new Position();
    for (const [origin, spans] of digest) {
      for (let i = 0; i < spans.length; i += 2) {
        const [from, to] = [spans[i], spans[i + 1]];
        if (!isOrdinal(from) || !isOrdinal(to) || to < from) return undefined;
        position.add(origin, from, to);
      }
    }
    return position;
  }

  has(origin: string, seq: number): boolean {
    return this.#held.get(origin)?.has(seq) ?? false;
  }

  add(origin: string, from: number, to: number): void {
    const held = this.#held.get(origin) ?? new IntervalSet();
    held.addSpan(from, to);
    this.#held.set(origin, held);
  }

  /** For the wire, which is bounded: what is left out is sent again, and passed over by who knows this position. */
  digest(): Digest {
    const digest: (readonly [string, readonly number[]])[] = [];
    let bytes = 0;
    for (const [origin, held] of this.#held) {
      const part = [origin, spansOf(held)] as const;
      bytes += Buffer.byteLength(JSON.stringify(part)) + 1;
      if (digest.length === ORIGINS_MAX || bytes > DIGEST_BYTES_MAX) break;
      digest.push(part);
    }
    return digest;
  }

  toString(): string {
    return [...this.#held].map(([origin, held]) => `${encodeURIComponent(origin)}:${spansText(held)}`).join(
      ";",
    );
  }
}

/** The longest ones where there are too many: they save most. */
function spansOf(held: IntervalSet): number[] {
  const spans = held.spans();
  if (spans.length <= SPANS_MAX) return spans.flat();
  const longest = spans.toSorted(([a, b], [c, d]) => (d - c) - (b - a)).slice(0, SPANS_MAX);
  return longest.toSorted(([a], [b]) => a - b).flat();
}

function spansText(held: IntervalSet): string {
  return held.spans().map(([from, to]) => from === to ? `${from}` : `${from}-${to}`).join(",");
}

function isOrdinal(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

function parseText(text: string): Digest | undefined {
  if (text === "") return [];
  const digest: [string, number[]][] = [];
  for (const part of text.split(";")) {
    const [, name, list] = /^([^:;\s]+):(\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)$/.exec(part) ?? [];
    const origin = decoded(name);
    if (origin === undefined || list === undefined) return undefined;
    digest.push([origin, list.split(",").flatMap(spanOf)]);
  }
  return digest;
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

function parseJson(text: string): Digest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isDigest(value) ? value : undefined;
}

function isDigest(value: unknown): value is Digest {
  return Array.isArray(value) &&
    value.every((item) =>
      Array.isArray(item) && item.length === 2 && typeof item[0] === "string" && item[0] !== "" &&
      Array.isArray(item[1]) && item[1].length % 2 === 0
    );
}
