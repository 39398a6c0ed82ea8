/** Follows the blocks that are kept, and says which of them are due to go, and when the next one will be [G2]. */
import { TimerQueue } from "../timers/timer_queue.ts";
import { BlockQueue, type Sized } from "./block_queue.ts";
import { type Limits, limitsOf, mayLimit, type Rule } from "./rules.ts";

/** What stayed when its block went is looked through again after the age of its topic, at least the one and without an age the other, ms [G8]. */
export const AGAIN_MS_MIN = 60_000;
export const AGAIN_MS = 3_600_000;

export class RetentionPolicy {
  readonly #rules: readonly Rule[];
  /** By topic; undefined for one that is kept forever. */
  readonly #topics = new Map<string, Topic | undefined>();
  readonly #timers = new TimerQueue<BlockQueue>();

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  /** When the next block is due; Infinity where none is going to be by itself. */
  get deadline(): number {
    return this.#timers.nextAt;
  }

  isForever(topic: string): boolean {
    return this.#topicOf(topic) === undefined;
  }

  /** Whether anything of these topics, which are patterns, may be gone. */
  mayLimit(topics: readonly string[]): boolean {
    return topics.some((pattern) => mayLimit(this.#rules, pattern));
  }

  /**
   * So much came into a block of this topic, which is there already or is new. Ids grow. `again`: it stayed when another block
   * went, and counts for no limit any more.
   */
  add(name: string, came: Sized, again = false): void {
    const topic = this.#topicOf(name);
    if (topic === undefined) return;
    // A block may take in both kinds, and is followed as what it began with.
    const isAgain = topic.again?.has(came.id) || (again && !topic.blocks.has(came.id));
    const queue = isAgain ? topic.again ??= this.#follow(name, againIn(topic.limits)) : topic.blocks;
    queue.add(came);
  }

  /** Takes the block that became due first, of those due by now, and is to be dropped; undefined where none is. */
  take(now: number): { readonly topic: string; readonly id: number } | undefined {
    const queue = this.#timers.first;
    if (queue === undefined || queue.dueAt > now) return undefined;
    const { topic } = queue;
    const id = queue.shift();
    const { blocks, again } = this.#topics.get(topic) ?? {};
    // Topics come and go.
    if (blocks?.length === 0 && (again?.length ?? 0) === 0) this.#topics.delete(topic);
    return { topic, id };
  }

  /** How many topics are known, those that are kept forever included. */
  get size(): number {
    return this.#topics.size;
  }

  #topicOf(name: string): Topic | undefined {
    const found = this.#topics.get(name);
    if (found !== undefined || this.#topics.has(name)) return found;
    const limits = limitsOf(this.#rules, name);
    const topic = limits && { limits, blocks: this.#follow(name, limits) };
    this.#topics.set(name, topic);
    return topic;
  }

  #follow(topic: string, limits: Limits): BlockQueue {
    const queue: BlockQueue = new BlockQueue(topic, limits, () => moved());
    const moved = this.#timers.enter(queue);
    return queue;
  }
}

interface Topic {
  readonly limits: Limits;
  readonly blocks: BlockQueue;
  /** What stayed of blocks that went; undefined while nothing did. */
  again?: BlockQueue;
}

function againIn({ ageMs = AGAIN_MS }: Limits): Limits {
  return { ageMs: Math.max(ageMs, AGAIN_MS_MIN) };
}
