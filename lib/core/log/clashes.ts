/** What comes again under numbers that are held, held against what came first [B8]. */
import type { Gone } from "../retention/gone.ts";
import { isSame } from "./canonical.ts";
import type { EntryStore } from "./entry_store.ts";
import type { IntervalSet } from "./interval_set.ts";
import type { Run } from "./runs.ts";
import type { Texts } from "./texts.ts";

/** Two texts under one number: the one that is held, and another that came. */
export interface Clash {
  readonly origin: string;
  readonly seq: number;
  readonly texts: Texts;
  readonly held: Texts;
  readonly topic: string | undefined;
}

/** The entries of a run that differ from those that are `held`. Mostly none does, and then they are not looked at one by one. */
export function* clashesWith(
  entries: EntryStore,
  held: IntervalSet,
  gone: Gone,
  { origin, seq, texts, topic }: Run,
): Iterable<Clash> {
  const end = seq + texts.length;
  for (let from = seq; from < end;) {
    const goneTo = gone.endOf(origin, from);
    if (goneTo !== undefined || !held.has(from)) {
      from = (goneTo ?? from) + 1;
      continue;
    }
    const kept = entries.take(origin, from, Math.min(held.endOfSpan(from), end - 1)).texts;
    const came = texts.slice(from - seq, from - seq + kept.length);
    for (let i = 0; kept.text !== came.text && i < came.length; i++) {
      if (isSame(kept.at(i), came.at(i))) continue;
      yield { origin, seq: from + i, topic, texts: came.slice(i, i + 1), held: kept.slice(i, i + 1) };
    }
    from += kept.length;
  }
}
