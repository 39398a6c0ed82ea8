/** Chance, handed in: a small seeded generator, the same numbers on every runtime. */
import { at } from "./assert.ts";

export interface Random {
  /** A number in [0, 1). */
  next(): number;
}

/** mulberry32: 32 bits of state, good enough for jitter and simulated networks, not for secrets. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    },
  };
}

/** A generator of its own for one purpose, so that drawing more in one place changes nothing in another. */
export function fork(seed: number, purpose: string): Random {
  let hash = 2166136261 ^ seed;
  for (let i = 0; i < purpose.length; i++) hash = Math.imul(hash ^ purpose.charCodeAt(i), 16777619);
  return seeded(hash >>> 0);
}

/** A whole number in [0, below). */
export function below(random: Random, below: number): number {
  return Math.floor(random.next() * below);
}

/** One element, or undefined of an empty list. */
export function pick<T>(random: Random, items: readonly T[]): T | undefined {
  return items[below(random, items.length)];
}

/** A shuffled copy (Fisher-Yates). */
export function shuffle<T>(random: Random, items: readonly T[]): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = below(random, i + 1);
    [out[i], out[j]] = [at(out, j), at(out, i)];
  }
  return out;
}
