/** The nemesis injects faults: partitions, kills, pauses and the like on and off at random, loss and duplicates throughout. */
import { fork, type Random } from "../../core/random.ts";
import type { Json } from "../../core/message.ts";
import type { FaultInjector } from "./injector.ts";
import { type Ground, injectors } from "./injectors.ts";
import type { Fault, Settings } from "../settings.ts";
import { ScriptRunner } from "../script/runner.ts";
import type { Deed, Script, ScriptFault } from "../script/script.ts";

export interface NemesisEvent {
  /** When it took effect, in ms since the main phase began. */
  readonly "at-ms": number;
  /** An outage is not the nemesis' doing: whoever runs a node elsewhere may kill it, too. */
  readonly fault: Fault | ScriptFault | `outage of ${string}`;
  readonly what: "start" | "stop";
  readonly detail: string;
}

export interface NemesisOptions extends Ground {
  /** ms since the main phase began. */
  readonly elapsed: () => number;
  /** What is to happen when, beside what chance decides. */
  readonly script: Script;
  /** One operation of the script at this node, now. */
  readonly perform: (node: string, f: "broadcast" | "read", value?: Json) => void;
  /** The script's: so many operations a second from now on, over all clients. */
  readonly setRate: (rate: number) => void;
  /** `at` is the exact moment of the event, ms; the event has it rounded. */
  readonly onEvent: (event: NemesisEvent, at: number) => void;
}

export class Nemesis {
  readonly #options: NemesisOptions;
  readonly #injectors: readonly FaultInjector[];
  readonly #script: ScriptRunner;
  readonly #active = new Set<FaultInjector>();
  /** The active ones that are being started or stopped. */
  readonly #changing = new Set<FaultInjector>();
  #ended = false;
  #whenMended: (() => void) | undefined;

  constructor(options: NemesisOptions) {
    this.#options = options;
    this.#injectors = injectors(options).filter(({ fault }) => options.settings.nemesis.includes(fault));
    this.#script = new ScriptRunner({
      ...options,
      seed: options.settings.seed,
      tell: (fault, what, detail) => this.#tell(fault, what, detail),
    });
  }

  /** The faults that are on, for people. */
  get active(): readonly NemesisEvent["fault"][] {
    return [...new Set([...[...this.#active].map(({ fault }) => fault), ...this.#script.active])];
  }

  /** Whether a fault is on that keeps values from spreading, other than by chance. */
  get interrupting(): boolean {
    return this.#script.interrupting || [...this.#active].some(({ steady }) => !steady);
  }

  start(): void {
    this.#script.start();
    for (const injector of this.#injectors) {
      const random = fork(this.#options.settings.seed, `nemesis:${injector.fault}`);
      if (injector.steady) this.#start(injector, random, () => {});
      else this.#flipFlop(injector, random, gapsOf(injector.fault, this.#options.settings, random));
    }
  }

  /** Does what a script may have, now. */
  act(deed: Deed): void {
    this.#script.act(deed);
  }

  /** Ends everything: heals, restarts, resumes; `done` once that is done. */
  stop(done: () => void = () => {}): void {
    this.#ended = true;
    this.#whenMended = done;
    this.#script.stop(() => this.#tellMended());
    for (const injector of [...this.#active]) {
      // A fault that is being started is ended as soon as it is on.
      if (!this.#changing.has(injector)) this.#stop(injector, () => {});
    }
    this.#tellMended();
  }

  /** Starts, stops, starts, …: at once the first time, and for as long as there are gaps. */
  #flipFlop(injector: FaultInjector, random: Random, gapsMs: Iterator<number>): void {
    if (this.#ended) return;
    const next = (): void => {
      const { scheduler } = this.#options;
      const { done = false, value: gapMs } = gapsMs.next();
      if (!done) scheduler.at(scheduler.now() + gapMs, () => this.#flipFlop(injector, random, gapsMs));
    };
    if (this.#active.has(injector)) this.#stop(injector, next);
    else this.#start(injector, random, next);
  }

  #start(injector: FaultInjector, random: Random, then: () => void): void {
    this.#active.add(injector);
    this.#changing.add(injector);
    injector.start(random, (detail) => {
      this.#changing.delete(injector);
      this.#tell(injector.fault, "start", detail);
      if (this.#ended) this.#stop(injector, () => {});
      else then();
    });
  }

  #stop(injector: FaultInjector, then: () => void): void {
    this.#changing.add(injector);
    injector.stop((detail) => {
      this.#changing.delete(injector);
      this.#active.delete(injector);
      this.#tell(injector.fault, "stop", detail);
      then();
      this.#tellMended();
    });
  }

  #tellMended(): void {
    const run = this.#whenMended;
    if (run === undefined || this.#active.size > 0 || this.#script.active.length > 0) return;
    this.#whenMended = undefined;
    run();
  }

  #tell(fault: NemesisEvent["fault"], what: "start" | "stop", detail: string): void {
    const at = this.#options.elapsed();
    this.#options.onEvent({ "at-ms": Math.round(at), fault, what, detail }, at);
  }
}

/** The ms from one change to the next: uniform from none to twice the interval, as Jepsen staggers, unless cuts and kills have a length. */
function* gapsOf(
  fault: Fault,
  { cutsS, outagesS, nemesisIntervalS }: Settings,
  random: Random,
): Generator<number, undefined> {
  const lengthsS = fault === "partition" ? cutsS : fault === "kill" ? outagesS : undefined;
  if (lengthsS === undefined) {
    for (;;) yield random.next() * 2 * nemesisIntervalS * 1000;
  }
  for (const [i, lengthS] of lengthsS.entries()) {
    if (i > 0) yield nemesisIntervalS * 1000;
    yield lengthS * 1000;
  }
}
