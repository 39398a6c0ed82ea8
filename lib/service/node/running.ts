/** The node that runs here, in one life after the other: a later one begins when the log could not take an entry [S4]. */
import type { Event } from "../../core/events.ts";
import { Node } from "../../core/node.ts";
import type { Random } from "../../core/random.ts";
import { drive, type DriveOptions, type Driver } from "../../runtime/drive.ts";
import { driveDurably, type DurableDriver, type DurableOptions } from "../../runtime/drive_durably.ts";
import { ANSWER_BYTES_MAX } from "../../../transports/tcp/limits.ts";
import type { ServiceOptions } from "../options.ts";

export interface RunningOptions extends Pick<ServiceOptions, "store" | "deliveryBudgetMs" | "retain"> {
  readonly random: Random;
  readonly clock: () => number;
  /** What every later life is told first; undefined while it is not known. */
  readonly init: () => Event | undefined;
  readonly onStorage: (fault: unknown) => void;
}

export class Running {
  readonly #options: RunningOptions;
  #incarnation: number;
  #node: Node;
  #driver: Driver | undefined;
  /** The same, where there is a log. */
  #durable: DurableDriver | undefined;

  constructor(options: RunningOptions) {
    this.#options = options;
    this.#incarnation = options.store.incarnation;
    this.#node = this.#makeNode();
  }

  /** In its present life. */
  get node(): Node {
    return this.#node;
  }

  get incarnation(): number {
    return this.#incarnation;
  }

  get storage(): "memory" | DurableDriver["storage"] {
    return this.#durable?.storage ?? "memory";
  }

  /** Whether all that it holds is safe; undefined before it was opened. */
  get settled(): boolean | undefined {
    return this.#driver?.settled;
  }

  /** `committed`: the store, as it is committed to. */
  open(
    options: Omit<DriveOptions, "node" | "journal" | "onUnsafe">,
    committed: DurableOptions["store"],
  ): void {
    const { clock, store, onStorage } = this.#options;
    const all = { ...options, clock, node: this.#node };
    if (store.durable) {
      const makeNode = (incarnation: number) => {
        this.#incarnation = incarnation;
        return this.#node = this.#makeNode();
      };
      this.#durable = driveDurably({ ...all, store: committed, makeNode, onStorage });
    }
    this.#driver = this.#durable ?? drive(all);
  }

  step(event: Event): void {
    this.#driver?.step(event);
  }

  stop(): void {
    this.#driver?.stop();
  }

  #makeNode(): Node {
    const { random, store, deliveryBudgetMs, retain = [], init, clock } = this.#options;
    const node = new Node({
      random,
      incarnation: this.#incarnation,
      entries: store,
      durable: store.durable,
      readCharsMax: ANSWER_BYTES_MAX,
      retain,
      ...deliveryBudgetMs !== undefined && { deliveryBudgetMs },
    });
    // In a later life within this process; in the first one it is told by its driver.
    const told = init();
    if (told !== undefined) node.step(told, clock());
    return node;
  }
}
