/** The slowest values of a run, each with sentences that say why: for the page of the run. */
import type { Json } from "../../../core/message.ts";
import { Facts, type FactsOf } from "./facts.ts";
import { sentencesOf } from "./tell.ts";
import { slowest, whyOf } from "./why.ts";

/** What is said of one takes about half a kilobyte, and a millisecond or two (measured with 3d + partition). */
const EXPLAINED_MAX = 200;

export interface Explained {
  readonly value: Json;
  readonly sentences: readonly string[];
}

export function explained(run: FactsOf, most: number = EXPLAINED_MAX): Explained[] {
  const facts = new Facts(run);
  return slowest(facts, most).flatMap((value) => {
    const why = whyOf(facts, value);
    return why === undefined ? [] : [{ value, sentences: sentencesOf(why) }];
  });
}
