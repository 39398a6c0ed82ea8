/** One node under examination, as the cluster knows it. */
import type { Newcomer } from "./introduction.ts";
import type { Client } from "./load/client.ts";
import type { Host } from "./world/world.ts";

export interface Member extends Newcomer {
  readonly host: Host;
  /** Why it is out of reach, where it runs elsewhere. */
  outOfReach: string | undefined;
  state: "starting" | "up" | "paused" | "down";
  /** When it was last brought down, paused or brought back; requests from before may go unanswered. */
  disturbedAt: number;
  /** A restart that an earlier life waits for is void once the node was killed again. */
  life: number;
}

/** A member that is down, and was never up. */
export function memberOf(id: string, host: Host, client: Client): Member {
  return {
    ...{ id, host, client },
    asking: undefined,
    crashed: false,
    outOfReach: undefined,
    state: "down",
    disturbedAt: -Infinity,
    life: 0,
  };
}

/** Whether an answer of its introduction is awaited; a node that failed to come up is waited for no more. */
export function isComingUp({ state, asking }: Member): boolean {
  return state === "starting" && asking?.busy === true;
}
