/** A cluster on thin lines, whose last node has much to catch up with, and how that goes. */
import type { Envelope, Json } from "../../lib/core/message.ts";
import { type Mechanism, Node } from "../../lib/core/node.ts";
import { seeded } from "../../lib/core/random.ts";
import { Loads } from "../../lib/workbench/world/loads.ts";
import { completeGrudge } from "../../lib/workbench/faults/grudge.ts";
import { Network } from "../../lib/workbench/world/network.ts";
import { VirtualScheduler } from "../../lib/workbench/world/scheduler.ts";
import { simHosts } from "../../lib/workbench/world/sim.ts";

/** Lines of one bandwidth, and a last node that has much to catch up with. */
export interface Story {
  readonly nodeCount?: number;
  readonly bandwidthBps: number;
  readonly latencyMs?: number;
  /** The backlog, bytes, in values of so many. */
  readonly backlogBytes: number;
  readonly valueBytes?: number;
  /** The last node has been there before: it is cut off while the backlog comes. Otherwise it is started after it. */
  readonly heals?: boolean;
  /** Further values, each second at each node, of so many bytes, once the last node is there. */
  readonly fresh?: { readonly hz: number; readonly bytes: number };
  readonly without?: readonly Mechanism[];
}

export interface Outcome {
  /** Until the last node had all of the backlog, beside what the line takes for its bytes. */
  readonly timeRatio: number;
  /** What came to the last node meanwhile, beside the backlog and what else was broadcast meanwhile. */
  readonly bytesRatio: number;
  /** How often anybody began to count anybody as lost. */
  readonly losses: number;
  /** From a fresh value's broadcast to the last node that took it in, ms. */
  readonly latestMs: number;
}

const AWAY_MS = 20_000;
const STEP_MS = 10;

/** A cluster on lines of one bandwidth, driven from outside. */
class Cluster {
  readonly scheduler = new VirtualScheduler();
  readonly ids: readonly string[];
  readonly network: Network;
  readonly held = new Map<string, Map<Json, number>>();
  losses = 0;
  readonly #hosts = new Map<string, { start(): void }>();
  readonly #nodes = new Map<string, Node>();
  readonly #lost = new Set<string>();

  constructor({ nodeCount = 2, bandwidthBps, latencyMs = 1, without = [] }: Story) {
    this.ids = Array.from({ length: nodeCount }, (_, i) => `n${i}`);
    this.network = new Network({
      scheduler: this.scheduler,
      latency: () => latencyMs,
      bandwidthBps,
      random: seeded(1),
      loads: new Loads(),
      onUnknownDestination: () => {},
    });
    for (const id of this.ids) this.#add(id, without);
  }

  get last(): string {
    return this.ids.at(-1) as string;
  }

  start(id: string): void {
    this.#hosts.get(id)?.start();
    this.network.up(id);
    this.ask(id, { type: "init", node_id: id, node_ids: this.ids });
  }

  ask(dest: string, body: Envelope["body"]): void {
    this.network.send({ src: "c0", dest, body: { msg_id: 1, ...body } });
  }

  broadcast(dest: string, message: Json): void {
    this.ask(dest, { type: "broadcast", message });
  }

  run(ms: number): void {
    const end = this.scheduler.now() + ms;
    while (this.scheduler.now() < end) {
      this.scheduler.run(Math.min(end, this.scheduler.now() + STEP_MS));
      this.#noteLosses();
    }
  }

  received(id: string): number {
    return this.network.traffic.loads?.byNode[id]?.["recv-bytes"] ?? 0;
  }

  #add(id: string, without: readonly Mechanism[]): void {
    const held = new Map<Json, number>();
    this.held.set(id, held);
    const make = (options: ConstructorParameters<typeof Node>[0]) => {
      const node = new Node(options);
      this.#nodes.set(id, node);
      return node;
    };
    const host = simHosts(1, this.scheduler, { without }, make)(id, {
      sent: (envelope) => envelope.dest.startsWith("c") || this.network.send(envelope),
      delivered: (values) => values.forEach((value) => held.set(value, this.scheduler.now())),
      ...{ misbehaved: () => {}, gone: () => {}, back: () => {}, lost: () => {} },
    });
    this.#hosts.set(id, host);
    this.network.addNode(id, (envelope) => host.receive(envelope), (src) => host.arriving?.(src));
  }

  #noteLosses(): void {
    for (const [id, node] of this.#nodes) {
      for (const peer of node.status.peers) {
        const link = `${id} ${peer.id}`;
        if (peer.suspectedAt === undefined) this.#lost.delete(link);
        else if (!this.#lost.has(link)) {
          this.losses++;
          this.#lost.add(link);
        }
      }
    }
  }
}

function text(name: string, bytes: number): string {
  return name.padEnd(bytes - 2, "x");
}

export function tell(story: Story): Outcome {
  const { backlogBytes, valueBytes = 20_000, heals = false, bandwidthBps } = story;
  const cluster = new Cluster(story);
  const { last, ids } = cluster;
  const backlog = Array.from({ length: backlogBytes / valueBytes }, (_, i) => text(`old ${i}`, valueBytes));
  for (const id of ids) if (heals || id !== last) cluster.start(id);
  cluster.run(3_000);
  cluster.network.partition(completeGrudge([ids.slice(0, -1), [last]]));
  if (ids.length > 2) {
    // The others need not wait for one another.
    for (const value of backlog) {
      cluster.broadcast("n0", value);
      cluster.run(8_000 * valueBytes * 1.2 / bandwidthBps);
    }
  } else for (const value of backlog) cluster.broadcast("n0", value);
  cluster.run(AWAY_MS);
  cluster.network.heal();
  cluster.losses = 0;
  if (!heals) cluster.start(last);
  return follow(story, cluster, backlog);
}

function follow(story: Story, cluster: Cluster, backlog: readonly Json[]): Outcome {
  const { fresh = { hz: 0, bytes: 0 }, bandwidthBps, backlogBytes } = story;
  const { last, ids, scheduler } = cluster;
  const since = scheduler.now();
  const before = cluster.received(last);
  const told = new Map<Json, number>();
  const mine = cluster.held.get(last) as Map<Json, number>;
  const ownMs = 8_000 * backlogBytes / bandwidthBps;
  const stepMs = fresh.hz > 0 ? 1_000 / fresh.hz : 50;
  while (!backlog.every((value) => mine.has(value)) && scheduler.now() - since < 10 * ownMs) {
    if (fresh.hz > 0) {
      for (const id of ids) {
        const value = text(`new ${told.size}`, fresh.bytes);
        told.set(value, scheduler.now());
        cluster.broadcast(id, value);
      }
    }
    cluster.run(stepMs);
  }
  const doneAt = Math.max(...backlog.map((value) => mine.get(value) ?? Infinity));
  const bytes = cluster.received(last) - before;
  const losses = cluster.losses;
  cluster.run(10_000);
  const lates = [...told].flatMap(([value, at]) =>
    ids.map((id) => (cluster.held.get(id)?.get(value) ?? Infinity) - at)
  );
  return {
    timeRatio: (doneAt - since) / (ownMs + 8_000 * told.size * fresh.bytes / bandwidthBps),
    bytesRatio: bytes / (backlogBytes + told.size * fresh.bytes),
    losses,
    latestMs: Math.max(0, ...lates),
  };
}
