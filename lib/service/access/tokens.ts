/** The tokens that a node knows, as hashes, and the addresses from which too many wrong ones came [A3]. */
import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import { isLoopback, limitedHost } from "../../../transports/address.ts";
import type { Identity } from "./rights.ts";

/** A node knows so many tokens at the most [A1]. */
export const TOKENS_MAX = 1_024;
/** A longer token is malformed, bytes [A1]. */
export const TOKEN_BYTES_MAX = 512;
/** After so many wrong tokens from one address within WRONG_TOKENS_MS, none is looked at until that time is over [A3]. */
export const WRONG_TOKENS_MAX = 10;
export const WRONG_TOKENS_MS = 60_000;
/** Wrong tokens are counted for so many addresses at once, those that were wrong last [A3]. */
export const WRONG_ADDRESSES_MAX = 4_096;

/** One client of the tokens file. `sha256`: of its token, hexadecimal. */
export interface TokenEntry extends Identity {
  readonly sha256: string;
}

export function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

export class Tokens {
  readonly #entries: readonly { readonly hash: Buffer; readonly entry: TokenEntry }[];

  constructor(entries: readonly TokenEntry[]) {
    this.#entries = entries.map((entry) => ({ hash: Buffer.from(entry.sha256, "hex"), entry }));
  }

  /** The client that a token belongs to. Takes equally long, whichever of them it resembles. */
  find(token: string): TokenEntry | undefined {
    const given = createHash("sha256").update(token).digest();
    let found: TokenEntry | undefined;
    for (const { hash, entry } of this.#entries) if (timingSafeEqual(hash, given)) found = entry;
    return found;
  }
}

/** Loopback is not counted: all users of this machine share it, and one of them must not lock out the others. */
export class WrongTokens {
  readonly #clock: () => number;
  readonly #wrong = new Map<string, { readonly since: number; count: number }>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  note(address: string): void {
    if (isLoopback(address)) return;
    const host = limitedHost(address);
    const { since, count } = this.#at(host) ?? { since: this.#clock(), count: 0 };
    this.#wrong.delete(host);
    this.#wrong.set(host, { since, count: count + 1 });
    const [oldest] = this.#wrong.keys();
    if (this.#wrong.size > WRONG_ADDRESSES_MAX && oldest !== undefined) this.#wrong.delete(oldest);
  }

  /** For how long tokens from there are not looked at, ms. */
  waitMs(host: string): number {
    const wrong = this.#at(limitedHost(host));
    return wrong === undefined || wrong.count < WRONG_TOKENS_MAX
      ? 0
      : wrong.since + WRONG_TOKENS_MS - this.#clock();
  }

  #at(host: string) {
    const wrong = this.#wrong.get(host);
    return wrong !== undefined && this.#clock() - wrong.since < WRONG_TOKENS_MS ? wrong : undefined;
  }
}
