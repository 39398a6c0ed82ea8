/** What brings about one kind of fault. */
import type { Random } from "../../core/random.ts";
import type { Fault } from "../settings.ts";

/** It injects one kind of fault. Both methods say in words what they did, once they have done it. */
export interface FaultInjector {
  readonly fault: Fault;
  readonly start: (random: Random, done: (detail: string) => void) => void;
  readonly stop: (done: (detail: string) => void) => void;
  /** The fault is on for the whole main phase instead of on and off. */
  readonly steady: boolean;
}
