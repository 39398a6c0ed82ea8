/** A small cluster whose nodes keep what they are told to, and what is left there. */
import type { Mechanism } from "../../../lib/core/mechanisms.ts";
import type { Json } from "../../../lib/core/message.ts";
import type { Rule } from "../../../lib/core/retention/rules.ts";
import { exchangeIn } from "../../unit/core/stepped.ts";
import { CLIENT, Cluster } from "../../transcripts/cluster.ts";

const SECOND: readonly Rule[] = [{ pattern: "*", ageMs: 1_000 }];

export class KeepingCluster {
  readonly #cluster: Cluster;
  /** How many went from one node to another, by both. */
  readonly #messages = new Map<string, number>();
  #named = 0;
  /** What the last read showed. */
  #read: Json[] = [];
  /** What the last `get` found. */
  #value: Json | undefined;

  constructor(retain: Readonly<Record<string, readonly Rule[]>>, without: readonly Mechanism[] = []) {
    this.#cluster = new Cluster(
      Object.keys(retain),
      20,
      new Set(),
      (happening) => {
        if (happening.kind !== "message") return;
        if (happening.envelope.dest !== CLIENT) {
          const { src, dest, body } = happening.envelope;
          const { digest } = exchangeIn(body) ?? { digest: [] };
          this.#named = Math.max(this.#named, digest.length);
          const way = `${src} ${dest}`;
          return void this.#messages.set(way, (this.#messages.get(way) ?? 0) + 1);
        }
        const { type, messages, value } = JSON.parse(JSON.stringify(happening.envelope.body));
        if (type === "read_ok") this.#read = messages;
        if (type === "get_ok") this.#value = value;
      },
      without,
      retain,
    );
  }

  get cluster(): Cluster {
    return this.#cluster;
  }

  /** How many messages nodes have sent each other. */
  get messages(): number {
    return [...this.#messages.values()].reduce((sum, count) => sum + count, 0);
  }

  between(src: string, dest: string): number {
    return this.#messages.get(`${src} ${dest}`) ?? 0;
  }

  /** How many origins the largest digest named of late. */
  get named(): number {
    return this.#named;
  }

  forgetNamed(): void {
    this.#named = 0;
  }

  put(id: string, key: string, message: Json): void {
    this.#cluster.ask(id, { type: "broadcast", message, topic: "flags", key });
  }

  /** Undefined where there is none. */
  get(id: string, key: string): Json | undefined {
    this.#value = undefined;
    this.#cluster.ask(id, { type: "get", topic: "flags", key });
    return this.#value;
  }

  tell(id: string, ...values: Json[]): void {
    for (const message of values) this.#cluster.ask(id, { type: "broadcast", message });
  }

  read(id: string): Json[] {
    this.#read = ["no answer"];
    this.#cluster.ask(id, { type: "read" });
    return this.#read;
  }
}

/** How many values the nodes hold, all together. */
export function leftAfterAMinute(without: readonly Mechanism[]): number {
  const nodes = new KeepingCluster({ n0: SECOND, n1: SECOND, n2: SECOND }, without);
  nodes.tell("n1", 1, { two: 2 }, "three");
  nodes.cluster.run(60_000);
  return ["n0", "n1", "n2"].reduce((sum, id) => sum + nodes.read(id).length, 0);
}

/** How many values a node lacks that keeps all, came back late, and has a relay that keeps them for a second only. */
export function lackedAfterAbsence(without: readonly Mechanism[]): number {
  const nodes = new KeepingCluster({ n0: SECOND, n1: [], n2: [], n3: SECOND }, without);
  nodes.cluster.run(1_000);
  nodes.cluster.kill("n2");
  nodes.tell("n3", 1, { two: 2 }, "three");
  nodes.cluster.run(60_000);
  nodes.cluster.start("n2", true);
  nodes.cluster.run(60_000);
  return nodes.read("n1").length - nodes.read("n2").length;
}

const HOUR_MS = 3_600_000;

/** How many lives a message names in the end, when one of three nodes was so often restarted in memory, so many hours apart. */
export function livesNamed(restarts: number, hours: number): (without: readonly Mechanism[]) => number {
  return (without) => {
    const hour: readonly Rule[] = [{ pattern: "*", ageMs: HOUR_MS }];
    const nodes = new KeepingCluster({ n0: hour, n1: hour, n2: hour }, without);
    const { cluster } = nodes;
    for (let i = 1; i <= restarts; i++) {
      cluster.run(1_000);
      nodes.tell("n2", `value ${i}`);
      cluster.run(hours * HOUR_MS - 1_000);
      cluster.kill("n2");
      nodes.forgetNamed();
      cluster.start("n2", true, i * hours * HOUR_MS);
    }
    cluster.run(HOUR_MS);
    return nodes.named;
  };
}
