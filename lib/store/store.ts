/** The store of a node's log, from life to life, behind one small interface. */
import type { Entry } from "../core/log/log.ts";

export interface Store {
  /** Larger than in any earlier opening of this log, whatever the clock says. */
  readonly incarnation: number;
  /** Whether what was committed outlives the process. */
  readonly durable: boolean;
  /** Everything committed, in the order in which it came. */
  entries(): Iterable<Entry>;
  /** Takes entries for the next commit. */
  append(entries: readonly Entry[]): void;
  /**
   * Everything appended is on disk when this returns, all of it in one transaction. Throws a StoreFault, and then
   * nothing that was appended since the last commit is kept; the store stays usable, and later commits may succeed.
   */
  commit(): void;
  /** Throws a StoreFault where the log is no longer where it was, so that no commit would outlive the process. */
  check(): void;
  /** Closes the log. Entries that were appended and not committed are gone. */
  close(): void;
}

/**
 * Why a log is refused: "foreign" is another node's, another cluster's or none of ours, "newer" has a schema that
 * this program does not know, "corrupt" is damaged, "in-use" is open elsewhere, "gone" was deleted or replaced while it
 * was open, "unavailable" is anything else.
 */
export type FaultKind =
  | "foreign"
  | "newer"
  | "corrupt"
  | "full"
  | "read-only"
  | "in-use"
  | "gone"
  | "unavailable";

/** A fault that an operator can mend; the message is a sentence that says what is wrong and what to do. */
export class StoreFault extends Error {
  readonly kind: FaultKind;

  constructor(kind: FaultKind, message: string) {
    super(message);
    this.name = "StoreFault";
    this.kind = kind;
  }
}
