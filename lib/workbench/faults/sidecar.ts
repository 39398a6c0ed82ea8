/** Cuts one node off from others by iptables rules in its network namespace, on request and never for long. */
import type { Body } from "../../core/message.ts";
import { dropFrom, flush, foreignRules, list, type RunCommand, show } from "./iptables.ts";
import type { Scheduler } from "../world/world.ts";

/** A cut that nobody renews ends after so long, ms. */
export const LEASE_MS = 30_000;
/** Where rules could not be removed, it is tried again after so long, ms. */
export const HEAL_AGAIN_MS = 1_000;
/** Requests wait for each other; beyond so many they are refused. */
export const WAITING_MAX = 64;

export interface SidecarOptions {
  /** The addresses that may be cut off: the cluster's. */
  readonly within: readonly string[];
  readonly run: RunCommand;
  readonly scheduler: Scheduler;
  /** For people: what was done unasked, and what failed. */
  readonly report: (what: string) => void;
}

/** Answers are bodies without in_reply_to. */
export class Sidecar {
  readonly #within: ReadonlySet<string>;
  readonly #options: SidecarOptions;
  /** The sources that are dropped now. */
  #from: readonly string[] = [];
  /** True from before the first rule is made until all are removed for sure. */
  #dirty = false;
  #leaseEndsAt = Infinity;
  #cancelLease = () => {};
  /** Rules change one request after the other. */
  #turn: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #stopped = false;

  constructor(options: SidecarOptions) {
    this.#within = new Set(options.within);
    this.#options = options;
  }

  /** Removes what an earlier sidecar left behind. Why it cannot work here, or undefined. */
  async start(): Promise<string | undefined> {
    const listed = await this.#options.run(list);
    if (!listed.ok) return `'${show(list)}' fails: ${listed.reason}`;
    const [foreign] = foreignRules(listed.out, this.#within);
    if (foreign !== undefined) {
      return `this network namespace has a rule that is not the sidecar's and that a heal would remove: ${foreign}`;
    }
    return await this.#inTurn(() => this.#flush());
  }

  /** Heals, as the last thing that is done. Why it failed, or undefined. */
  stop(): Promise<string | undefined> {
    this.#stopped = true;
    return this.#inTurn(() => {
      this.#release();
      return this.#dirty ? this.#flush() : Promise.resolve(undefined);
    });
  }

  async answer(body: Body): Promise<Body> {
    if (this.#stopped) return refused(11, "the sidecar is stopping");
    if (this.#waiting >= WAITING_MAX) return refused(11, `${WAITING_MAX} requests are waiting already`);
    const request = this.#requestOf(body);
    return typeof request === "function" ? await this.#inTurn(request) : request;
  }

  /** The work that a request asks for, or the answer when there is nothing to do. */
  #requestOf(body: Body): Body | (() => Promise<Body>) {
    if (body.type === "heal") return () => this.#onHeal();
    if (body.type === "hold") return () => this.#onHold();
    if (body.type === "rules") return () => Promise.resolve(this.#rules());
    if (body.type !== "cut") return refused(10, `unknown type: ${body.type}`);
    const from = this.#sourcesOf(body["from"]);
    return typeof from === "string" ? refused(12, from) : () => this.#onCut(from);
  }

  #sourcesOf(from: unknown): string | readonly string[] {
    if (!Array.isArray(from) || from.length === 0) return "from must be a list of addresses, at least one";
    const sources: string[] = [];
    for (const address of from) {
      const known = typeof address === "string" && this.#within.has(address);
      if (!known) return `${JSON.stringify(address)} is not one of the cluster's addresses`;
      if (!sources.includes(address)) sources.push(address);
    }
    return sources;
  }

  async #onCut(from: readonly string[]): Promise<Body> {
    const wrong = this.#dirty ? await this.#flush() : undefined;
    if (wrong !== undefined) return refused(11, wrong);
    this.#dirty = true;
    const command = dropFrom(from);
    const cut = await this.#options.run(command);
    if (!cut.ok) {
      await this.#flush();
      return refused(11, `'${show(command)}' fails: ${cut.reason}`);
    }
    this.#from = from;
    this.#renew();
    return { type: "cut_ok", rules: [show(command)] };
  }

  async #onHeal(): Promise<Body> {
    const wrong = await this.#flush();
    if (wrong !== undefined) return refused(11, wrong);
    return { type: "heal_ok", rules: flush.map(show) };
  }

  #onHold(): Promise<Body> {
    if (this.#from.length > 0) this.#renew();
    return Promise.resolve({ type: "hold_ok", from: this.#from });
  }

  #rules(): Body {
    const leaseMs = Math.max(0, Math.round(this.#leaseEndsAt - this.#options.scheduler.now()));
    return { type: "rules_ok", from: this.#from, lease_ms: this.#from.length > 0 ? leaseMs : null };
  }

  /** Removes every rule. A failure is reported, and tried again: a cut must not outlive the controller that asked for it. */
  async #flush(): Promise<string | undefined> {
    for (const command of flush) {
      const done = await this.#options.run(command);
      if (done.ok) continue;
      this.#arm(HEAL_AGAIN_MS);
      return `'${show(command)}' fails: ${done.reason}`;
    }
    this.#from = [];
    this.#dirty = false;
    this.#release();
    return undefined;
  }

  #renew(): void {
    this.#arm(LEASE_MS);
  }

  #arm(ms: number): void {
    const { scheduler } = this.#options;
    this.#cancelLease();
    this.#leaseEndsAt = scheduler.now() + ms;
    this.#cancelLease = scheduler.at(this.#leaseEndsAt, () => this.#expire());
  }

  #release(): void {
    this.#cancelLease();
    this.#leaseEndsAt = Infinity;
  }

  #expire(): void {
    this.#inTurn(async () => {
      // Somebody renewed it while this waited its turn.
      if (this.#leaseEndsAt > this.#options.scheduler.now()) return;
      const wrong = await this.#flush();
      this.#options.report(wrong ?? `healed, as nobody renewed the cut for ${LEASE_MS / 1000} s`);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    this.#waiting += 1;
    const turn = this.#turn.then(work).finally(() => this.#waiting -= 1);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

function refused(code: number, text: string): Body {
  return { type: "error", code, text };
}
