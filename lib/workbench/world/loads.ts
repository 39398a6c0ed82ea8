/** Counts the messages and bytes that each node sends to other nodes and receives from them, where that is asked for. */
import { encode } from "../../core/codec.ts";
import type { Envelope } from "../../core/message.ts";

/** The counts of one node, since counting began. */
export interface Load {
  "send-count": number;
  "recv-count": number;
  "send-bytes": number;
  "recv-bytes": number;
}

/** One line of the carriers each. */
const LINE_END_BYTES = 1;

const utf8 = new TextEncoder();

export class Loads {
  readonly #byNode = new Map<string, Load>();

  /** Counting begins anew. */
  clear(): void {
    this.#byNode.clear();
  }

  /** Returns the message's size in bytes, as weighing it means encoding it, which need not be done twice. */
  sent(envelope: Envelope): number {
    const bytes = weigh(envelope);
    const load = this.#of(envelope.src);
    load["send-count"]++;
    load["send-bytes"] += bytes;
    return bytes;
  }

  received(node: string, bytes: number): void {
    const load = this.#of(node);
    load["recv-count"]++;
    load["recv-bytes"] += bytes;
  }

  /** Of those that sent or received anything. */
  get byNode(): Readonly<Record<string, Load>> {
    return Object.fromEntries(this.#byNode);
  }

  #of(node: string): Load {
    const known = this.#byNode.get(node);
    if (known !== undefined) return known;
    const fresh: Load = { "send-count": 0, "recv-count": 0, "send-bytes": 0, "recv-bytes": 0 };
    this.#byNode.set(node, fresh);
    return fresh;
  }
}

/** The size of a message on the wire, bytes. */
export function weigh(envelope: Envelope): number {
  return utf8.encode(encode(envelope)).length + LINE_END_BYTES;
}
