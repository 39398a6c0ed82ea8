/** Lets go what is due to go, a bounded part of it in one step [G2]. */
import { type Block, BLOCK_BYTES_MAX, BLOCK_ENTRIES_MAX } from "../log/entry_store.ts";
import type { Log } from "../log/log.ts";
import type { Range } from "../log/runs.ts";

/**
 * So many full blocks go in one step, so that none takes long; the node wants to be woken again at once where more are due.
 * However small a block is, it counts as so much of a full one: else little blocks came faster than they go.
 */
export const BLOCKS_PER_STEP_MAX = 4;
export const BLOCK_SHARE_MIN = 1 / 32;

/** Returns what is gone; undefined where no block was due. */
export function expireSome(log: Log, now: number): readonly Range[] | undefined {
  const gone: Range[] = [];
  let blocks = 0;
  while (blocks < BLOCKS_PER_STEP_MAX) {
    const expired = log.expire(now);
    if (expired === undefined) break;
    gone.push(...expired.gone);
    blocks += shareOf(expired.block);
  }
  return blocks === 0 ? undefined : gone;
}

/** How much of a full block it is. */
function shareOf({ texts }: Block): number {
  return Math.max(BLOCK_SHARE_MIN, texts.length / BLOCK_ENTRIES_MAX, texts.bytes / BLOCK_BYTES_MAX);
}
