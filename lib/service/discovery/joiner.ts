/** A node that is no member yet asks its seeds until one takes it, or founds a cluster where it is told to. */
import { backoffMs } from "../../core/backoff.ts";
import type { Random } from "../../core/random.ts";
import { runtimeTimer, type Timer } from "../../../transports/clock.ts";
import type { Question } from "./ask.ts";
import type { Found } from "./found.ts";
import type { Round, Seeker } from "./seeker.ts";

/** Between two rounds over the seeds a node waits so long at least, and at most, ms. */
export const JOIN_EVERY_MS_MIN = 200;
export const JOIN_EVERY_MS_MAX = 3_000;
/** A node that may found a cluster asks its seeds for so long before. */
export const BOOTSTRAP_MS = 10_000;
/** So many seeds are named where it is said what a node waits for. */
const NAMED_MAX = 3;

export interface JoinerOptions {
  readonly id: string;
  readonly incarnation: number;
  /** Asks to join. */
  readonly question: Question;
  /** Absent where there are no seeds. */
  readonly seeker: Pick<Seeker, "round" | "stop"> | undefined;
  readonly bootstrap: boolean;
  readonly bootstrapMs?: number | undefined;
  readonly random: Random;
  readonly clock: () => number;
  readonly timer?: Timer;
  /** Takes why it still waits, after each round. */
  readonly onWaits: (why: string) => void;
}

export class Joiner {
  readonly #options: JoinerOptions;
  #stopped = false;
  #wake = () => {};

  constructor(options: JoinerOptions) {
    this.#options = options;
  }

  /** Resolves to the cluster that has taken this node, to "founds" where it is to found one, or to "stopped". */
  async run(): Promise<Found | "founds" | "stopped"> {
    const { seeker, random, clock, incarnation, question, onWaits } = this.#options;
    if (seeker === undefined) return "founds";
    const foundsAt = clock() + (this.#options.bootstrapMs ?? BOOTSTRAP_MS);
    for (let attempt = 0;; attempt++) {
      const round = await seeker.round({ incarnation, question });
      if (this.#stopped) return "stopped";
      const [found] = round.found;
      if (found !== undefined) return found;
      const isDue = this.#options.bootstrap && clock() >= foundsAt;
      if (isDue && this.#mayFound(round)) return "founds";
      onWaits(`${whyOf(round)}${this.#hint(round)}`);
      const ms = backoffMs(random, attempt, JOIN_EVERY_MS_MIN, JOIN_EVERY_MS_MAX);
      await this.#pause(this.#options.bootstrap && !isDue ? Math.min(ms, foundsAt - clock()) : ms);
      if (this.#stopped) return "stopped";
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#options.seeker?.stop();
    this.#wake();
  }

  /** Of several nodes that may found a cluster and see each other, the first by name does; where there is one, none. */
  #mayFound({ waiting, refusals }: Round): boolean {
    return refusals.length === 0 && waiting.every(({ id, founds }) => !founds || id > this.#options.id);
  }

  /** Where all that were found wait for each other for good, what one of them needs. */
  #hint({ waiting, faults }: Round): string {
    if (this.#options.bootstrap || faults.length > waiting.length) return "";
    if (waiting.length === 0) return "; --bootstrap would found a cluster";
    return waiting.some(({ founds }) => founds)
      ? ""
      : "; none of them founds a cluster: one needs --bootstrap";
  }

  async #pause(ms: number): Promise<void> {
    const { timer = runtimeTimer } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = timer(Math.max(0, ms), resolve);
    this.#wake = resolve;
    await promise;
    cancel();
  }
}

function whyOf({ faults }: Round): string {
  const named = faults.slice(0, NAMED_MAX).join("; ");
  const more = faults.length - NAMED_MAX;
  if (faults.length === 0) return "there is nobody at its seeds but itself";
  return more > 0 ? `${named}; and ${more} more` : named;
}
