/** The store of a node's log, from life to life, behind one small interface. */
import type { EntryStore } from "../core/log/entry_store.ts";

export interface Store extends EntryStore {
  /** Larger than in any earlier opening of this log, whatever the clock says. */
  readonly incarnation: number;
  /** Whether what was committed outlives the process. */
  readonly durable: boolean;
  /** Of all its files; absent where there are none. */
  readonly fileBytes?: number;
  /**
   * Everything that was put, dropped and noted is on disk when this returns, all of it in one transaction. Where origins are
   * named, and nothing was dropped or noted, what was put under other origins is still to be committed. Throws a
   * StoreFault, and then all of it is.
   */
  commit(origins?: ReadonlySet<string>): void;
  /** Goes back to what was committed last. */
  revert(): void;
  /** Throws a StoreFault where the log is no longer where it was, so that no commit would outlive the process. */
  check(): void;
  /** A small part of what keeps the file small. Returns whether there is more to do. */
  maintain(): boolean;
  /** Closes the log. What was not committed is gone. */
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
