/** A script says what happens in an examination, and when: operations and faults in order of time. Pure, so that pages run it, too. */
import type { Json } from "../../core/message.ts";

/** What an action does. Nodes are named by their ids. */
export type Deed =
  | { readonly kind: "broadcast"; readonly node: string; readonly value: Json }
  | { readonly kind: "read" | "pause" | "resume" | "kill" | "start"; readonly node: string }
  /** `grudge` as `--grudge` takes it; the cut takes the place of the one before. */
  | { readonly kind: "cut"; readonly grudge: string }
  | { readonly kind: "heal" }
  /** Messages between the node and all others take so much longer, ms; 0 ends that. */
  | { readonly kind: "slow"; readonly node: string; readonly ms: number }
  /** The same of the messages on one link, "n0-n1". */
  | { readonly kind: "slow"; readonly link: string; readonly ms: number }
  /** The share of the messages between nodes that is lost, or doubled, 0 to 1; 0 ends that. */
  | { readonly kind: "loss" | "duplicate"; readonly share: number }
  /** So many operations a second come at random from now on, over all clients. */
  | { readonly kind: "rate"; readonly rate: number };

/** `at` counts ms from the beginning of the load, to a thousandth. */
export type Action = Deed & { readonly at: number };

/** In order of time. Actions of one moment happen in this order, too. */
export type Script = readonly Action[];

/** What a script can break. */
export type ScriptFault = "partition" | "pause" | "kill" | "slow" | "loss" | "duplicate";

export const SCRIPT_ACTIONS_MAX = 10_000;
/** The longest load that there is, a day. */
export const SCRIPT_AT_MS_MAX = 86_400_000;
export const SLOW_MS_MAX = 60_000;
export const SCRIPT_RATE_MAX = 100_000;

/** The same script on one line, as `parseScript` reads it. */
export function printScript(script: Script): string {
  return script.map(printAction).join("; ");
}

export function printAction(action: Action): string {
  return [toDecimals(action.at, 3), action.kind, ...wordsOf(action)].join(" ");
}

/** When the last action happens, ms; 0 where there is none. */
export function endOf(script: Script): number {
  return script.at(-1)?.at ?? 0;
}

/** A whole number from which on no value is one of the script's. */
export function firstValueBeside(script: Script): number {
  return script.reduce((first, action) => {
    const value = action.kind === "broadcast" ? action.value : undefined;
    return typeof value === "number" && value < Number.MAX_SAFE_INTEGER
      ? Math.max(first, Math.floor(value) + 1)
      : first;
  }, 0);
}

function wordsOf(deed: Deed): readonly (string | number)[] {
  switch (deed.kind) {
    case "broadcast":
      return [deed.node, JSON.stringify(deed.value)];
    case "cut":
      return [deed.grudge];
    case "heal":
      return [];
    case "slow":
      return ["link" in deed ? deed.link : deed.node, deed.ms];
    case "rate":
      return [toDecimals(deed.rate, 3)];
    case "loss":
    case "duplicate":
      return [toDecimals(deed.share, 6)];
    default:
      return [deed.node];
  }
}

export function toDecimals(number: number, places: number): number {
  return Math.round(number * 10 ** places) / 10 ** places;
}
