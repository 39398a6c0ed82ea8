/** Collects the evidence for a verdict while an examination runs. */
import type { Json } from "../../core/message.ts";
import { Components } from "../faults/components.ts";
import type { Grudge } from "../faults/grudge.ts";
import type { NemesisEvent } from "../faults/nemesis.ts";
import { FinalReads } from "../load/final_reads.ts";
import type { Roster } from "../membership/roster.ts";
import type { RunObserver } from "../report/recording.ts";
import type { Evidence } from "./checker.ts";
import { History, type Op } from "./history.ts";
import { Oddities } from "./oddities.ts";
import { Propagation } from "./propagation.ts";
import { Retention } from "./retention.ts";
import { limitsOf, type Rule } from "../../core/retention/rules.ts";
import { SetFull } from "./set_full.ts";
import { type LossCause, Survival } from "./survival.ts";
import { getOr } from "./values.ts";
import { type ViolationKind, Violations } from "./violations.ts";
import type { Checker, WorkloadDefinition } from "../workloads/workload.ts";

/** What a node with a log has dropped is safe after this, ms, where its disk does not fail; a guess that is far too long. */
const SAFE_MS = 1_000;

export interface EvidenceCollectorOptions {
  readonly workload: WorkloadDefinition;
  /** All that may ever be there, and which of them are members. */
  readonly nodes: readonly string[];
  readonly roster: Roster;
  /** The examination's clock, ms. */
  readonly now: () => number;
  /** ms since the main phase began. */
  readonly elapsed: () => number;
  /** The cut that is on; empty where none is. */
  readonly grudge: () => Grudge;
  /** Hosts tell of deliveries themselves; otherwise values are seen where they are read. */
  readonly seesInside: boolean;
  /** Nodes keep what they hold when they are killed. */
  readonly durable: boolean;
  /** In which all is told, where a workload has no topics of its own. */
  readonly topic: string;
  /** What nodes keep of which topics; by default everything. */
  readonly retain: readonly Rule[];
  /** It is told of what nodes hold and lose, too. */
  readonly recorder: RunObserver | undefined;
}

export class EvidenceCollector {
  readonly violations = new Violations();
  readonly oddities = new Oddities();
  readonly setFull = new SetFull();
  readonly history = new History([(op, invocation) => this.#witness(op, invocation)]);
  readonly finalReads: FinalReads;
  readonly propagation: Propagation;
  readonly events: NemesisEvent[] = [];
  /** Nodes that run elsewhere and are out of reach. */
  readonly outages = new Set<string>();
  readonly #options: EvidenceCollectorOptions;
  readonly #components: Components;
  readonly #survival = new Survival();
  readonly #memoryLostAt = new Map<string, number>();
  /** When nodes were rolled back, or removed. */
  readonly #rolledBackAt = new Map<string, number>();
  /** When nodes began again from what was safe, or from nothing, ascending. */
  readonly #cameBackAt = new Map<string, number[]>();
  readonly #checker: Checker | undefined;
  /** Of values, where they are kept for a while only. */
  readonly #retention: Retention | undefined;

  constructor(options: EvidenceCollectorOptions) {
    this.#options = options;
    this.propagation = new Propagation(options.nodes, options.roster.members);
    this.finalReads = new FinalReads(options.nodes);
    this.#components = new Components(options.nodes);
    options.recorder?.judges?.(this.setFull);
    const cameBack = (node: string, since: number) => this.#firstBack(node, since) !== undefined;
    this.#checker = options.workload.checker?.({
      mayHaveLost: (node, since) =>
        isSince(this.#memoryLostAt, node, since) || isSince(this.#rolledBackAt, node, since),
      cameBack,
      limitsOf: (topic) => limitsOf(options.retain, topic),
    });
    const limits = options.workload.ofValues ? limitsOf(options.retain, options.topic) : undefined;
    this.#retention = limits && new Retention({
      ...{ limits, cameBack },
      mayHaveIt: (node, since) => this.#mayHaveWhatItDropped(node, since),
    });
  }

  accuse(node: string, kind: ViolationKind, reason: string): void {
    this.violations.add({ node, kind, reason, "at-ms": Math.round(this.#options.elapsed()) });
  }

  unknownDestination(node: string, destination: string): void {
    this.accuse(node, "unknown-destination", whyUnknown(destination));
  }

  /** A node holds these values, now at the latest. */
  held(node: string, values: readonly Json[]): void {
    const { recorder, elapsed, now } = this.#options;
    this.propagation.holds(node, values, elapsed());
    recorder?.holds(node, values, now());
  }

  /** A read showed all that a node holds, where nothing else tells. */
  shown(node: string, values: readonly Json[], at: number): void {
    const { recorder, now } = this.#options;
    this.propagation.holds(node, values, at);
    recorder?.shows?.(node, values, now());
  }

  memoryLost(node: string): void {
    const { durable, recorder, elapsed, now } = this.#options;
    this.#beganAgain(node);
    if (durable) return;
    this.#memoryLostAt.set(node, elapsed());
    this.propagation.forgets(node);
    recorder?.loses(node, "all", now());
  }

  /** A node has lost these values; members that stay hold `held` still, or would come back with them, and those that leave `leaving`. */
  lost(
    node: string,
    values: readonly Json[],
    why: LossCause,
    held: Iterable<Json>,
    leaving: Iterable<Json>,
  ): void {
    this.#beganAgain(node);
    const cause = why === "kill" && !this.#options.durable ? "memory" : why;
    if (values.length === 0) return;
    if (cause === "rollback" || cause === "removal") this.#rolledBackAt.set(node, this.#options.elapsed());
    this.#survival.lost(values, cause, held, leaving);
    this.propagation.loses(node, values);
    this.#options.recorder?.loses(node, values, this.#options.now());
  }

  /** A node is a member from now on. */
  joined(node: string): void {
    this.propagation.arrives(node);
  }

  /** It is none any longer. */
  parted(node: string): void {
    this.propagation.departs(node, this.#options.elapsed());
  }

  /** `interrupting`: another fault is on that keeps values from spreading. */
  nemesis(event: NemesisEvent, at: number, interrupting: boolean): void {
    this.events.push(event);
    if (event.fault === "loss" || event.fault === "duplicate" || event.fault === "slow") return;
    if (event.what === "start") this.propagation.interrupted();
    else this.propagation.healed(event.fault, at, interrupting);
  }

  /** A node that runs elsewhere is out of reach for this reason, or, without one, in reach again. */
  outage(node: string, reason: string | undefined, nemesisInterrupts: boolean): void {
    if (reason === undefined) {
      this.outages.delete(node);
      this.#beganAgain(node);
    } else this.outages.add(node);
    const at = this.#options.elapsed();
    const what = reason === undefined ? "stop" : "start";
    const detail = reason ?? "in reach again";
    const event: NemesisEvent = { "at-ms": Math.round(at), fault: `outage of ${node}`, what, detail };
    this.nemesis(event, at, nemesisInterrupts || this.outages.size > 0);
  }

  /** Acknowledged values that no kill can excuse. */
  get promised(): readonly Json[] {
    const kept = this.setFull.elements.filter(({ acked }) =>
      acked !== undefined && (this.#memoryLostAt.get(acked.node) ?? -Infinity) < acked.time
    );
    return kept.map(({ value }) => value);
  }

  /** `digests`: by node, the digest of its values by its own word. `unanswered`: nodes that stopped answering. */
  evidence(digests: ReadonlyMap<string, string>, unanswered: readonly string[]): Evidence {
    return {
      nodes: this.#options.nodes,
      setFull: this.setFull,
      finalReads: this.finalReads,
      rolledBack: (value) => this.#survival.goneWith(value) === "rollback",
      goneWithMembers: (value) => ["memory", "removal"].includes(this.#survival.goneWith(value) ?? ""),
      // Nodes drop what is old when they come to it, and need not hold the same.
      digests: this.#retention === undefined ? digests : new Map(),
      memoryLostSince: (node, at) => isSince(this.#memoryLostAt, node, at),
      unanswered,
      violations: this.violations.kept,
      violationCount: this.violations.count,
      ...this.#checker && { findings: this.#checker.check() },
      ...this.#retention && { retention: this.#retention },
    };
  }

  /** Those of them that are members; the same set where all are. */
  #membersOf(nodes: ReadonlySet<string> | undefined): ReadonlySet<string> | undefined {
    const { roster } = this.#options;
    if (nodes === undefined || roster.members === roster.places) return nodes;
    return new Set([...nodes].filter((node) => roster.isMember(node)));
  }

  #beganAgain(node: string): void {
    getOr(this.#cameBackAt, node, () => []).push(this.#options.elapsed());
  }

  #firstBack(node: string, since: number): number | undefined {
    return this.#cameBackAt.get(node)?.find((at) => at >= since);
  }

  /** Whether a node may have again what it had dropped by then, as it has begun again without knowing of that. */
  #mayHaveWhatItDropped(node: string, since: number): boolean {
    const back = this.#firstBack(node, since);
    if (back === undefined) return false;
    const isKept = this.#options.durable && back >= since + SAFE_MS &&
      !isSince(this.#rolledBackAt, node, since) && !this.events.some(({ fault }) => fault === "disk");
    return !isKept;
  }

  #witness(op: Op, invocation: Op): void {
    this.#options.recorder?.operation(op, invocation);
    this.#checker?.see(op, invocation);
    this.finalReads.see(op);
    if (!this.#options.workload.ofValues) return;
    this.setFull.see(op, invocation);
    this.#retention?.see(op, invocation);
    if (op.f !== "read") {
      const inReach = () => this.#membersOf(this.#components.of(op.node, this.#options.grudge()));
      if (op.type === "invoke") this.propagation.broadcast(op.value, op.time, inReach());
      if (op.type === "ok") this.propagation.acknowledged(op.value, op.node);
    } else if (op.type === "ok" && !this.#options.seesInside && Array.isArray(op.value)) {
      this.shown(op.node, op.value, op.time);
    }
  }
}

function isSince(moments: ReadonlyMap<string, number>, node: string, since: number): boolean {
  return (moments.get(node) ?? -Infinity) >= since;
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
