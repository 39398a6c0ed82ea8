/** A message whose body is kept as text: it takes a quarter of the memory, and is parsed whenever somebody looks into it. */
import type { Body } from "../../core/message.ts";
import type { Passage } from "../world/network.ts";

interface Packed extends Omit<Passage, "envelope"> {
  readonly src: string;
  readonly dest: string;
  /** JSON. */
  readonly body: string;
}

class PackedPassage implements Passage {
  readonly sentAt: number;
  readonly endedAt: number;
  readonly dropped: Passage["dropped"];
  readonly #src: string;
  readonly #dest: string;
  readonly #body: string;

  constructor({ src, dest, body, sentAt, endedAt, dropped }: Packed) {
    this.#src = src;
    this.#dest = dest;
    this.#body = body;
    this.sentAt = sentAt;
    this.endedAt = endedAt;
    this.dropped = dropped;
  }

  get envelope(): Passage["envelope"] {
    const body: Body = JSON.parse(this.#body);
    return { src: this.#src, dest: this.#dest, body };
  }

  countedFrom(at: number): PackedPassage {
    const times = { sentAt: this.sentAt - at, endedAt: this.endedAt - at, dropped: this.dropped };
    return new PackedPassage({ src: this.#src, dest: this.#dest, body: this.#body, ...times });
  }
}

export function packed({ envelope: { src, dest, body }, sentAt, endedAt, dropped }: Passage): Passage {
  return new PackedPassage({ src, dest, body: JSON.stringify(body), sentAt, endedAt, dropped });
}

/** The same with times that count from this moment. */
export function countedFrom(at: number, passage: Passage): Passage {
  if (passage instanceof PackedPassage) return passage.countedFrom(at);
  const { envelope, sentAt, endedAt, dropped } = passage;
  return { envelope, sentAt: sentAt - at, endedAt: endedAt - at, ...dropped !== undefined && { dropped } };
}
