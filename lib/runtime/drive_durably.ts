/** Drives a node on a store that may fail: such a node refuses new values, goes on with everything else, and tries again. */
import type { Store } from "../store/store.ts";
import { runtimeTimer } from "../../transports/clock.ts";
import { messageOf } from "../../transports/errno.ts";
import { type Committing, DegradableJournal } from "./degradable_journal.ts";
import { drive, type DriveOptions, type Driver, type Steps } from "./drive.ts";

/** While a store fails, it is tried again this often, and looked at as often while it does not, ms [S5]. */
export const RESUME_MS = 1_000;
/** Space that was dropped is given back a little at a time, with so much between, ms. */
export const MAINTAIN_MS = 50;

export interface DurableOptions extends Omit<DriveOptions, "journal" | "onUnsafe"> {
  /** Closed by its owner. */
  readonly store: Committing & Pick<Store, "incarnation" | "revert">;
  readonly clock: () => number;
  /** Makes a node that knows what is safe, and its members, in a life of this incarnation. */
  readonly makeNode: (incarnation: number) => Steps;
  /** Entries cannot be made safe any more, for this reason; undefined: they can again. */
  readonly onStorage?: (fault: unknown) => void;
}

export interface DurableDriver extends Driver {
  /** Whether all that the node is given is made safe, or why not. */
  readonly storage: DegradableJournal["state"];
}

/** As `drive`, with the store for a journal. */
export function driveDurably(options: DurableOptions): DurableDriver {
  return new StoreDriver(options);
}

class StoreDriver implements DurableDriver {
  readonly #options: DurableOptions;
  readonly #journal: DegradableJournal;
  readonly #driver: Driver;
  #incarnation: number;
  #cancel = () => {};

  constructor(options: DurableOptions) {
    this.#options = options;
    this.#incarnation = options.store.incarnation;
    this.#journal = new DegradableJournal(options.store);
    this.#driver = drive({
      ...options,
      journal: this.#journal,
      onUnsafe: (error) => this.#startOver(error),
    });
    this.#later();
  }

  step(event: Parameters<Driver["step"]>[0]): void {
    this.#driver.step(event);
  }

  get settled(): boolean {
    return this.#driver.settled;
  }

  get storage(): DegradableJournal["state"] {
    return this.#journal.state;
  }

  stop(): void {
    this.#driver.stop();
    this.#cancel();
  }

  /** Goes on as after a crash: with what is safe, in a later life, taking no broadcasts until there is room again [S4]. */
  #startOver(error: unknown): Steps {
    this.#suspend(error);
    this.#options.store.revert();
    const node = this.#options.makeNode(++this.#incarnation);
    node.step({ kind: "storage", fault: messageOf(error) }, this.#options.clock());
    return node;
  }

  #suspend(fault: unknown): void {
    this.#journal.suspend(fault);
    this.#options.onStorage?.(fault);
    this.#later();
  }

  #later(ms = RESUME_MS): void {
    const { timer = runtimeTimer } = this.#options;
    this.#cancel();
    this.#cancel = timer(ms, () => {
      const isDurable = this.#journal.state === "durable";
      if (!isDurable) this.#resume();
      this.#later(isDurable && this.#look() ? MAINTAIN_MS : RESUME_MS);
    });
  }

  /**
   * A log that is gone is noticed where there is nothing to commit, too [S5]. What waits for a commit meets it there. Returns
   * whether there is more to do.
   */
  #look(): boolean {
    if (!this.#driver.settled) return false;
    try {
      return this.#journal.maintain();
    } catch (fault) {
      this.#suspend(fault);
      this.#driver.step({ kind: "storage", fault: messageOf(fault) });
      return false;
    }
  }

  #resume(): void {
    if (this.#journal.resume() !== undefined) return;
    this.#options.onStorage?.(undefined);
    this.#driver.step({ kind: "storage", fault: undefined });
  }
}
