/** Many random runs, one seed after the other: what failed is said at once, with its command; and where to go on. */
import type { Io } from "../../../lib/commands/terminal/io.ts";
import { progressOn } from "../../../lib/commands/terminal/progress.ts";
import { divide } from "../../bench/crew.ts";
import type { Options } from "./options.ts";
import type { Verdict } from "./run.ts";

export type Runner = (seed: number) => Promise<Verdict>;
export type Printing = Pick<Io, "out" | "err" | "errIsTerminal">;

/** Runs in which everybody forgot everything, or nobody answered, prove nothing: there may be so many of them. */
const IDLE_MAX = 3;
const IDLE_SHARE_MAX = 0.01;

export class Campaign {
  readonly #options: Pick<Options, "from" | "runs">;
  readonly #io: Printing;
  readonly #now: () => number;
  readonly #startedAt: number;
  readonly #done = new Set<number>();
  #idle = 0;
  #failed = 0;
  #isInterrupted = false;

  /** `now` in ms, of any origin. */
  constructor(options: Pick<Options, "from" | "runs">, io: Printing, now: () => number) {
    this.#options = options;
    this.#io = io;
    this.#now = now;
    this.#startedAt = now();
  }

  /** Resolves to whether all hold, once every seed has run or it was interrupted. */
  async run(runners: readonly Runner[]): Promise<boolean> {
    const progress = progressOn(this.#io, this.#now);
    await divide(this.#seeds(), runners, async (runner, seed) => {
      const verdict = await runner(seed);
      if (this.#isInterrupted) return;
      const text = this.#judge(verdict);
      if (text !== "") {
        progress.end();
        this.#io.out(text);
      }
      progress.update(this.#progress());
    });
    progress.end();
    this.#io.out(this.#isInterrupted ? this.#whereToGoOn() : `${this.#summary()}\n`);
    return this.#holds;
  }

  /** Nothing that comes now counts. */
  interrupt(): void {
    this.#isInterrupted = true;
  }

  get #holds(): boolean {
    return this.#failed === 0 && this.#idle <= Math.max(IDLE_MAX, IDLE_SHARE_MAX * this.#done.size);
  }

  *#seeds(): Generator<number> {
    const { from, runs } = this.#options;
    for (let seed = from; seed < from + runs && !this.#isInterrupted; seed++) yield seed;
  }

  /** What is to be said of it, if anything. */
  #judge({ seed, failures, command }: Verdict): string {
    this.#done.add(seed);
    if (failures.length === 0) return "";
    if (failures.every((failure) => failure.startsWith("Nothing proven"))) {
      this.#idle++;
      return "";
    }
    this.#failed++;
    const said = failures.map((failure) => `  ${failure}\n`).join("");
    return `Seed ${seed} fails:\n${said}  Run it again: ${command}\n`;
  }

  #progress(): string {
    const tookMs = this.#now() - this.#startedAt;
    const leftMs = tookMs / this.#done.size * (this.#options.runs - this.#done.size);
    return `${this.#done.size} of ${this.#options.runs} runs, ${this.#failed} invalid, ${span(leftMs)} to go`;
  }

  #summary(): string {
    const { from } = this.#options;
    const last = from + this.#done.size - 1;
    const idle = this.#idle === 0 ? "" : `, ${this.#idle} in which nothing was proven`;
    const took = span(this.#now() - this.#startedAt);
    const verdict = this.#holds ? "PASS" : "FAIL";
    return `${verdict}  ${this.#done.size} runs, seeds ${from} to ${last}: ${this.#failed} invalid${idle}. It took ${took}.`;
  }

  /** Seeds end out of order: what ran beyond the first that is missing runs again. */
  #whereToGoOn(): string {
    const { from, runs } = this.#options;
    let next = from;
    while (this.#done.has(next)) next++;
    const took = span(this.#now() - this.#startedAt);
    return `${this.#done.size} of ${runs} runs, ${this.#failed} invalid, in ${took}. Go on with:\n` +
      `  npm run soak -- --from ${next} --runs ${from + runs - next}\n`;
  }
}

/** "1 h 2 min", "12 min 3 s", "40 s". */
export function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
