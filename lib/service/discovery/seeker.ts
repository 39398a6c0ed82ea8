/** Asks seeds whether this node may join: all that they stand for, looked up anew, one shortly after the other. */
import { type Random, shuffle } from "../../core/random.ts";
import { type Address, addressText } from "../../../transports/address.ts";
import { runtimeTimer, type Timer } from "../../../transports/clock.ts";
import type { Ask, Question } from "./ask.ts";
import { type Found, readAnswer, type SeedAnswer } from "./found.ts";
import type { Names } from "./names.ts";
import { resolveSeeds, type Seed } from "./seeds.ts";

/** The next seed is asked when the one before it has answered or failed, or after this, ms. */
export const ASK_EVERY_MS = 100;
/** So many addresses are asked in one round. */
export const ASKED_MAX = 256;

export interface SeekerOptions {
  readonly id: string;
  readonly seeds: readonly Seed[];
  readonly names: Names;
  readonly ask: Ask;
  /** So that not all nodes ask the same seed first. */
  readonly random: Random;
  readonly timer?: Timer;
}

export interface RoundOptions {
  readonly incarnation: number;
  readonly question: Question;
  /** Not asked: addresses of members that are linked. */
  readonly skip?: ReadonlySet<string>;
  /** By default the first member that takes this node is enough. */
  readonly all?: boolean;
}

/** What came of asking all seeds once. */
export interface Round {
  /** What members said that take this node. */
  readonly found: readonly Found[];
  /** Nodes that answered and wait for a seed themselves. */
  readonly waiting: readonly { readonly id: string; readonly founds: boolean }[];
  /** Sentences of members that were there and refused, each with its address in front. */
  readonly refusals: readonly string[];
  /** Sentences about all seeds that were of no use, those among them. */
  readonly faults: readonly string[];
}

interface Asked {
  readonly at: string;
  readonly answer: SeedAnswer | { readonly kind: "none"; readonly reason: string };
}

export class Seeker {
  readonly #options: SeekerOptions;
  #abort = new AbortController();

  constructor(options: SeekerOptions) {
    this.#options = options;
  }

  /** Never rejects. One round at a time. */
  async round(options: RoundOptions): Promise<Round> {
    const { seeds, names } = this.#options;
    const abort = this.#abort = new AbortController();
    const { addresses, faults } = await resolveSeeds(seeds, names);
    const open = addresses.filter((address) => !options.skip?.has(addressText(address)));
    const asked = abort.signal.aborted
      ? []
      : await this.#askAll(shuffle(this.#options.random, open), options, abort);
    return roundOf(asked, faults);
  }

  /** Ends the round that is under way, if there is one. */
  stop(): void {
    this.#abort.abort();
  }

  async #askAll(
    addresses: readonly Address[],
    options: RoundOptions,
    abort: AbortController,
  ): Promise<Asked[]> {
    const asked: Asked[] = [];
    const running: Promise<void>[] = [];
    for (const address of addresses.slice(0, ASKED_MAX)) {
      const one = this.#askOne(address, options, abort.signal).then((each) => {
        // What was given up as another one has answered has nothing to say.
        if (!abort.signal.aborted) asked.push(each);
        if (each.answer.kind === "found" && !options.all) abort.abort();
      });
      running.push(one);
      await this.#orSoon(one);
      if (abort.signal.aborted) break;
    }
    await Promise.all(running);
    return asked;
  }

  async #askOne(
    address: Address,
    { question, incarnation }: RoundOptions,
    signal: AbortSignal,
  ): Promise<Asked> {
    const { id, ask } = this.#options;
    const answer = await ask(address, question, signal);
    return {
      at: addressText(address),
      answer: answer.ok
        ? readAnswer({ id, incarnation }, answer.from, answer.body)
        : { kind: "none", reason: answer.reason },
    };
  }

  async #orSoon(one: Promise<void>): Promise<void> {
    const { timer = runtimeTimer } = this.#options;
    const { promise: soon, resolve } = Promise.withResolvers<void>();
    const cancel = timer(ASK_EVERY_MS, resolve);
    await Promise.race([one, soon]);
    cancel();
  }
}

function roundOf(asked: readonly Asked[], unresolved: readonly string[]): Round {
  const answers = asked.map(({ answer }) => answer);
  const refusals = asked.flatMap(({ at, answer }) =>
    answer.kind === "refuses" ? [`${at} ${answer.reason}`] : []
  );
  const others = asked.flatMap(({ at, answer }) => {
    if (answer.kind === "waits") return [`${answer.id} at ${at} waits for a seed itself`];
    return answer.kind === "none" ? [`${at} ${answer.reason}`] : [];
  });
  return {
    found: answers.flatMap((answer) => answer.kind === "found" ? [answer.found] : []),
    waiting: answers.filter((answer) => answer.kind === "waits"),
    refusals,
    faults: [...unresolved, ...[...refusals, ...others].sort()],
  };
}
