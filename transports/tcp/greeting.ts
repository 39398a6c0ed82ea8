/** The handshake of two nodes: a greeting, the answer to it, and the reasons for which one refuses the other. */
import { VERSION_MAX } from "../../lib/core/incarnation.ts";
import { type Address, addressText, parseAddress } from "../address.ts";
import {
  GREETING_BYTES_MAX,
  REFUSALS_MAX,
  REFUSALS_SAID_MAX,
  REFUSED_AGAIN_MS,
  UNREACHED_MS,
} from "./limits.ts";

/** The version of the protocol between nodes. A node of another version is refused [W5]. */
export const PROTOCOL_VERSION = 1;
/** So much is taken over of the reason that a peer gives for refusing this node, in characters. */
const REASON_CHARS_MAX = 300;
/** The form of a cluster's id. */
const CLUSTER_ID = /^(?:[0-9a-f]{16})?$/;

export interface Identity {
  readonly id: string;
  readonly cluster: string;
  readonly incarnation: number;
  /** Made when the cluster was founded; "" or undefined for a fixed list. */
  readonly clusterId?: string | undefined;
  /** Of the join of this node; 0 or undefined in a fixed list. */
  readonly epoch?: number | undefined;
  /** Where others dial this node, if it has joined. */
  readonly address?: Address | undefined;
}

export interface Greeting extends Identity {
  readonly clusterId: string;
  readonly epoch: number;
  /** The id of the node that the greeting is meant for. */
  readonly to?: string;
}

/** Why a node is refused. */
export interface Refusal {
  readonly reason: string;
  /** It is no member of the cluster of this id any longer, and need not try again; "" for a list that was given. */
  readonly goneFrom?: string;
  /** It may be taken in a moment, as members join and move. */
  readonly later?: true;
}

/** The meaning of a connection's first line; `none` is the line of a client. */
export type Opening =
  | { readonly kind: "greeting"; readonly greeting: Greeting }
  | { readonly kind: "refusal" } & Refusal
  | { readonly kind: "fault"; readonly reason: string }
  | { readonly kind: "none" };

export function encodeGreeting(me: Identity, to: string): string {
  const { id, cluster, incarnation, clusterId, epoch, address } = me;
  const joined = clusterId || epoch
    ? { cluster_id: clusterId || undefined, epoch, address: address && addressText(address) }
    : undefined;
  return JSON.stringify({ hearsay: PROTOCOL_VERSION, cluster, id, incarnation, to, ...joined });
}

export function encodeRefusal({ reason, goneFrom, later }: Refusal): string {
  const gone = goneFrom !== undefined && { gone: true, cluster_id: goneFrom || undefined };
  return JSON.stringify({ hearsay: PROTOCOL_VERSION, refused: reason, ...gone, later });
}

/** Reads the first line of a connection. Never throws. */
export function readOpening(line: string): Opening {
  if (line.length > GREETING_BYTES_MAX || !line.includes('"hearsay"')) return { kind: "none" };
  const fields = parsed(line);
  if (fields === undefined || !Object.hasOwn(fields, "hearsay")) return { kind: "none" };
  const { hearsay: version, refused } = fields;
  if (typeof refused === "string") return readRefusal(refused, fields);
  if (version !== PROTOCOL_VERSION) return { kind: "fault", reason: versionFault(version) };
  return readGreeting(fields);
}

function readRefusal(refused: string, fields: Record<string, unknown>): Opening {
  const { gone, cluster_id: goneFrom = "", later } = fields;
  const isGone = gone === true && typeof goneFrom === "string";
  const reason = refused.slice(0, REASON_CHARS_MAX);
  return { kind: "refusal", reason, ...isGone && { goneFrom }, ...later === true && { later } };
}

function readGreeting(fields: Record<string, unknown>): Opening {
  const { cluster, id, incarnation, to, cluster_id: clusterId = "", epoch = 0, address: text } = fields;
  if (typeof cluster !== "string" || typeof id !== "string" || !isCount(incarnation)) {
    return { kind: "fault", reason: "a greeting needs a cluster, an id and an incarnation" };
  }
  if (to !== undefined && typeof to !== "string") {
    return { kind: "fault", reason: "a greeting's to must be an id" };
  }
  if (typeof clusterId !== "string" || !CLUSTER_ID.test(clusterId)) {
    return { kind: "fault", reason: "a greeting's cluster_id must be 16 hex digits" };
  }
  if (!isCount(epoch) || epoch >= VERSION_MAX) {
    return { kind: "fault", reason: `a greeting's epoch must be an integer from 0, below ${VERSION_MAX}` };
  }
  const address = typeof text === "string" ? parseAddress(text) : undefined;
  if (text !== undefined && address === undefined) {
    return { kind: "fault", reason: "a greeting's address must be host:port" };
  }
  const greeting = { cluster, id, incarnation, clusterId, epoch };
  return {
    kind: "greeting",
    greeting: { ...greeting, ...to !== undefined && { to }, ...address && { address } },
  };
}

/** Why `me` refuses a node that greets so [M7]; undefined for a member of the same cluster that means to reach `me`. */
export function greetingFault(
  me: Identity,
  greeting: Greeting,
  memberFault: (greeting: Greeting) => Refusal | undefined,
): Refusal | undefined {
  const { cluster, clusterId, id, incarnation, to } = greeting;
  if (cluster !== me.cluster) return { reason: `this is cluster "${me.cluster}", not "${cluster}"` };
  if (me.clusterId && clusterId && clusterId !== me.clusterId) {
    return {
      reason:
        `this is cluster ${cluster} founded as ${me.clusterId}, not ${clusterId}: two clusters were founded apart`,
    };
  }
  if (to !== undefined && to !== me.id) {
    const isMyself = id === me.id && incarnation === me.incarnation;
    const reason = isMyself
      ? `the address leads to ${me.id} itself, not to ${to}`
      : `this is ${me.id}, not ${to}`;
    // Where members move, an address may be another's for a while.
    return { reason, ...me.clusterId && { later: true } };
  }
  if (id === me.id) return { reason: `this is ${me.id} itself; no two nodes may have one id` };
  return memberFault(greeting);
}

/**
 * Reports why a node or client was refused, once: until the reason changes, or it was accepted and REFUSED_AGAIN_MS are
 * over. At most REFUSALS_SAID_MAX are reported in REFUSED_AGAIN_MS; one that is not is reported when it comes again.
 */
export class Refusals {
  readonly #onRefused: (reason: string) => void;
  readonly #clock: () => number;
  readonly #said = new Map<string, { readonly reason: string; readonly at: number; past: boolean }>();
  /** When those who may be accepted in a moment were first refused. */
  readonly #firstAt = new Map<string, number>();
  #saidSince = -Infinity;
  #saidCount = 0;

  constructor(onRefused: (reason: string) => void, clock = () => performance.now()) {
    this.#onRefused = onRefused;
    this.#clock = clock;
  }

  /** `later`: it may well be accepted in a moment, so it is reported only if it still comes after UNREACHED_MS. */
  say(name: string, reason: string, later = false): void {
    if (later && !this.#lasts(name)) return;
    const said = this.#said.get(name);
    const now = this.#clock();
    if (said?.reason === reason && !(said.past && now - said.at >= REFUSED_AGAIN_MS)) return;
    if (!this.#hasRoom(now)) return;
    remember(this.#said, name, { reason, at: now, past: false });
    this.#onRefused(reason);
  }

  #lasts(name: string): boolean {
    const now = this.#clock();
    const firstAt = this.#firstAt.get(name) ?? now;
    remember(this.#firstAt, name, firstAt);
    return now - firstAt >= UNREACHED_MS;
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
    this.#firstAt.delete(name);
  }
}

/** Those of late are kept. */
function remember<T>(names: Map<string, T>, name: string, what: T): void {
  names.delete(name);
  names.set(name, what);
  const [oldest] = names.keys();
  if (names.size > REFUSALS_MAX && oldest !== undefined) names.delete(oldest);
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
