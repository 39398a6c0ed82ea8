/** Runs a script in an examination: every action at its time, and at the end all is mended that it left broken. */
import type { Json } from "../../core/message.ts";
import { fork } from "../../core/random.ts";
import type { Cluster } from "../cluster.ts";
import { parseGrudge } from "../faults/grudge.ts";
import type { Network } from "../world/network.ts";
import type { Partitioner, Scheduler } from "../world/world.ts";
import { type Action, type Deed, type Script, type ScriptFault, toDecimals } from "./script.ts";

export interface ScriptRunnerOptions {
  readonly script: Script;
  readonly nodes: readonly string[];
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly partitioner: Partitioner;
  readonly cluster: Cluster;
  /** Decides what grudges cut that leave something to chance. */
  readonly seed: number;
  /** ms since the load began. */
  readonly elapsed: () => number;
  /** One operation at this node, now. */
  readonly perform: (node: string, f: "broadcast" | "read", value?: Json) => void;
  /** So many operations a second from now on, over all clients. */
  readonly setRate: (rate: number) => void;
  readonly tell: (fault: ScriptFault, what: "start" | "stop", detail: string) => void;
  /** A cut could not be made or ended, in a sentence. */
  readonly onFailure: (sentence: string) => void;
}

/** Times have thousandths of ms, and what a clock adds up is less exact. */
const TOLERANCE_MS = 0.0005;

/** How a fault strikes one node, and how it is mended; both say whether they applied. */
interface Blow {
  readonly strike: (cluster: Cluster, id: string) => boolean;
  readonly mend: (cluster: Cluster, id: string) => boolean;
}

const blows: Readonly<Record<"pause" | "kill", Blow>> = {
  pause: { strike: (cluster, id) => cluster.pause(id), mend: (cluster, id) => cluster.resume(id) },
  kill: { strike: (cluster, id) => cluster.kill(id), mend: (cluster, id) => cluster.restart(id) },
};

export class ScriptRunner {
  readonly #options: ScriptRunnerOptions;
  /** What is broken now: the faults without a node, and the nodes of the others. */
  readonly #struck = { pause: new Set<string>(), kill: new Set<string>(), slow: new Set<string>() };
  readonly #steady = new Set<"loss" | "duplicate">();
  #startedAt = 0;
  /** How many actions have been run. */
  #done = 0;
  #isCut = false;
  /** Cuts and heals that are not certain yet. */
  #pending = 0;
  #ended = false;
  #whenMended: (() => void) | undefined;

  constructor(options: ScriptRunnerOptions) {
    this.#options = options;
  }

  /** What is due at once, and the rest at its time. */
  start(): void {
    this.#startedAt = this.#options.scheduler.now();
    this.#runOn();
  }

  #runOn(): void {
    if (this.#ended) return;
    const next = this.#runDue();
    if (next === undefined) return;
    this.#options.scheduler.at(this.#startedAt + next.at, () => this.#runOn());
  }

  /** Does it now, unless the load is over. */
  act(deed: Deed): void {
    if (!this.#ended) this.#do(deed);
  }

  /** The faults that are on. */
  get active(): readonly ScriptFault[] {
    const { pause, kill, slow } = this.#struck;
    return [
      ...this.#isCut || this.#pending > 0 ? ["partition"] as const : [],
      ...pause.size > 0 ? ["pause"] as const : [],
      ...kill.size > 0 ? ["kill"] as const : [],
      ...slow.size > 0 ? ["slow"] as const : [],
      ...this.#steady,
    ];
  }

  /** Whether a fault is on that keeps values from spreading, other than by chance. */
  get interrupting(): boolean {
    return this.active.some((fault) => fault === "partition" || fault === "pause" || fault === "kill");
  }

  /** Heals, resumes, starts and ends the rest; no action comes any more. `mended` is called back once that is done. */
  stop(mended: () => void): void {
    // In real time the last action may be due at the very moment at which the load ends, and not have had its turn.
    this.#runDue();
    this.#ended = true;
    this.#whenMended = mended;
    if (this.#pending === 0) this.#heal();
    for (const node of this.#struck.pause) this.#mend("pause", node);
    for (const node of this.#struck.kill) this.#mend("kill", node);
    for (const node of this.#struck.slow) this.#slow(node, 0);
    for (const kind of this.#steady) this.#share(kind, 0);
  }

  /** Runs what is due, and returns the action that comes next. */
  #runDue(): Action | undefined {
    const { script, elapsed } = this.#options;
    for (;;) {
      const next = script[this.#done];
      if (next === undefined || next.at > elapsed() + TOLERANCE_MS) return next;
      this.#done++;
      this.#do(next);
    }
  }

  #do(deed: Deed): void {
    switch (deed.kind) {
      case "broadcast":
        return this.#options.perform(deed.node, "broadcast", deed.value);
      case "read":
        return this.#options.perform(deed.node, "read");
      case "cut":
        return this.#cut(deed.grudge);
      case "heal":
        return this.#heal();
      case "pause":
      case "kill":
        return this.#strike(deed.kind, deed.node);
      case "resume":
        return this.#mend("pause", deed.node);
      case "start":
        return this.#mend("kill", deed.node);
      case "slow":
        return this.#slow("link" in deed ? deed.link : deed.node, deed.ms);
      case "rate":
        return this.#options.setRate(deed.rate);
      case "loss":
      case "duplicate":
        return this.#share(deed.kind, deed.share);
    }
  }

  #cut(spec: string): void {
    const { nodes, partitioner, onFailure, seed, tell } = this.#options;
    const parsed = parseGrudge(spec, nodes);
    if (!parsed.ok) return onFailure(`Cut ${spec}: ${parsed.reason}.`);
    const { grudge, detail } = parsed.draw(fork(seed, `script:${spec}`));
    this.#pending++;
    partitioner.partition(grudge, (failure) => {
      this.#pending--;
      this.#isCut = true;
      if (failure !== undefined) onFailure(`Partition ${detail}: ${failure}.`);
      tell("partition", "start", detail);
      this.#settled();
    });
  }

  #heal(): void {
    if (!this.#isCut) return;
    const { partitioner, onFailure, tell } = this.#options;
    this.#pending++;
    partitioner.heal((failure) => {
      // Before it is told: what heals is no fault any more.
      this.#pending--;
      this.#isCut = false;
      if (failure !== undefined) onFailure(`Heal: ${failure}.`);
      tell("partition", "stop", "healed");
      this.#settled();
    });
  }

  /** A cut that was being made when the script ended is healed as soon as it is on. */
  #settled(): void {
    if (!this.#ended || this.#pending > 0) return;
    if (this.#isCut) this.#heal();
    else this.#whenMended?.();
  }

  #strike(kind: "pause" | "kill", node: string): void {
    if (!blows[kind].strike(this.#options.cluster, node)) return;
    // A node that is killed is paused no more.
    if (kind === "kill" && this.#struck.pause.delete(node)) this.#options.tell("pause", "stop", node);
    this.#struck[kind].add(node);
    this.#options.tell(kind, "start", node);
  }

  #mend(kind: "pause" | "kill", node: string): void {
    if (!this.#struck[kind].delete(node)) return;
    if (blows[kind].mend(this.#options.cluster, node)) this.#options.tell(kind, "stop", node);
  }

  /** A node, or a link as "n0-n1". */
  #slow(where: string, ms: number): void {
    this.#options.network.setSlow(where, ms);
    if (ms > 0) {
      this.#struck.slow.add(where);
      this.#options.tell("slow", "start", `${where} by ${ms} ms`);
    } else if (this.#struck.slow.delete(where)) this.#options.tell("slow", "stop", where);
  }

  #share(kind: "loss" | "duplicate", share: number): void {
    const { network, tell } = this.#options;
    if (kind === "loss") network.setLoss(share);
    else network.setDuplicates(share);
    if (share > 0) {
      this.#steady.add(kind);
      tell(kind, "start", `${toDecimals(share * 100, 4)} %`);
    } else if (this.#steady.delete(kind)) tell(kind, "stop", "none");
  }
}
