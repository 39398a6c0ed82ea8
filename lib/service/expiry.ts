/** How long the certificate of a serving node still lasts: said in its log in good time, and in its status [X5]. */
import { duration } from "./duration.ts";
import { runtimeTimer, type Timer } from "../../transports/clock.ts";
import { dateText } from "../../transports/tcp/tls/identity.ts";
import type { Tls } from "../../transports/tcp/tls/tls.ts";

const DAY_MS = 86_400_000;
/** It is said so many days before a certificate expires, and when it has expired. */
export const EXPIRY_SAID_DAYS: readonly number[] = [30, 7, 1, 0];
/** How often it is looked how long it still lasts. */
export const EXPIRY_LOOK_MS = 3_600_000;

export interface ExpiryOptions {
  readonly tls: Pick<Tls, "expiresAt" | "authoritiesExpireAt" | "identity">;
  /** Takes texts for people. */
  readonly logger: { warn(text: string): void; error(text: string): void };
  /** Ms since 1970. */
  readonly clock: () => number;
  /** By default the runtime's timer. */
  readonly timer?: Timer;
}

export class Expiry {
  readonly #options: ExpiryOptions;
  /** By what expires: when it does, and how many days before that it was said. */
  readonly #said = new Map<string, { readonly at: number; readonly days: number }>();
  #cancel = () => {};

  constructor(options: ExpiryOptions) {
    this.#options = options;
  }

  /** Looks now, and every EXPIRY_LOOK_MS. */
  start(): void {
    const { timer = runtimeTimer } = this.#options;
    this.#look();
    this.#cancel = timer(EXPIRY_LOOK_MS, () => this.start());
  }

  stop(): void {
    this.#cancel();
  }

  /** Times in ms since 1970. */
  get status() {
    const { expiresAt, authoritiesExpireAt, identity } = this.#options.tls;
    return {
      names: identity?.names ?? [],
      expires_at: expiresAt,
      authorities_expire_at: authoritiesExpireAt,
    };
  }

  /** The same of one certificate is said once. */
  #look(): void {
    const { tls: { expiresAt, authoritiesExpireAt }, clock } = this.#options;
    this.#note("the certificate of this node", expiresAt, clock());
    this.#note("the last of the authorities in --tls-ca", authoritiesExpireAt, clock());
  }

  #note(what: string, at: number, now: number): void {
    const days = EXPIRY_SAID_DAYS.findLast((days) => at - now <= days * DAY_MS);
    const said = this.#said.get(what);
    if (days === undefined || (said?.at === at && said.days <= days)) return;
    this.#said.set(what, { at, days });
    const { logger } = this.#options;
    const date = dateText(new Date(at));
    if (days === 0) logger.error(`${what} expired on ${date}: new connections are refused`);
    else logger.warn(`${what} expires in ${duration(at - now)}, on ${date}`);
  }
}
