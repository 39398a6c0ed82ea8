/** The parts of one examination, and what they tell each other; the same for every world that has a clock and hosts. */
import { assert } from "../core/assert.ts";
import { fork } from "../core/random.ts";
import { StatusPoller, type StatusPollerOptions } from "./world/running/status_poller.ts";
import { Agreement } from "./load/agreement.ts";
import { Clients } from "./load/client.ts";
import { Cluster } from "./cluster.ts";
import { latency } from "./world/lines/latency.ts";
import { Loads } from "./world/loads.ts";
import { Membership } from "./membership/membership.ts";
import { Roster } from "./membership/roster.ts";
import { Nemesis } from "./faults/nemesis.ts";
import { type NetLog, Network } from "./world/network.ts";
import { ReadSampler } from "./load/read_sampler.ts";
import { simulatedPartitioner } from "./faults/partitioner.ts";
import type { RunObserver } from "./report/recording.ts";
import { EvidenceCollector } from "./verdict/collector.ts";
import { firstValueBeside, type Script } from "./script/script.ts";
import { scriptOf } from "./script/parse_script.ts";
import { isOpen, nodeIds, placesOf, READ_SHARE, type Settings } from "./settings.ts";
import type { Running } from "./setup.ts";
import { topology } from "./load/topology.ts";
import { OBSERVER_PREFIX } from "./world/traffic.ts";
import { Workload } from "./load/workload.ts";
import type { WorkloadDefinition } from "./workloads/workload.ts";
import { broadcastIn } from "./workloads/sets.ts";
import { workloadOf } from "./workloads/workloads.ts";
import type { HostFactory, Partitioner, Scheduler } from "./world/world.ts";

export interface AssemblyOptions {
  readonly settings: Settings;
  readonly scheduler: Scheduler;
  readonly hosts: HostFactory;
  /** Hosts tell of deliveries themselves; otherwise a read sampler reads the nodes for true times. */
  readonly seesInside: boolean;
  /** Nodes keep what they hold when they are killed. */
  readonly durable?: boolean;
  /** The rest ends as soon as all nodes that are read by the sampler agree, and no answer of a killed node is waited for. */
  readonly hurried?: boolean;
  /** Each node's messages and bytes are to be counted, from the first operation on. */
  readonly loads?: boolean;
  readonly running?: Running;
  /** Keeps what happens, to be drawn and told. */
  readonly recorder?: RunObserver | undefined;
  readonly netLog?: NetLog | undefined;
}

export class Assembly {
  readonly #options: AssemblyOptions;
  readonly definition: WorkloadDefinition;
  /** All that may ever be there. */
  readonly nodes: readonly string[];
  readonly roster: Roster;
  readonly #script: Script;
  readonly collector: EvidenceCollector;
  readonly network: Network;
  readonly clients: Clients;
  readonly cluster: Cluster;
  /** Only where members come and go. */
  readonly membership: Membership | undefined;
  readonly workload: Workload;
  readonly partitioner: Partitioner;
  readonly nemesis: Nemesis;
  readonly readSampler: ReadSampler | undefined;
  readonly statusPoller: StatusPoller | undefined;
  #agreement: Agreement | undefined;
  /** Failures of the examiner itself, one sentence each. */
  readonly failures: string[] = [];
  /** When the main phase began; times in results count from here. */
  mainAt = 0;

  constructor(options: AssemblyOptions) {
    const { settings, scheduler, running } = options;
    this.#options = options;
    this.definition = running?.topic === undefined ? workloadOf(settings) : broadcastIn(running.topic);
    this.nodes = running?.nodes ?? placesOf(settings);
    this.roster = new Roster(this.nodes, isOpen(settings) ? nodeIds(settings.nodeCount) : this.nodes);
    assert(this.roster.members.length === settings.nodeCount, "the settings count the nodes");
    this.#script = scriptOf(settings.script, this.nodes);
    this.collector = this.#makeCollector();
    this.network = this.#makeNetwork();
    this.clients = new Clients(this.network, scheduler, undefined, this.collector.oddities);
    this.membership = isOpen(settings) ? this.#makeMembership() : undefined;
    this.cluster = this.#makeCluster();
    this.workload = this.#makeWorkload();
    this.partitioner = (running?.partitioner ?? simulatedPartitioner)(this.network);
    this.nemesis = this.#makeNemesis();
    this.readSampler = options.seesInside ? undefined : this.#makeReadSampler();
    this.statusPoller = running && this.#makeStatusPoller();
  }

  /** ms since the main phase began. */
  elapsed(): number {
    return this.#options.scheduler.now() - this.mainAt;
  }

  /** From now on it is noted which nodes agree. */
  watchAgreement(): Agreement {
    return this.#agreement = new Agreement(this.nodes, this.collector);
  }

  #makeCollector(): EvidenceCollector {
    const { settings, seesInside, durable = false, recorder, scheduler, running } = this.#options;
    return new EvidenceCollector({
      ...{ workload: this.definition, nodes: this.nodes, roster: this.roster, now: () => scheduler.now() },
      elapsed: () => this.elapsed(),
      grudge: () => this.network.grudge,
      ...{ seesInside, durable, recorder, retain: settings.retain ?? [] },
      topic: running?.topic ?? "",
    });
  }

  #makeNetwork(): Network {
    const { settings, scheduler, recorder, netLog: log, loads = false } = this.#options;
    const { seed, latencyDist, latencyMs } = settings;
    return new Network({
      scheduler,
      latency: latency(latencyDist, latencyMs, fork(seed, "latency")),
      bandwidthBps: settings.bandwidthBps,
      random: fork(seed, "network"),
      loads: loads ? new Loads() : undefined,
      ...{ observer: recorder, log },
      onUnknownDestination: (node, destination) => this.collector.unknownDestination(node, destination),
    });
  }

  #makeMembership(): Membership {
    const { settings, scheduler } = this.#options;
    return new Membership({
      ...{ settings, scheduler, roster: this.roster, clients: this.clients },
      cluster: () => this.cluster,
      grudge: () => this.network.grudge,
      onJoined: (node) => this.collector.joined(node),
    });
  }

  #makeCluster(): Cluster {
    const { settings, scheduler, hosts } = this.#options;
    return new Cluster({
      ...{ ids: this.nodes, hosts, scheduler, network: this.network, clients: this.clients },
      ...{ violations: this.collector.violations, oddities: this.collector.oddities },
      ...this.membership && { roster: this.roster, introduction: this.membership.enrolment },
      topology: this.definition.advises ? topology(settings.topology, this.nodes) : undefined,
      elapsed: () => this.elapsed(),
      onDelivered: (node, values) => this.collector.held(node, values),
      onMemoryLost: (node) => {
        this.collector.memoryLost(node);
        this.membership?.memoryLost();
        if (this.#options.hurried) this.workload.giveUp(node);
      },
      onLost: (node, values, cause) =>
        this.collector.lost(node, values, cause, this.cluster.holds(), this.cluster.holds({ leaving: true })),
      onParted: (node) => this.collector.parted(node),
      onOutage: (node, reason) => this.#onOutage(node, reason),
    });
  }

  #makeWorkload(): Workload {
    const { settings, scheduler } = this.#options;
    return new Workload({
      definition: this.definition,
      ...{ nodes: this.nodes, scheduler, clients: this.clients, cluster: this.cluster },
      ...this.membership && { placeFor: this.membership.placeFor },
      ...{ history: this.collector.history, oddities: this.collector.oddities },
      firstValue: this.#options.running?.firstValue ?? firstValueBeside(this.#script),
      ...{ rate: settings.rate, readShare: settings.readShare ?? READ_SHARE },
      timeLimitMs: settings.timeLimitS * 1000,
      random: fork(settings.seed, "workload"),
      elapsed: () => this.elapsed(),
      onMalformedReply: (node, reason) => this.collector.accuse(node, "malformed-reply", reason),
      onFinalRefusal: (node, text) => this.collector.finalReads.refused(node, text),
    });
  }

  #makeNemesis(): Nemesis {
    const { settings, scheduler } = this.#options;
    return new Nemesis({
      ...{ settings, nodes: this.nodes, scheduler, network: this.network, script: this.#script },
      comings: this.membership?.comings,
      perform: (...operation) => this.workload.perform(...operation),
      setRate: (rate) => this.workload.setRate(rate),
      ...{ partitioner: this.partitioner, cluster: this.cluster, elapsed: () => this.elapsed() },
      onEvent: (event, at) => this.collector.nemesis(event, at, this.#interrupting),
      onFailure: (sentence) => this.failures.push(sentence),
    });
  }

  /** Somebody else killed a node, or started it again; or it did so by itself, which looks the same from here. */
  #onOutage(node: string, reason: string | undefined): void {
    this.collector.outage(node, reason, this.nemesis.interrupting);
    if (reason !== undefined) this.workload.giveUp(node);
  }

  /** Whether something is on that keeps values from spreading. */
  get #interrupting(): boolean {
    return this.nemesis.interrupting || this.collector.outages.size > 0;
  }

  /** Options that read sampler and status poller share; their messages are counted apart. */
  #observing(): Omit<StatusPollerOptions, "traffic" | "read"> {
    const { scheduler } = this.#options;
    const clients = new Clients(this.network, scheduler, OBSERVER_PREFIX);
    return { nodes: this.nodes, scheduler, clients, cluster: this.cluster };
  }

  #makeReadSampler(): ReadSampler | undefined {
    if (!this.definition.ofValues) return undefined;
    return new ReadSampler({
      ...this.#observing(),
      field: this.definition.operations.read?.field ?? "messages",
      onRead: (node, values) => {
        this.collector.shown(node, values, this.elapsed());
        this.#agreement?.saw(node, values);
      },
    });
  }

  #makeStatusPoller(): StatusPoller {
    const { operations } = this.definition;
    return new StatusPoller({
      ...{ ...this.#observing(), traffic: this.network.traffic },
      read: operations.read?.request(null) ?? { type: "read" },
    });
  }
}
