/** The writes of one key, and what each node is known to have of them. */
import type { Json } from "../../core/message.ts";
import type { Op } from "../verdict/history.ts";
import { getOr, type Key, keyOf } from "../verdict/values.ts";
import { noteOrder, overwrites, type Write, writeOf } from "./write_order.ts";
import type { CheckerOptions, Sighting } from "./workload.ts";

/** A node has a write: since then it has acknowledged it, or shown it. */
interface Held {
  readonly write: Write;
  readonly since: number;
  readonly by: "ack" | "get";
}

/** What a node showed last. */
interface Shown {
  readonly write: Write;
  readonly stamp: number;
  readonly time: number;
}

/** What a node was known to have as an operation began. */
interface Before {
  readonly held: readonly Held[];
  readonly shown: Shown | undefined;
}

export class KeyHistory {
  /** By node, what its last final read gave; undefined: that there is no value. */
  readonly finals = new Map<string, Sighting & { readonly value: Json | undefined }>();
  readonly #options: CheckerOptions;
  readonly #writes: Write[] = [];
  readonly #puts = new Map<Key, Write>();
  /** By the index of its invocation. */
  readonly #deletions = new Map<number, Write>();
  /** By node; none of one surely overwrites another. */
  readonly #held = new Map<string, readonly Held[]>();
  readonly #shown = new Map<string, Shown>();
  /** By the index of its invocation. */
  readonly #open = new Map<number, Before>();

  constructor(options: CheckerOptions) {
    this.#options = options;
  }

  get writesSoFar(): readonly Write[] {
    return this.#writes;
  }

  put(value: Json): Write | undefined {
    return this.#puts.get(keyOf(value));
  }

  /** Whether somebody has put it, as far as is known. */
  mayHold(value: Json): boolean {
    return (this.put(value)?.attempts ?? 0) > 0;
  }

  begins({ index, node }: Op): void {
    this.#open.set(index, { held: this.#heldAt(node), shown: this.#shown.get(node) });
  }

  ends({ index }: Op): void {
    this.#open.delete(index);
  }

  /** A put, or, without a value, a deletion begins or ends. */
  writes(op: Op, invocation: Op, value: Json | undefined): void {
    const write = this.#write(invocation, value);
    if (op.type === "invoke") {
      write.isRepeated ||= write.attempts > 0 || write.acked !== undefined;
      write.attempts++;
    } else if (op.type === "fail") write.attempts--;
    else this.#mayHaveEntered(write, op, invocation);
  }

  /** A get gave this. Returns what the node had before that surely overwrites it, if there is such. */
  shows(write: Write, stamp: number | undefined, op: Op, invocation: Op): Write | undefined {
    const { held, shown } = this.#before(invocation);
    const backwards = shown !== undefined && stamp !== undefined && stamp < shown.stamp &&
      !this.#options.cameBack(op.node, shown.time);
    const newer = held.find((had) => this.#isHeldStill(op.node, had) && !noteOrder(had.write, write));
    this.#holds(op.node, write, held, { since: op.time, by: "get" });
    if (stamp !== undefined) {
      write.stamp = Math.max(write.stamp ?? 0, stamp);
      this.#shown.set(op.node, { write, stamp, time: op.time });
    }
    return newer?.write ?? (backwards ? shown.write : undefined);
  }

  /** A get gave none. False where that cannot be: the node had a put, and no deletion can have come after it. */
  showsNone({ node, time }: Op, invocation: Op): boolean {
    const held = this.#before(invocation).held.filter((had) => this.#isHeldStill(node, had));
    if (held.every(({ write }) => write.value === undefined)) return true;
    const possible = this.#writes.filter((write) =>
      write.value === undefined && write.attempts > 0 && !held.some((had) => overwrites(had.write, write))
    );
    const [only, ...more] = possible;
    if (only !== undefined && more.length === 0) {
      for (const had of held) noteOrder(had.write, only);
      this.#holds(node, only, held, { since: time, by: "get" });
    }
    return possible.length > 0;
  }

  #write({ index }: Op, value: Json | undefined): Write {
    const make = () => {
      const write = writeOf(value);
      this.#writes.push(write);
      return write;
    };
    return value === undefined ? getOr(this.#deletions, index, make) : getOr(this.#puts, keyOf(value), make);
  }

  /** What the node had before is older, unless it came back meanwhile without knowing of the write. */
  #mayHaveEntered(write: Write, { type, node, time }: Op, invocation: Op): void {
    const { held } = this.#before(invocation);
    if (!this.#options.cameBack(node, invocation.time)) {
      for (const had of held) noteOrder(had.write, write);
    }
    if (type !== "ok") return;
    write.acked ??= { node, time };
    this.#holds(node, write, write.isRepeated ? [] : held, { since: time, by: "ack" });
  }

  /** Instead of what is older. */
  #holds(node: string, write: Write, older: readonly Held[], how: Pick<Held, "since" | "by">): void {
    const rest = this.#heldAt(node).filter((had) => had.write !== write && !older.includes(had));
    this.#held.set(node, [...rest, { write, ...how }]);
  }

  #heldAt(node: string): readonly Held[] {
    return (this.#held.get(node) ?? []).filter((had) => this.#isHeldStill(node, had));
  }

  /** What a node acknowledged is safe where it keeps anything; what came from others need not be. */
  #isHeldStill(node: string, { since, by }: Held): boolean {
    return by === "ack" ? !this.#options.mayHaveLost(node, since) : !this.#options.cameBack(node, since);
  }

  #before({ index }: Op): Before {
    return this.#open.get(index) ?? { held: [], shown: undefined };
  }
}
