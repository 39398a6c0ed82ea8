/** What is said to people of links, of messages that were dropped, and of a log that takes nothing. */
import { type Address, addressText } from "../../transports/address.ts";
import { messageOf } from "../../transports/errno.ts";
import { duration } from "./duration.ts";
import type { Logger } from "./logger.ts";
import { ThrottledReport } from "./throttled_report.ts";

/** Dropped messages are logged at most this often as a warning; all of them are counted, and logged at level debug. */
export const DROPPED_SAID_EVERY_MS = 60_000;

export interface LinkReportsOptions {
  readonly id: string;
  readonly logger: Logger;
  readonly clock: () => number;
  readonly addressOf: (peer: string) => Address | undefined;
}

export class LinkReports {
  readonly #options: LinkReportsOptions;
  readonly #dropped: ThrottledReport;

  constructor(options: LinkReportsOptions) {
    const { id, logger } = options;
    this.#options = options;
    this.#dropped = new ThrottledReport(
      DROPPED_SAID_EVERY_MS,
      (reason, unsaid) =>
        logger.warn(`dropped: ${reason}`, { node: id, unsaid, dropped: this.#dropped.count }),
    );
  }

  /** How many messages were dropped. */
  get dropped(): number {
    return this.#dropped.count;
  }

  onDropped(reason: string): void {
    const { logger, clock } = this.#options;
    logger.debug(`dropped: ${reason}`);
    this.#dropped.note(reason, clock());
  }

  onLink(peer: string, up: boolean, reason: string, unreachedMs?: number): void {
    const { id, logger } = this.#options;
    const what = unreachedMs !== undefined
      ? `linked to ${this.#named(peer)} after ${duration(unreachedMs)}`
      : up
      ? `linked to ${peer}`
      : `lost the link to ${peer}`;
    logger.info(what, { node: id, peer, reason });
  }

  onUnreached(peer: string, ms: number, reason: string): void {
    const { id, logger } = this.#options;
    logger.warn(`${this.#named(peer)} has not been reached for ${duration(ms)}: ${reason}`, {
      node: id,
      peer,
    });
  }

  /** `fault`: why values cannot be made safe; undefined once they can again. */
  onStorage(fault: unknown): void {
    const { logger } = this.#options;
    if (fault === undefined) return logger.info("values are made safe again, and broadcasts are taken");
    const text = messageOf(fault);
    logger.error("cannot make values safe, so broadcasts are refused until it works again", { text });
  }

  /** A peer and its address, as the mistake may be in the address. */
  #named(peer: string): string {
    const address = this.#options.addressOf(peer);
    return address === undefined ? peer : `${peer} at ${addressText(address)}`;
  }
}
