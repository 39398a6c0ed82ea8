/** One node under examination, as the cluster knows it. */
import type { Client } from "./load/client.ts";
import type { Host } from "./world/world.ts";

/** A node, as far as its introduction is concerned. */
export interface Newcomer {
  readonly id: string;
  client: Client;
  /** The client that last asked it to come up. */
  asking: Client | undefined;
  /** It ended by itself in this life, and will not answer. */
  crashed: boolean;
}

/** Tells a node that has come up who it is. */
export interface Introduces {
  /** Calls `done` with whether the node is ready. */
  init(node: Member, done: (ok: boolean) => void): void;
  /** Calls `done` with whether the node answered in time. */
  topology(node: Member, done: (ok: boolean) => void): void;
}

export interface Member extends Newcomer {
  readonly host: Host;
  /** Why it is out of reach, where it runs elsewhere. */
  outOfReach: string | undefined;
  /** Absent is who was never there, has left, or was removed and has heard of it. */
  state: "starting" | "up" | "paused" | "down" | "absent";
  /** It asks to be a member. */
  isJoining: boolean;
  /** When it was last brought down, paused or brought back; requests from before may go unanswered. */
  disturbedAt: number;
  /** A restart that an earlier life waits for is void once the node was killed again. */
  life: number;
}

/** A node that was never up. */
export function memberOf(id: string, host: Host, client: Client, state: "down" | "absent" = "down"): Member {
  return {
    ...{ id, host, client },
    asking: undefined,
    crashed: false,
    outOfReach: undefined,
    state,
    isJoining: false,
    disturbedAt: -Infinity,
    life: 0,
  };
}

/** Whether an answer of its introduction is awaited; a node that failed to come up is waited for no more. */
export function isComingUp({ state, asking, isJoining }: Member): boolean {
  return state === "starting" && (isJoining || asking?.busy === true);
}

/** From now on; what was asked of it before may go unanswered. */
export function become(member: Member, state: Member["state"], now: number): void {
  member.state = state;
  member.disturbedAt = now;
}
