/** The handshake of two nodes: a greeting, the answer to it, and the reasons for which one refuses the other. */
import { GREETING_BYTES_MAX, REFUSALS_MAX, REFUSALS_SAID_MAX, REFUSED_AGAIN_MS } from "./limits.ts";

/** The version of the protocol between nodes. A node of another version is refused. */
export const PROTOCOL_VERSION = 1;
/** So much is taken over of the reason that a peer gives for refusing this node, in characters. */
const REASON_CHARS_MAX = 300;

export interface Identity {
  readonly id: string;
  readonly cluster: string;
  readonly incarnation: number;
}

export interface Greeting extends Identity {
  /** The id of the node that the greeting is meant for. */
  readonly to?: string;
}

/** The meaning of a connection's first line; `none` is the line of a client. */
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

/** Why `me` refuses a node that greets so; undefined for a peer of the same cluster that means to reach `me`. */
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

/**
 * Reports why a node or client was refused, once: until the reason changes, or it was accepted and REFUSED_AGAIN_MS are
 * over. At most REFUSALS_SAID_MAX are reported in REFUSED_AGAIN_MS; one that is not is reported when it comes again.
 */
export class Refusals {
  readonly #onRefused: (reason: string) => void;
  readonly #clock: () => number;
  readonly #said = new Map<string, { readonly reason: string; readonly at: number; past: boolean }>();

  #saidSince = -Infinity;
  #saidCount = 0;

  constructor(onRefused: (reason: string) => void, clock = () => performance.now()) {
    this.#onRefused = onRefused;
    this.#clock = clock;
  }

  say(name: string, reason: string): void {
    const said = this.#said.get(name);
    const now = this.#clock();
    if (said?.reason === reason && !(said.past && now - said.at >= REFUSED_AGAIN_MS)) return;
    if (!this.#hasRoom(now)) return;
    this.#said.delete(name);
    this.#said.set(name, { reason, at: now, past: false });
    const [oldest] = this.#said.keys();
    if (this.#said.size > REFUSALS_MAX && oldest !== undefined) this.#said.delete(oldest);
    this.#onRefused(reason);
  }

  #hasRoom(now: number): boolean {
    if (now - this.#saidSince >= REFUSED_AGAIN_MS) {
      this.#saidSince = now;
      this.#saidCount = 0;
    }
    this.#saidCount += 1;
    return this.#saidCount <= REFUSALS_SAID_MAX;
  }

  /** It was accepted: should it be refused again, that is reported, but not at once. */
  forget(name: string): void {
    const said = this.#said.get(name);
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
