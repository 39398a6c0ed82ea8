/** The nodes that may be asked, one after the other: where one fails, the next is tried. */
import { type Connection, dial } from "./connection.ts";
import { type ErrorCode, type Failure, isRefusal } from "./errors.ts";
import type { TokenSource } from "./token.ts";
import { type Address, addressText } from "../../transports/address.ts";
import type { Tls } from "../../transports/tcp/tls/tls.ts";

export interface ReachOptions {
  readonly at: readonly Address[];
  /** How long a node may take to connect, and to answer. */
  readonly timeoutMs: number;
  /** Each failure is said at once, not only when all have failed. */
  readonly verbose: boolean;
  /** Absent: the nodes need not know who asks. */
  readonly token?: TokenSource;
  /** Absent: without TLS. */
  readonly tls?: Tls;
}

export { TIMEOUT_MS, TIMEOUT_MS_MAX } from "./common/limits.ts";

export class Nodes {
  readonly #options: ReachOptions;
  readonly #say: (text: string) => void;
  /** The failures since something last went well. The nodes take turns, so each is in here at most once. */
  readonly #failed: Failure[] = [];
  #current = 0;

  /** `say` takes lines for people. */
  constructor(options: ReachOptions, say: (text: string) => void) {
    this.#options = options;
    this.#say = say;
  }

  get timeoutMs(): number {
    return this.#options.timeoutMs;
  }

  /** A connection to the next node that takes one; undefined once each has failed since something last went well. */
  async reach(): Promise<Connection | undefined> {
    while (this.#failed.length < this.#options.at.length) {
      // What was renewed meanwhile is shown from here on; what is of no use now, or half written, may be so later.
      this.#options.tls?.renew();
      const opened = await dial(this.#address, this.timeoutMs, this.#options);
      if (opened.ok) return opened.connection;
      this.failed(opened.reason, opened.code);
    }
    return undefined;
  }

  /** The node that was reached last is of no use: another one comes next. */
  failed(reason: string, code: ErrorCode): void {
    this.#failed.push({ at: addressText(this.#address), reason, code });
    this.moveOn(reason);
  }

  /** Another node comes next, and this one may be tried again: it was of use until now. */
  moveOn(reason: string): void {
    if (this.#options.verbose) this.#say(`${addressText(this.#address)} ${reason}\n`);
    this.#current = (this.#current + 1) % this.#options.at.length;
  }

  /** Something went well, or it is time to try them all again. */
  startOver(): void {
    // Asked with every acknowledgement.
    if (this.#failed.length > 0) this.#failed.length = 0;
  }

  /** Those that failed since something last went well. */
  get failures(): readonly Failure[] {
    return [...this.#failed];
  }

  /** Whether a node that failed was there and refused. */
  get isRefused(): boolean {
    return this.#failed.some(({ code }) => isRefusal(code));
  }

  /** A line for each node that failed, with its end. */
  get failureLines(): string {
    return this.#failed.map(({ at, reason }) => `  ${at} ${reason}\n`).join("");
  }

  get #address(): Address {
    // There is one: the flag demands it.
    return this.#options.at[this.#current] ?? { host: "", port: 0 };
  }
}
