/** The nodes that may be asked, one after the other: where one fails, the next is tried. */
import type { Body } from "../core/message.ts";
import { type Connection, dial, type Shown } from "./connection.ts";
import { codeOfAll, type ErrorCode, type Failure, isRefusal } from "./errors.ts";
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

  /** That one comes next. */
  goTo(address: Address, reason: string): void {
    this.moveOn(reason);
    this.#current = Math.max(0, this.#options.at.indexOf(address));
  }

  /** host:port of the one that was reached last, or comes next. */
  get at(): string {
    return addressText(this.#address);
  }

  get count(): number {
    return this.#options.at.length;
  }

  /** All but that one. */
  get others(): readonly Address[] {
    return this.#options.at.filter((_, i) => i !== this.#current);
  }

  /** Asks one of them, whichever is reached. */
  ask(address: Address, body: Body, timeoutMs: number): Promise<Said> {
    return askOnce(address, body, timeoutMs, this.#options);
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

  /** What all of them come to. */
  get code(): ErrorCode {
    return codeOfAll(this.#failed);
  }

  /** Whether a node that failed was there and refused. */
  get isRefused(): boolean {
    return isRefusal(this.code);
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

/** What a node says, be it an error; or why it says nothing, in words that follow its address. */
export type Said =
  | { readonly ok: true; readonly body: Body; readonly by: string }
  | { readonly ok: false; readonly reason: string; readonly code: ErrorCode };

/** Never rejects. The node has `timeoutMs` to take the connection, and again to answer. */
export async function askOnce(address: Address, body: Body, timeoutMs: number, shown: Shown): Promise<Said> {
  const opened = await dial(address, timeoutMs, shown);
  if (!opened.ok) return opened;
  const { connection } = opened;
  const said = await new Promise<Said>((resolve) => {
    connection.ask(body, (answer) => resolve({ ok: true, body: answer, by: connection.nodeId }));
    connection.listen({ onBody() {}, onBroken: (reason, code) => resolve({ ok: false, reason, code }) });
  });
  connection.close();
  return said;
}
