/** A node's incarnations [B3] [B4]: each has a number that grows from one to the next, and an origin of its own. */
import type { Random } from "./random.ts";

/** No incarnation, version or epoch may be larger: no later one that fits on the wire could outrank it [K6]. */
export const VERSION_MAX = 2 ** 52;

/**
 * A life that the clock, being behind, cannot number is so much above the one before it at most, by chance: two lives that
 * follow the same one, as after a backup was restored, do not get the same number [B3].
 */
export const INCARNATION_LEAP_MAX = 65_536;

/** The number of a life after `past`, where the clock gives none; undefined where there is no such number [B3]. */
export function incarnationAfter(past: number, random: Random): number | undefined {
  const incarnation = past + 1 + Math.floor(random.next() * INCARNATION_LEAP_MAX);
  return incarnation > VERSION_MAX ? undefined : incarnation;
}

/** Under which values enter at a node in this life, and in no other: so no two values have one number [B4]. */
export function originOf(id: string, incarnation: number): string {
  return `${id}.${incarnation.toString(36)}`;
}

/** Whether values enter under it at this node, in whatever life. An id may hold dots, a life does not. */
export function isOriginOf(id: string, origin: string): boolean {
  return origin.startsWith(id) && origin.lastIndexOf(".") === id.length;
}

/** The node and the incarnation of an origin; of a name that is none, the incarnation is no number. */
export function lifeOf(origin: string): { readonly node: string; readonly incarnation: number } {
  const dot = origin.lastIndexOf(".");
  const node = origin.slice(0, Math.max(0, dot));
  const incarnation = parseInt(origin.slice(dot + 1), 36);
  return { node, incarnation: origin === originOf(node, incarnation) ? incarnation : NaN };
}
