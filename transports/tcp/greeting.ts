/** The first line between two nodes: who greets, who answers, and why one refuses the other. */
import { GREETING_BYTES_MAX, REFUSALS_MAX, REFUSED_AGAIN_MS } from "./limits.ts";

/** The version of what nodes say to each other. Another one is refused. */
export const PROTOCOL_VERSION = 1;
/** As much of a refusal's reason is believed, in characters. */
const REASON_CHARS_MAX = 300;

export interface Identity {
  readonly id: string;
  readonly cluster: string;
  readonly incarnation: number;
}

export interface Greeting extends Identity {
  /** Whom the greeter means to reach. */
  readonly to?: string;
}

/** What the first line of a connection turns out to be; `none` is a client's. */
export type Opening =
  | { readonly kind: "greeting"; readonly greeting: Greeting }
  | { readonly kind: "refusal"; readonly reason: string }
  | { readonly kind: "fault"; readonly reason: string }
  | { readonly kind: "none" };

export function encodeGreeting({ id, cluster, incarnation }: Identity, to: string): string {
  return JSON.stringify({ hearsay: PROTOCOL_VERSION, cluster, id, incarnation, to });
}

export function encodeRefusal(reason: string): string {
  return JSON.stringify({ hearsay: PROTOCOL_VERSION, refused: reason });
}

/** Reads the first line of a connection. Never throws. */
export function readOpening(line: string): Opening {
  if (line.length > GREETING_BYTES_MAX || !line.includes('"hearsay"')) return { kind: "none" };
  const fields = parsed(line);
  if (fields === undefined || !Object.hasOwn(fields, "hearsay")) return { kind: "none" };
  const { hearsay: version, refused } = fields;
  if (typeof refused === "string") return { kind: "refusal", reason: refused.slice(0, REASON_CHARS_MAX) };
  if (version !== PROTOCOL_VERSION) return { kind: "fault", reason: versionFault(version) };
  return readGreeting(fields);
}

function readGreeting({ cluster, id, incarnation, to }: Record<string, unknown>): Opening {
  if (typeof cluster !== "string" || typeof id !== "string" || !isCount(incarnation)) {
    return { kind: "fault", reason: "a greeting needs a cluster, an id and an incarnation" };
  }
  if (to === undefined) return { kind: "greeting", greeting: { cluster, id, incarnation } };
  if (typeof to !== "string") return { kind: "fault", reason: "a greeting's to must be an id" };
  return { kind: "greeting", greeting: { cluster, id, incarnation, to } };
}

/** Why `me` has nothing to do with who greets so; undefined when it is a peer of the same cluster who means `me`. */
export function greetingFault(
  me: Identity,
  greeting: Greeting,
  isPeer: (id: string) => boolean,
): string | undefined {
  const { cluster, id, to } = greeting;
  if (cluster !== me.cluster) return `this is cluster "${me.cluster}", not "${cluster}"`;
  if (to !== undefined && to !== me.id) return `this is ${me.id}, not ${to}`;
  if (id === me.id) return `this is ${me.id} itself; no two nodes may have one id`;
  if (!isPeer(id)) return `${id} is not among the peers of ${me.id}`;
  return undefined;
}

/** Says why somebody was refused, and not again before the reason changes, or all was well for REFUSED_AGAIN_MS. */
export class Refusals {
  readonly #onRefused: (reason: string) => void;
  readonly #clock: () => number;
  readonly #said = new Map<string, { readonly reason: string; readonly at: number; past: boolean }>();

  constructor(onRefused: (reason: string) => void, clock = () => performance.now()) {
    this.#onRefused = onRefused;
    this.#clock = clock;
  }

  say(who: string, reason: string): void {
    const said = this.#said.get(who);
    const now = this.#clock();
    if (said?.reason === reason && !(said.past && now - said.at >= REFUSED_AGAIN_MS)) return;
    this.#said.delete(who);
    this.#said.set(who, { reason, at: now, past: false });
    const [oldest] = this.#said.keys();
    if (this.#said.size > REFUSALS_MAX && oldest !== undefined) this.#said.delete(oldest);
    this.#onRefused(reason);
  }

  /** All is well with this one: should it be refused again, that is news, but not at once. */
  forget(who: string): void {
    const said = this.#said.get(who);
    if (said !== undefined) said.past = true;
  }
}

function versionFault(version: unknown): string {
  const said = typeof version === "number" ? `${version}` : "another";
  return `this node speaks version ${PROTOCOL_VERSION} of the protocol, not ${said}`;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function parsed(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
