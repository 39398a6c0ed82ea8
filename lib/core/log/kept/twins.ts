/** Which entries are one: each names the next in a ring of all that are. In spans, as what is told twice is mostly told in one order. */
import { at } from "../../assert.ts";

/** An origin, as far as its entries are one with others; undefined while none is. */
export interface Ringed {
  readonly name: string;
  twins: Twins | undefined;
}

export interface Twin {
  readonly origin: Ringed;
  readonly seq: number;
}

/** The entries from..to of one origin, and those that follow them in their rings: that number, and those after it. */
interface Span extends Twin {
  readonly from: number;
  readonly to: number;
}

/** Of one origin. */
export class Twins {
  /** Ascending. */
  readonly #spans: Span[] = [];

  /** The entry that follows this one in its ring; undefined where it is alone. */
  next(seq: number): Twin | undefined {
    const span = this.#spans[this.#from(seq)];
    return span === undefined || span.from > seq
      ? undefined
      : { origin: span.origin, seq: span.seq + seq - span.from };
  }

  set(seq: number, next: Twin): void {
    this.delete(seq);
    const i = this.#from(seq);
    const [before, after] = [this.#spans[i - 1], this.#spans[i]];
    const follows = before?.to === seq - 1 && goesOn(before, next);
    const { from, ...first } = follows ? before : { ...next, from: seq };
    const span = { origin: first.origin, seq: first.seq, from, to: seq };
    const leads = after?.from === seq + 1 && goesOn(span, after);
    this.#spans.splice(
      i - Number(follows),
      Number(follows) + Number(leads),
      leads ? { ...span, to: after.to } : span,
    );
  }

  delete(seq: number): void {
    const i = this.#from(seq);
    const span = this.#spans[i];
    if (span === undefined || span.from > seq) return;
    const rest: Span[] = [];
    if (span.from < seq) rest.push({ ...span, to: seq - 1 });
    if (seq < span.to) rest.push({ ...span, from: seq + 1, seq: span.seq + seq + 1 - span.from });
    this.#spans.splice(i, 1, ...rest);
  }

  /** The index of the first span that ends at this number or after it. */
  #from(seq: number): number {
    let [low, high] = [0, this.#spans.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (at(this.#spans, middle).to < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The entries that are one with this one, without it. */
export function* twinsOf(one: Twin): Iterable<Twin> {
  for (let each = nextOf(one); !isSame(each, one); each = nextOf(each)) yield each;
}

/** These two are one, and so are all that are one with either. */
export function join(one: Twin, other: Twin): void {
  if (isSame(one, other)) return;
  for (const each of twinsOf(one)) if (isSame(each, other)) return;
  const [next, otherNext] = [nextOf(one), nextOf(other)];
  (one.origin.twins ??= new Twins()).set(one.seq, otherNext);
  (other.origin.twins ??= new Twins()).set(other.seq, next);
}

/** This one is one with no other any more. */
export function part(one: Twin): void {
  const others = [...twinsOf(one)];
  const [next, last] = [others[0], others.at(-1)];
  if (next === undefined || last === undefined) return;
  one.origin.twins?.delete(one.seq);
  if (next === last) last.origin.twins?.delete(last.seq);
  else last.origin.twins?.set(last.seq, next);
}

function nextOf(one: Twin): Twin {
  return one.origin.twins?.next(one.seq) ?? one;
}

/** Whether `next` is what follows the last entry of the span. */
function goesOn({ origin, seq, from, to }: Span, next: Twin): boolean {
  return next.origin === origin && next.seq === seq + to + 1 - from;
}

function isSame(one: Twin, other: Twin): boolean {
  return one.origin === other.origin && one.seq === other.seq;
}
