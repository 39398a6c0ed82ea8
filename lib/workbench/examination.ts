/** One examination, from the first init to the verdict; the same for every world that has a clock and hosts. */
import { assert } from "../core/assert.ts";
import { Assembly, type AssemblyOptions } from "./assembly.ts";
import type { StatusPoller } from "./world/running/status_poller.ts";
import { rest } from "./load/agreement.ts";
import type { Change } from "./membership/operator.ts";
import { type ExaminationProgress, type Phase, tellProgress } from "./progress.ts";
import { conclude, type Results } from "./verdict/results.ts";
import type { Deed } from "./script/script.ts";
import { takeOver, whyNotUp } from "./setup.ts";

export interface ExaminationOptions extends AssemblyOptions {
  readonly onProgress?: (progress: ExaminationProgress) => void;
}

export class Examination {
  readonly #options: ExaminationOptions;
  readonly #parts: Assembly;
  #phase: Phase = "setup";
  #startedAt = 0;

  constructor(options: ExaminationOptions) {
    this.#options = options;
    this.#parts = new Assembly(options);
  }

  start(done: (results: Results) => void): void {
    const { scheduler, onProgress } = this.#options;
    const { cluster, statusPoller } = this.#parts;
    this.#startedAt = this.#parts.mainAt = scheduler.now();
    if (onProgress !== undefined) tellProgress(scheduler, () => this.#progress(), onProgress);
    cluster.start((unanswered) => {
      if (unanswered.length > 0) this.#finish(done, whyNotUp(unanswered, cluster));
      else if (statusPoller === undefined) this.#settle(done);
      else this.#takeOver(statusPoller, done);
    });
  }

  /** Does this now, as if the script had it at this moment; only between the beginning and the end of the load. */
  act(deed: Deed): void {
    this.#parts.nemesis.act(deed);
  }

  /** Lets a node join, leave or be changed otherwise, now; only where members come and go. */
  change(kind: Change, node: string, done: () => void = () => {}): void {
    const { membership } = this.#parts;
    assert(membership !== undefined, "members come and go");
    membership.operator.change(kind, node, done);
  }

  #takeOver(statusPoller: StatusPoller, done: (results: Results) => void): void {
    const { partitioner, collector } = this.#parts;
    const cut = this.#options.settings.nemesis.includes("partition");
    takeOver(statusPoller, cut ? partitioner : undefined, (held, failures) => {
      collector.setFull.overlook(held);
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
    const { statusPoller } = this.#parts;
    if (statusPoller === undefined) then();
    else statusPoller.count(then);
  }

  #runMain(done: (results: Results) => void): void {
    const { scheduler, settings, recorder } = this.#options;
    const { network, nemesis, workload, readSampler, statusPoller } = this.#parts;
    this.#phase = "main";
    const now = this.#parts.mainAt = scheduler.now();
    recorder?.began(now);
    // Starting the processes keeps the machine busy; nothing was measured then.
    scheduler.takeLateMs();
    network.traffic.loads?.clear();
    nemesis.start();
    workload.start();
    readSampler?.start();
    statusPoller?.start();
    scheduler.at(now + settings.timeLimitS * 1000, () => this.#runRecovery(done));
  }

  #runRecovery(done: (results: Results) => void): void {
    const { scheduler, settings, hurried = false } = this.#options;
    const { nemesis, membership, workload, cluster } = this.#parts;
    this.#phase = "recovery";
    nemesis.stop(() => {
      membership?.calm();
      const agreement = hurried ? this.#parts.watchAgreement() : undefined;
      rest(scheduler, settings.recoveryS * 1000, agreement, () => {
        workload.whenIdle(() => cluster.whenSettled(() => this.#runFinal(done)));
      });
    });
  }

  #runFinal(done: (results: Results) => void): void {
    const { collector, roster: { members }, workload } = this.#parts;
    this.#phase = "final";
    collector.finalReads.expect(members);
    workload.finalReads(() => this.#counted(() => this.#finish(done, [])), members);
  }

  #finish(done: (results: Results) => void, setupFailures: readonly string[]): void {
    const { recorder, running, onProgress } = this.#options;
    const { readSampler, membership, statusPoller, collector, cluster, failures } = this.#parts;
    readSampler?.stop();
    membership?.stop();
    statusPoller?.stop();
    for (const id of collector.outages) {
      failures.push(`Out of reach at the end: ${id}: ${cluster.whyOutOfReach(id)}.`);
    }
    for (const id of this.#mute(setupFailures)) cluster.accuseOfHalfLine(id);
    // Of a topic alone nodes say no digest.
    const own = running?.topic === undefined ? statusPoller?.digests : new Map();
    const digests = own ?? cluster.digests;
    recorder?.ended?.();
    cluster.stop();
    this.#phase = "done";
    onProgress?.(this.#progress());
    done(this.#conclude(setupFailures, digests));
  }

  /** Nodes that owe an answer; before the load, any of them. */
  #mute(setupFailures: readonly string[]): ReadonlySet<string> {
    const { nodes, workload, collector } = this.#parts;
    if (setupFailures.length > 0) return new Set(nodes);
    return new Set([...workload.unanswered, ...collector.finalReads.missing]);
  }

  /** `digests`: of the nodes' values after the final reads, by their own word. */
  #conclude(setupFailures: readonly string[], digests: ReadonlyMap<string, string>): Results {
    const { settings, scheduler } = this.#options;
    const { collector, membership, workload, network, statusPoller, clients, readSampler } = this.#parts;
    return conclude({
      evidence: {
        ...collector.evidence(digests, workload.unanswered),
        ...membership && { membership: membership.findings },
      },
      ...{ history: collector.history, traffic: network.traffic },
      wire: statusPoller?.wire,
      lateReplies: clients.lateReplies,
      unusual: collector.oddities.all,
      propagation: collector.propagation,
      observedEveryMs: readSampler?.everyMs ?? 0,
      ...{ nemesis: collector.events, settings, workload: this.#parts.definition },
      timeMs: scheduler.now() - this.#startedAt,
      lateMs: scheduler.takeLateMs(),
      setupFailures,
      examinerFailures: this.#parts.failures,
    });
  }

  #progress(): ExaminationProgress {
    const { timeLimitS, recoveryS } = this.#options.settings;
    const { collector: { history }, definition, network, nemesis } = this.#parts;
    return {
      phase: this.#phase,
      elapsedS: this.#parts.elapsed() / 1000,
      totalS: timeLimitS + recoveryS,
      ops: history.invocations,
      acknowledged: history.counts(definition.main)["ok-count"],
      ...{ counted: definition.counted, messages: network.traffic.servers["send-count"] },
      faults: nemesis.active,
    };
  }
}
