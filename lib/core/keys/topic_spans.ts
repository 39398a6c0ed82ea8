/** Which topic each entry of an origin is in, in spans: so that a reader passes over those of others without reading them [H5]. */
import { at } from "../assert.ts";

/** The number of the default topic, and of whatever nothing was said of. */
export const DEFAULT_NUMBER = 0;

export interface TopicSpan {
  readonly topic: number;
  /** The last entry of the span; Infinity where no other topic follows. */
  readonly end: number;
}

export class TopicSpans {
  /** Ascending from 1; each span goes on until the next one begins, and has another topic than that. */
  readonly #starts: number[] = [1];
  readonly #topics: number[] = [DEFAULT_NUMBER];

  /** Whether all is in the default topic. */
  get isPlain(): boolean {
    return this.#topics.length === 1 && this.#topics[0] === DEFAULT_NUMBER;
  }

  /** Of the span that goes on at an entry. */
  at(seq: number): TopicSpan {
    const i = this.#indexOf(seq);
    return { topic: at(this.#topics, i), end: (this.#starts[i + 1] ?? Infinity) - 1 };
  }

  /** The entries from..to are in this topic, whatever was said before. */
  set(from: number, to: number, topic: number): void {
    const [starts, topics] = [this.#starts, this.#topics];
    const first = this.#indexOf(from);
    const last = this.#indexOf(to + 1);
    const before = starts[first] === from ? topics[first - 1] : topics[first];
    const after = at(topics, last);
    const keep = starts[first] === from ? first : first + 1;
    const newStarts: number[] = [];
    const newTopics: number[] = [];
    if (before !== topic) {
      newStarts.push(from);
      newTopics.push(topic);
    }
    if (after !== topic) {
      newStarts.push(to + 1);
      newTopics.push(after);
    }
    starts.splice(keep, last + 1 - keep, ...newStarts);
    topics.splice(keep, last + 1 - keep, ...newTopics);
  }

  /** Of the span in which an entry is. */
  #indexOf(seq: number): number {
    const starts = this.#starts;
    let high = starts.length - 1;
    // What is asked for is mostly what came last.
    if (at(starts, high) <= seq) return high;
    let low = 0;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (at(starts, middle) <= seq) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
