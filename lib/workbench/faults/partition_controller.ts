/** The partition controller directs the sidecars: it cuts a real network apart, holds the cut, and heals it. */
import { lookup } from "node:dns/promises";
import { isIPv4 } from "node:net";
import type { Body } from "../../core/message.ts";
import type { Answer } from "../world/running/ask.ts";
import { order } from "./sidecar_secret.ts";
import type { Grudge } from "./grudge.ts";
import { LEASE_MS } from "./sidecar.ts";
import type { Address } from "../../../transports/address.ts";

/** How often a cut is renewed, ms: two renewals may be lost before the sidecars end it. */
export const HOLD_EVERY_MS = LEASE_MS / 3;

export interface PartitionControllerOptions {
  /** That of the sidecars. */
  readonly secret?: string | undefined;
  /** Told as soon as a cut is found to be on no longer, or cannot be renewed. */
  readonly onFailure?: (reason: string) => void;
  readonly holdEveryMs?: number;
}

/** The sources whose packets one node drops now. `leaseMs` is null where it drops nothing. */
export interface Dropping {
  readonly from: readonly string[];
  readonly leaseMs: number | null;
}

export class PartitionController {
  readonly #sidecars: ReadonlyMap<string, Address>;
  readonly #addresses: ReadonlyMap<string, string>;
  readonly #onFailure: (reason: string) => void;
  readonly #holdEveryMs: number;
  readonly #secret: string | undefined;
  /** By node, the addresses it was told to drop; nodes that drop nothing are absent. */
  #cuts: ReadonlyMap<string, readonly string[]> = new Map();
  #timer: ReturnType<typeof setInterval> | undefined;
  /** The first failure while a cut was held. The next heal says so. */
  #failure: string | undefined;

  /** The sidecar of each node, and the address that its messages come from. */
  constructor(
    sidecars: ReadonlyMap<string, Address>,
    addresses: ReadonlyMap<string, string>,
    { secret, onFailure = () => {}, holdEveryMs = HOLD_EVERY_MS }: PartitionControllerOptions = {},
  ) {
    this.#sidecars = sidecars;
    this.#addresses = addresses;
    this.#secret = secret;
    this.#onFailure = onFailure;
    this.#holdEveryMs = holdEveryMs;
  }

  /**
   * Resolves once every sidecar has confirmed; what was cut before is healed. Then the cut is on until heal(). Rejects
   * with a sentence when one did not confirm, after healing the others.
   */
  async partition(grudge: Grudge): Promise<void> {
    this.#release();
    this.#cuts = sourcesOf(grudge, this.#addresses);
    const reasons = await this.#askAll((id) => {
      const from = this.#cuts.get(id);
      return from === undefined ? { type: "heal" } : { type: "cut", from };
    });
    if (reasons.length > 0) {
      await this.#healAll();
      throw new Error(`Cannot cut: ${reasons.join("; ")}`);
    }
    this.#timer = setInterval(() => this.#hold(), this.#holdEveryMs);
  }

  /** Resolves once every sidecar has confirmed. Rejects with a sentence, also when the cut was not on all the time. */
  async heal(): Promise<void> {
    this.#release();
    const reasons = await this.#healAll();
    if (reasons.length > 0) throw new Error(`Cannot heal: ${reasons.join("; ")}`);
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw new Error(failure);
  }

  /** Holds no longer: the sidecars end the cut by themselves when its lease ends. */
  release(): void {
    this.#release();
  }

  #release(): void {
    if (this.#timer !== undefined) clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #healAll(): Promise<string[]> {
    this.#cuts = new Map();
    return this.#askAll(() => ({ type: "heal" }));
  }

  async #hold(): Promise<void> {
    const cuts = this.#cuts;
    const reasons = await Promise.all([...cuts].map(([id, from]) => this.#holdOne(id, from)));
    const found = reasons.filter((reason) => reason !== undefined);
    // The answers of a cut that has been healed meanwhile mean nothing.
    if (found.length === 0 || this.#cuts !== cuts) return;
    this.#failure ??= `The cut was not on all the time: ${found.join("; ")}`;
    this.#onFailure(this.#failure);
  }

  async #holdOne(id: string, from: readonly string[]): Promise<string | undefined> {
    const answer = await this.#ask(id, { type: "hold" });
    if (!answer.ok) return `the sidecar of ${id}: ${answer.reason}`;
    return String(answer.body["from"]) === from.join()
      ? undefined
      : `the sidecar of ${id} has dropped the cut`;
  }

  async #askAll(body: (id: string) => Body): Promise<string[]> {
    const answers = await Promise.all([...this.#sidecars.keys()].map(async (id) => {
      const answer = await this.#ask(id, body(id));
      return answer.ok ? [] : [`the sidecar of ${id}: ${answer.reason}`];
    }));
    return answers.flat();
  }

  #ask(id: string, body: Body): Promise<Answer> {
    const sidecar = this.#sidecars.get(id);
    if (sidecar === undefined) return Promise.resolve({ ok: false, reason: "it is not known where it is" });
    return order(sidecar, body, this.#secret);
  }
}

/** Per node that drops something, the addresses it drops, in the order of the nodes. */
export function sourcesOf(
  grudge: Grudge,
  addresses: ReadonlyMap<string, string>,
): ReadonlyMap<string, readonly string[]> {
  const cuts = new Map<string, readonly string[]>();
  for (const id of addresses.keys()) {
    const dropped = grudge.get(id) ?? new Set();
    const from = [...addresses].filter(([source]) => dropped.has(source)).map(([, address]) => address);
    if (from.length > 0) cuts.set(id, from);
  }
  return cuts;
}

/** The packets that one sidecar drops, or why that cannot be said. */
export async function droppedAt(sidecar: Address, secret?: string): Promise<Dropping | string> {
  const answer = await order(sidecar, { type: "rules" }, secret);
  if (!answer.ok) return answer.reason;
  const { from, lease_ms: leaseMs } = answer.body;
  if (!Array.isArray(from)) return "it answers nonsense: no list of addresses";
  return { from: from.map(String), leaseMs: typeof leaseMs === "number" ? leaseMs : null };
}

/** The address that each node's messages come from: rules know no names. Rejects with a sentence that names them all. */
export async function resolveAll(nodes: ReadonlyMap<string, Address>): Promise<Map<string, string>> {
  const found = await Promise.all([...nodes].map(async ([id, { host }]) => {
    // An IPv6 address is returned as it is, though one of the other kind is asked for.
    const address = await lookup(host, 4).then(({ address }) => address, () => "");
    return { id, host, address: isIPv4(address) ? address : undefined };
  }));
  const unknown = found.filter(({ address }) => address === undefined).map(({ host }) => host);
  if (unknown.length > 0) throw new Error(`Cannot find an IPv4 address of ${unknown.join(", ")}`);
  return new Map(found.map(({ id, address }) => [id, address ?? ""]));
}
