/** One examination, from the first init to the verdict; the same for every world that has a clock and hosts. */
import assert from "node:assert/strict";
import { fork } from "../core/random.ts";
import { StatusPoller } from "./world/running/status_poller.ts";
import { Clients } from "./load/client.ts";
import { Cluster } from "./cluster.ts";
import { FinalReads } from "./load/final_reads.ts";
import { History, type Op } from "./verdict/history.ts";
import { latency } from "./world/latency.ts";
import { Loads } from "./world/loads.ts";
import { Nemesis, type NemesisEvent } from "./faults/nemesis.ts";
import { Network } from "./world/network.ts";
import { ReadSampler } from "./load/read_sampler.ts";
import { Oddities } from "./verdict/oddities.ts";
import { simulatedPartitioner } from "./faults/partitioner.ts";
import { Components } from "./faults/components.ts";
import type { Recorder } from "./report/recording.ts";
import { conclude, type Results } from "./verdict/results.ts";
import { SetFull } from "./verdict/set_full.ts";
import { type Fault, READ_SHARE, type Settings } from "./settings.ts";
import { takeOver, whyNotUp } from "./setup.ts";
import { Propagation } from "./verdict/propagation.ts";
import { Survival } from "./verdict/survival.ts";
import { topology } from "./load/topology.ts";
import { OBSERVER_PREFIX } from "./world/traffic.ts";
import { Violations } from "./verdict/violations.ts";
import { Workload } from "./load/workload.ts";
import type { HostFactory, Partitioner, Scheduler } from "./world/world.ts";

export type Phase = "setup" | "main" | "recovery" | "final" | "done";

/** Enough for a live line. */
export interface Progress {
  readonly phase: Phase;
  readonly elapsedS: number;
  readonly totalS: number;
  readonly ops: number;
  readonly acknowledged: number;
  /** Between nodes. */
  readonly messages: number;
  readonly faults: readonly Fault[];
}

export interface ExaminationOptions {
  readonly settings: Settings;
  readonly scheduler: Scheduler;
  readonly hosts: HostFactory;
  /** Hosts tell of deliveries themselves; otherwise a read sampler reads the nodes for true times. */
  readonly seesInside: boolean;
  /** Nodes keep what they hold when they are killed. */
  readonly durable?: boolean;
  /** Each node's messages and bytes are to be counted, from the first operation on. */
  readonly loads?: boolean;
  readonly running?: Running;
  /** Keeps what happens, to be drawn and told. */
  readonly recorder?: Recorder | undefined;
  readonly onProgress?: (progress: Progress) => void;
}

/** What is different about nodes that run already and go on running, out of sight: they are watched, and count themselves. */
export interface Running {
  /** Their ids, as many as the settings say. */
  readonly nodes: readonly string[];
  /** The first of the whole numbers that are broadcast; none of them is held already. */
  readonly firstValue: number;
  /** Who makes the cuts; the network is to be told of them. */
  readonly partitioner: (network: Network) => Partitioner;
}

/** How often progress is told, ms. */
const PROGRESS_MS = 250;

export class Examination {
  readonly #options: ExaminationOptions;
  readonly #nodes: readonly string[];
  readonly #violations = new Violations();
  readonly #oddities = new Oddities();
  readonly #setFull = new SetFull();
  readonly #propagation: Propagation;
  readonly #components: Components;
  readonly #finalReads: FinalReads;
  readonly #survival = new Survival();
  readonly #history: History;
  readonly #network: Network;
  readonly #clients: Clients;
  readonly #cluster: Cluster;
  readonly #workload: Workload;
  readonly #partitioner: Partitioner;
  readonly #nemesis: Nemesis;
  readonly #readSampler: ReadSampler | undefined;
  readonly #statusPoller: StatusPoller | undefined;
  readonly #events: NemesisEvent[] = [];
  readonly #memoryLostAt = new Map<string, number>();
  /** Nodes that run elsewhere and are out of reach. */
  readonly #out = new Set<string>();
  /** What the examiner itself could not do, one sentence each. */
  readonly #failures: string[] = [];
  /** What the nodes say of their values after the final reads. */
  #digests: ReadonlyMap<string, string> = new Map();
  #phase: Phase = "setup";
  #startedAt = 0;
  /** When the main phase began; times in results count from here. */
  #mainAt = 0;

  constructor(options: ExaminationOptions) {
    const { settings, scheduler, running } = options;
    this.#options = options;
    this.#nodes = running?.nodes ?? Array.from({ length: settings.nodeCount }, (_, i) => `n${i}`);
    assert(this.#nodes.length === settings.nodeCount, "the settings count the nodes");
    this.#propagation = new Propagation(this.#nodes);
    this.#components = new Components(this.#nodes);
    this.#finalReads = new FinalReads(this.#nodes);
    this.#history = new History([(op, invocation) => this.#witness(op, invocation)]);
    this.#network = this.#makeNetwork();
    this.#clients = new Clients(this.#network, scheduler, undefined, this.#oddities);
    this.#cluster = this.#makeCluster();
    this.#workload = this.#makeWorkload();
    this.#partitioner = (running?.partitioner ?? simulatedPartitioner)(this.#network);
    this.#nemesis = this.#makeNemesis();
    this.#readSampler = options.seesInside ? undefined : this.#makeReadSampler();
    this.#statusPoller = running && this.#makeStatusPoller();
  }

  start(done: (results: Results) => void): void {
    this.#startedAt = this.#options.scheduler.now();
    this.#mainAt = this.#startedAt;
    this.#tellProgress();
    this.#cluster.start((unanswered) => {
      if (unanswered.length > 0) this.#finish(done, whyNotUp(unanswered, this.#cluster));
      else if (this.#statusPoller === undefined) this.#settle(done);
      else this.#takeOver(this.#statusPoller, done);
    });
  }

  #takeOver(statusPoller: StatusPoller, done: (results: Results) => void): void {
    const cut = this.#options.settings.nemesis.includes("partition");
    takeOver(statusPoller, cut ? this.#partitioner : undefined, (held, failures) => {
      this.#setFull.overlook(held);
      if (failures.length === 0) this.#settle(done);
      else this.#finish(done, failures);
    });
  }

  /** Clients begin at once, as under Maelstrom: nodes have to cope with what their start has left behind. */
  #settle(done: (results: Results) => void): void {
    this.#counted(() => this.#runMain(done));
  }

  /** Asks nodes that count for themselves, where there are such. */
  #counted(then: () => void): void {
    if (this.#statusPoller === undefined) then();
    else this.#statusPoller.count(then);
  }

  #runMain(done: (results: Results) => void): void {
    const { scheduler, settings } = this.#options;
    this.#phase = "main";
    this.#mainAt = scheduler.now();
    // Starting the processes keeps the machine busy; nothing was measured then.
    scheduler.takeLateMs();
    this.#network.traffic.loads?.clear();
    this.#nemesis.start();
    this.#workload.start();
    this.#readSampler?.start();
    this.#statusPoller?.start();
    scheduler.at(this.#mainAt + settings.timeLimitS * 1000, () => this.#runRecovery(done));
  }

  #runRecovery(done: (results: Results) => void): void {
    const { scheduler, settings } = this.#options;
    this.#phase = "recovery";
    this.#nemesis.stop(() => {
      scheduler.at(scheduler.now() + settings.recoveryS * 1000, () => {
        this.#workload.whenIdle(() => this.#cluster.whenSettled(() => this.#runFinal(done)));
      });
    });
  }

  #runFinal(done: (results: Results) => void): void {
    this.#phase = "final";
    this.#workload.finalReads(() => this.#counted(() => this.#finish(done, [])));
  }

  #finish(done: (results: Results) => void, setupFailures: readonly string[]): void {
    this.#readSampler?.stop();
    this.#statusPoller?.stop();
    for (const id of this.#out) {
      this.#failures.push(`Out of reach at the end: ${id}: ${this.#cluster.whyOutOfReach(id)}.`);
    }
    for (const id of this.#mute(setupFailures)) this.#cluster.accuseOfHalfLine(id);
    this.#digests = this.#statusPoller?.digests ?? this.#cluster.digests;
    this.#cluster.stop();
    this.#phase = "done";
    this.#options.onProgress?.(this.#progress());
    done(this.#conclude(setupFailures));
  }

  /** Nodes that did not say what they were asked; before the load, any of them. */
  #mute(setupFailures: readonly string[]): ReadonlySet<string> {
    if (setupFailures.length > 0) return new Set(this.#nodes);
    return new Set([...this.#workload.unanswered, ...this.#finalReads.missing]);
  }

  #conclude(setupFailures: readonly string[]): Results {
    return conclude({
      evidence: {
        nodes: this.#nodes,
        setFull: this.#setFull,
        finalReads: this.#finalReads,
        rolledBack: (value) => this.#survival.isGone(value),
        digests: this.#digests,
        memoryLostSince: (node, at) => (this.#memoryLostAt.get(node) ?? -Infinity) >= at,
        unanswered: this.#workload.unanswered,
        violations: this.#violations.kept,
        violationCount: this.#violations.count,
      },
      history: this.#history,
      traffic: this.#network.traffic,
      wire: this.#statusPoller?.wire,
      lateReplies: this.#clients.lateReplies,
      unusual: this.#oddities.all,
      propagation: this.#propagation,
      observedEveryMs: this.#readSampler?.everyMs ?? 0,
      nemesis: this.#events,
      settings: this.#options.settings,
      timeMs: this.#options.scheduler.now() - this.#startedAt,
      lateMs: this.#options.scheduler.takeLateMs(),
      setupFailures,
      examinerFailures: this.#failures,
    });
  }

  /** ms since the main phase began. */
  #elapsed(): number {
    return this.#options.scheduler.now() - this.#mainAt;
  }

  #witness(op: Op, invocation: Op): void {
    this.#setFull.see(op, invocation);
    this.#finalReads.see(op);
    if (op.f === "broadcast") {
      const inReach = () => this.#components.of(op.node, this.#network.grudge);
      if (op.type === "invoke") this.#propagation.broadcast(op.value, op.time, inReach());
      if (op.type === "ok") this.#propagation.acknowledged(op.value, op.node);
    } else if (op.type === "ok" && !this.#options.seesInside && Array.isArray(op.value)) {
      this.#propagation.holds(op.node, op.value, op.time);
    }
  }

  #makeNetwork(): Network {
    const { settings, scheduler, recorder, loads = false } = this.#options;
    const { seed, latencyDist, latencyMs } = settings;
    return new Network({
      scheduler,
      latency: latency(latencyDist, latencyMs, fork(seed, "latency")),
      bandwidthBps: settings.bandwidthBps,
      random: fork(seed, "network"),
      loads: loads ? new Loads() : undefined,
      observer: recorder,
      onUnknownDestination: (node, destination) => {
        const reason = whyUnknown(destination);
        this.#violations.add({
          node,
          kind: "unknown-destination",
          reason,
          "at-ms": Math.round(this.#elapsed()),
        });
      },
    });
  }

  #makeCluster(): Cluster {
    const { settings, scheduler, hosts, recorder } = this.#options;
    return new Cluster({
      ids: this.#nodes,
      hosts,
      scheduler,
      network: this.#network,
      clients: this.#clients,
      topology: topology(settings.topology, this.#nodes),
      violations: this.#violations,
      oddities: this.#oddities,
      elapsed: () => this.#elapsed(),
      onDelivered: (node, values) => {
        this.#propagation.holds(node, values, this.#elapsed());
        recorder?.holds(node, values, scheduler.now());
      },
      onMemoryLost: (node) => {
        if (this.#options.durable) return;
        this.#memoryLostAt.set(node, this.#elapsed());
        recorder?.loses(node, "all", scheduler.now());
        this.#propagation.forgets(node);
      },
      onLost: (node, values, cause) => {
        if (values.length === 0) return;
        this.#survival.lost(values, cause, this.#cluster.holds());
        this.#propagation.loses(node, values);
        recorder?.loses(node, values, scheduler.now());
      },
      onOutage: (node, reason) => this.#onOutage(node, reason),
    });
  }

  #makeWorkload(): Workload {
    const { settings, scheduler } = this.#options;
    return new Workload({
      nodes: this.#nodes,
      firstValue: this.#options.running?.firstValue ?? 0,
      rate: settings.rate,
      readShare: settings.readShare ?? READ_SHARE,
      timeLimitMs: settings.timeLimitS * 1000,
      random: fork(settings.seed, "workload"),
      scheduler,
      clients: this.#clients,
      cluster: this.#cluster,
      history: this.#history,
      elapsed: () => this.#elapsed(),
      oddities: this.#oddities,
      onMalformedReply: (node, reason) => {
        this.#violations.add({ node, kind: "malformed-reply", reason, "at-ms": Math.round(this.#elapsed()) });
      },
      onFinalRefusal: (node, text) => this.#finalReads.refused(node, text),
    });
  }

  #makeNemesis(): Nemesis {
    const { settings, scheduler } = this.#options;
    return new Nemesis({
      settings,
      nodes: this.#nodes,
      scheduler,
      network: this.#network,
      partitioner: this.#partitioner,
      cluster: this.#cluster,
      elapsed: () => this.#elapsed(),
      onEvent: (event, at) => this.#onNemesis(event, at),
      onFailure: (sentence) => this.#failures.push(sentence),
    });
  }

  #onNemesis(event: NemesisEvent, at: number): void {
    this.#events.push(event);
    if (event.fault === "loss" || event.fault === "duplicate") return;
    if (event.what === "start") this.#propagation.interrupted();
    else this.#propagation.healed(event.fault, at, this.#interrupting);
  }

  /** Somebody else killed a node, or started it again; or it did so by itself, which looks the same from here. */
  #onOutage(node: string, reason: string | undefined): void {
    if (reason === undefined) this.#out.delete(node);
    else this.#out.add(node);
    const what = reason === undefined ? "stop" : "start";
    const fault = `outage of ${node}` as const;
    const at = this.#elapsed();
    this.#events.push({
      "at-ms": Math.round(at),
      fault,
      what,
      detail: reason ?? "in reach again",
    });
    if (reason === undefined) return this.#propagation.healed(fault, at, this.#interrupting);
    this.#propagation.interrupted();
    this.#workload.giveUp(node);
  }

  /** Something is on that keeps values from spreading. */
  get #interrupting(): boolean {
    return this.#nemesis.interrupting || this.#out.size > 0;
  }

  #makeReadSampler(): ReadSampler {
    const { scheduler } = this.#options;
    return new ReadSampler({
      nodes: this.#nodes,
      scheduler,
      clients: new Clients(this.#network, scheduler, OBSERVER_PREFIX),
      cluster: this.#cluster,
      onRead: (node, values) => this.#propagation.holds(node, values, this.#elapsed()),
    });
  }

  #makeStatusPoller(): StatusPoller {
    const { scheduler } = this.#options;
    return new StatusPoller({
      nodes: this.#nodes,
      scheduler,
      clients: new Clients(this.#network, scheduler, OBSERVER_PREFIX),
      cluster: this.#cluster,
      traffic: this.#network.traffic,
    });
  }

  #tellProgress(): void {
    const { onProgress, scheduler } = this.#options;
    if (onProgress === undefined || this.#phase === "done") return;
    onProgress(this.#progress());
    scheduler.at(scheduler.now() + PROGRESS_MS, () => this.#tellProgress());
  }

  #progress(): Progress {
    const { timeLimitS, recoveryS } = this.#options.settings;
    return {
      phase: this.#phase,
      elapsedS: this.#elapsed() / 1000,
      totalS: timeLimitS + recoveryS,
      ops: this.#history.invocations,
      acknowledged: this.#history.counts("broadcast")["ok-count"],
      messages: this.#network.traffic.servers["send-count"],
      faults: this.#nemesis.active,
    };
  }
}

/** Nodes that Maelstrom runs beside those under examination (service.clj). */
const SERVICES = ["lin-kv", "seq-kv", "lww-kv", "lin-tso"];

function whyUnknown(destination: string): string {
  if (SERVICES.includes(destination)) {
    return `it sent a message to ${destination}, which Maelstrom has and this examiner has not`;
  }
  return `it sent a message to ${JSON.stringify(destination)}, and there is no such node or client: ` +
    "Maelstrom reads nothing that it prints from then on";
}
