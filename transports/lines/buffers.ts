/** Buffers that long lines are read into and long batches written from, again and again: fresh memory takes longer to get than to fill. */

/** The shortest and the longest that are kept, bytes; each size is twice the one before. */
const SMALLEST_BYTES = 64 * 1024;
const LARGEST_BYTES = 1024 * 1024;
/** So many of each size wait at most until they are taken again. */
export const FREE_BUFFERS_MAX = 4;

const free = new Map<number, Uint8Array[]>();

/** One with room for so many bytes, and with whatever was in it. */
export function takeBuffer(bytes: number): Uint8Array {
  let size = SMALLEST_BYTES;
  while (size < bytes && size < LARGEST_BYTES) size *= 2;
  const taken = size < bytes ? undefined : free.get(size)?.pop();
  return taken ?? new Uint8Array(Math.max(size, bytes));
}

/** Nobody reads or writes it any more. */
export function giveBuffer(buffer: Uint8Array): void {
  if (buffer.length > LARGEST_BYTES) return;
  const same = free.get(buffer.length);
  if (same === undefined) free.set(buffer.length, [buffer]);
  else if (same.length < FREE_BUFFERS_MAX) same.push(buffer);
}
