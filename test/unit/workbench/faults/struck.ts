/** A cluster of hosts that note what is done to them, under a nemesis. */
import assert from "node:assert/strict";
import { seeded } from "../../../../lib/core/random.ts";
import { Clients } from "../../../../lib/workbench/load/client.ts";
import { Cluster } from "../../../../lib/workbench/cluster.ts";
import { STALL_MS_MAX } from "../../../../lib/workbench/faults/injectors.ts";
import { Nemesis, type NemesisEvent } from "../../../../lib/workbench/faults/nemesis.ts";
import { Network } from "../../../../lib/workbench/world/network.ts";
import { simulatedPartitioner } from "../../../../lib/workbench/faults/partitioner.ts";
import { VirtualScheduler } from "../../../../lib/workbench/world/scheduler.ts";
import { defaults, type Settings } from "../../../../lib/workbench/settings.ts";
import { Violations } from "../../../../lib/workbench/verdict/violations.ts";
import type { Host, HostEvents } from "../../../../lib/workbench/world/world.ts";

/** A host that notes what is done to it and answers every request with its ok, or nothing while `mute`. */
class NotingHost implements Host {
  readonly #id: string;
  readonly #events: HostEvents;
  readonly #notes: string[];
  readonly #mute: () => boolean;

  constructor(id: string, events: HostEvents, notes: string[], mute: () => boolean) {
    this.#id = id;
    this.#events = events;
    this.#notes = notes;
    this.#mute = mute;
  }

  receive({ src, body }: Parameters<Host["receive"]>[0]): void {
    this.#notes.push(`${this.#id} ${body.type}`);
    if (this.#mute()) return;
    const reply = { type: `${body.type}_ok`, in_reply_to: body.msg_id ?? 0 };
    this.#events.sent({ src: this.#id, dest: src, body: reply });
  }

  start(): void {
    this.#notes.push(`${this.#id} start`);
  }

  kill(): void {
    this.#notes.push(`${this.#id} kill`);
  }

  pause(): void {
    this.#notes.push(`${this.#id} pause`);
  }

  resume(): void {
    this.#notes.push(`${this.#id} resume`);
  }

  failDisk(fault: string | undefined): void {
    this.#notes.push(`${this.#id} disk ${fault}`);
  }

  stall(ms: number): void {
    assert.ok(ms >= 0 && ms <= STALL_MS_MAX);
    this.#notes.push(`${this.#id} stall`);
  }

  stop(): void {
    this.#notes.push(`${this.#id} stop`);
  }
}

export function world(
  changes: Partial<Settings> = {},
  partitionerOf: typeof simulatedPartitioner = simulatedPartitioner,
) {
  const settings: Settings = { ...defaults, ...changes };
  const nodes = Array.from({ length: settings.nodeCount }, (_, i) => `n${i}`);
  const scheduler = new VirtualScheduler();
  const network = new Network({
    scheduler,
    latency: () => 0,
    random: seeded(1),
    onUnknownDestination: () => {},
  });
  const [notes, events, forgot]: [string[], NemesisEvent[], string[]] = [[], [], []];
  const violations = new Violations();
  const state = { mute: false };
  const elapsed = (): number => scheduler.now();
  const cluster = new Cluster({
    ids: nodes,
    hosts: (id, hostEvents) => new NotingHost(id, hostEvents, notes, () => state.mute),
    scheduler,
    network,
    clients: new Clients(network, scheduler),
    topology: {},
    violations,
    elapsed,
    onDelivered: () => {},
    onMemoryLost: (node) => forgot.push(node),
    onLost: () => {},
    onOutage: () => {},
  });
  const nemesis = new Nemesis({
    settings,
    nodes,
    scheduler,
    network,
    partitioner: partitionerOf(network),
    cluster,
    elapsed,
    script: [],
    perform: () => assert.fail("no script, no operation"),
    setRate: () => assert.fail("no script, no rate"),
    onEvent: (it) => events.push(it),
    onFailure: (sentence) => assert.fail(sentence),
  });
  return { settings, nodes, scheduler, network, cluster, nemesis, notes, events, forgot, violations, state };
}
