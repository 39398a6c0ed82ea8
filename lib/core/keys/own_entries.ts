/** The entries that enter at this node, numbered under its origin. */
import { assert } from "../assert.ts";
import { isOriginOf } from "../incarnation.ts";
import type { Log } from "../log/log.ts";
import type { Range, Run } from "../log/runs.ts";
import type { Texts } from "../log/texts.ts";

type Growing = Range & { count: number };

const NONE: readonly Range[] = [];

export class OwnEntries {
  readonly #log: Log;
  readonly #deliver: (runs: readonly Run[]) => void;
  #origin = "";
  /** How many values entered under the origin. */
  #entered = 0;
  /** What entered and was not taken. */
  #fresh: Growing[] = [];

  /** `deliver` takes what is new. */
  constructor(log: Log, deliver: (runs: readonly Run[]) => void) {
    this.#log = log;
    this.#deliver = deliver;
  }

  get origin(): string {
    return this.#origin;
  }

  /** Whether something entered that was not taken to be passed on. */
  get hasFresh(): boolean {
    return this.#fresh.length > 0;
  }

  /** What entered since this was last asked for. */
  takeFresh(): readonly Range[] {
    if (!this.hasFresh) return NONE;
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }

  /** Values enter under this origin from now on, above those that are held of it: no number is given twice [B4] [B5]. */
  begin(origin: string): void {
    this.#origin = origin;
    this.#entered = this.#log.held(origin)?.last ?? 0;
  }

  /** The same; what others may have given the same numbers enters again [B6]. */
  beginAgain(origin: string, now: number): void {
    const spans = this.#log.held(this.#origin)?.spans() ?? [];
    const ranges = spans.map(([from, to]) => ({ origin: this.#origin, seq: from, count: to - from + 1 }));
    this.begin(origin);
    for (const range of ranges) {
      for (const { texts, topic } of this.#log.taken(range)) this.enter(texts, topic, now);
    }
  }

  enter(texts: Texts, topic: string | undefined, now: number): void {
    const run: Run = { origin: this.#origin, seq: this.#entered + 1, texts, topic };
    const fresh = this.#log.addRun(run, now);
    assert(fresh[0] === run, "a number is given once");
    this.#entered += texts.length;
    this.#deliver(fresh);
    this.#note(run.seq, texts.length);
  }

  /** What enters together leaves together. */
  #note(seq: number, count: number): void {
    const last = this.#fresh[this.#fresh.length - 1];
    if (last?.origin === this.#origin && last.seq + last.count === seq) last.count += count;
    else this.#fresh.push({ origin: this.#origin, seq, count });
  }
}

/** The origin under which the last value entered at a node, in whatever incarnation; undefined where none did. */
export function lastOriginOf(me: string, log: Log): string | undefined {
  for (let each = log.newest; each !== undefined; each = each.older) {
    if (isOriginOf(me, each.name)) return each.name;
  }
  return undefined;
}
