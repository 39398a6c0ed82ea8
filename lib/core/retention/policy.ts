/** Follows the blocks that are kept, and says which of them are due to go, and when the next one will be [G2]. */
import { TimerQueue } from "../timer_queue.ts";
import { BlockQueue, type Sized } from "./block_queue.ts";
import { limitsOf, type Rule } from "./rules.ts";

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

  /** So much came into a block of this topic, which is there already or is new. Ids grow. */
  add(topic: string, came: Sized): void {
    const found = this.#topicOf(topic);
    if (found === undefined) return;
    found.blocks.add(came);
    found.moved();
  }

  /** Takes the block that became due first, of those due by now, and is to be dropped; undefined where none is. */
  take(now: number): { readonly topic: string; readonly id: number } | undefined {
    const queue = this.#timers.first;
    if (queue === undefined || queue.dueAt > now) return undefined;
    const id = queue.shift();
    this.#topicOf(queue.topic)?.moved();
    return { topic: queue.topic, id };
  }

  #topicOf(name: string): Topic | undefined {
    const found = this.#topics.get(name);
    if (found !== undefined || this.#topics.has(name)) return found;
    const limits = limitsOf(this.#rules, name);
    const topic = limits && this.#follow(new BlockQueue(name, limits));
    this.#topics.set(name, topic);
    return topic;
  }

  #follow(blocks: BlockQueue): Topic {
    return { blocks, moved: this.#timers.enter(blocks) };
  }
}

interface Topic {
  readonly blocks: BlockQueue;
  /** To be called whenever the moment may have changed at which its oldest block is due. */
  readonly moved: () => void;
}
