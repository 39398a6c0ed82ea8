/** A client of a node that keeps topics, keys and ids. */
import { decode, encode } from "../../../../lib/core/codec.ts";
import { Digest } from "../../../../lib/core/log/digest.ts";
import { MemoryEntries } from "../../../../lib/core/log/memory_entries.ts";
import { valuesOf } from "../../../../lib/core/log/runs.ts";
import type { Body, Json } from "../../../../lib/core/message.ts";
import { type Asked, Node } from "../../../../lib/core/node.ts";
import { seeded } from "../../../../lib/core/random.ts";

export const NOW = Date.UTC(2026, 0, 1);

/** A client of a node that is alone but for n1, of which the test says what it says. */
export class Talk {
  readonly entries = new MemoryEntries();
  node: Node;
  readonly #readCharsMax: number | undefined;
  #now = NOW;

  constructor(readCharsMax?: number) {
    this.#readCharsMax = readCharsMax;
    this.node = this.#begin(1);
  }

  ask(body: Body, src = "c1"): Body {
    const envelope = { src, dest: "n0", body: { msg_id: 1, ...body } };
    const effects = this.node.step({ kind: "receive", envelope }, this.#now);
    const [answer] = effects.flatMap((each) => each.kind === "send" ? [each.envelope.body] : []);
    const { in_reply_to: _, ...plain } = decoded(answer ?? { type: "none" });
    return plain;
  }

  /** A message of n1 brings such runs. */
  bring(...runs: Json[]): Body {
    return this.ask({ type: "push", runs }, "n1");
  }

  broadcast(fields: Record<string, unknown>): Body {
    return this.ask({ type: "broadcast", ...fields });
  }

  get(topic: string, key: string): unknown {
    const { type, value, code } = this.ask({ type: "get", topic, key });
    return type === "get_ok" ? value : code;
  }

  read(): unknown {
    return this.ask({ type: "read" })["messages"];
  }

  /** What a watcher of such topics is sent that has had nothing, records as they are. */
  watched(asked?: Asked, position = new Digest()): Json[] {
    return this.node.takeBatch(position, asked).runs.flatMap(valuesOf);
  }

  storage(fault: string): void {
    this.node.step({ kind: "storage", fault }, this.#now);
  }

  restart(): void {
    this.node = this.#begin(2);
  }

  #begin(incarnation: number): Node {
    const { entries } = this;
    const readCharsMax = this.#readCharsMax;
    const limits = readCharsMax === undefined ? {} : { readCharsMax };
    const node = new Node({ random: seeded(1), incarnation, entries, durable: true, ...limits });
    const body = { type: "init", msg_id: 1, node_id: "n0", node_ids: ["n0", "n1"] };
    node.step({ kind: "receive", envelope: { src: "c1", dest: "n0", body } }, NOW);
    return node;
  }
}

/** As it comes off the wire. */
function decoded(body: Body): Body {
  const read = decode(encode({ src: "n0", dest: "c1", body }));
  return read.ok ? read.envelope.body : { type: "unreadable" };
}
