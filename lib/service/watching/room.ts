/** Room for what the positions of watches name and this node does not hold: that is what clients may make up. */
import type { Digest } from "../../core/node.ts";

/** So much of it is held for all watches together, bytes [S8]. */
export const WATCH_AHEAD_BYTES_MAX = 256 * 1_048_576;
/** So much of it each watch may bring all the same, so that whoever takes all the room keeps out few, bytes [S8]. */
export const WATCH_AHEAD_BYTES_FREE = 8_192;
/** What an origin and an interval of a digest take, about, bytes. */
const ORIGIN_BYTES = 320;
const SPAN_BYTES = 16;

export class Room {
  #bytes = 0;

  hasFor(bytes: number): boolean {
    return bytes <= WATCH_AHEAD_BYTES_FREE || this.#bytes + bytes <= WATCH_AHEAD_BYTES_MAX;
  }

  take(bytes: number): void {
    this.#bytes += bytes;
  }

  free(bytes: number): void {
    this.#bytes -= bytes;
  }
}

/** What they take together, about; one that is named twice takes nothing more. */
export function bytesOf(...digests: readonly Digest[]): number {
  let bytes = 0;
  for (const digest of new Set(digests)) {
    for (const [origin, held] of digest) bytes += ORIGIN_BYTES + origin.length + SPAN_BYTES * held.spanCount;
  }
  return bytes;
}
