/** Partitioners make the cuts: the simulated network, or sidecars that drop packets between nodes that run elsewhere. */
import { messageOf } from "../../../transports/errno.ts";
import type { Grudge } from "./grudge.ts";
import type { Network } from "../world/network.ts";
import type { Done, Partitioner } from "../world/world.ts";

/** Drops packets between nodes that run elsewhere. Resolves once that is certain; a rejection's message is for people. */
export interface Cuts {
  partition(grudge: Grudge): Promise<void>;
  heal(): Promise<void>;
}

/** On the simulated network a cut is there at once. */
export function simulatedPartitioner(network: Network): Partitioner {
  return {
    partition(grudge, done) {
      network.partition(grudge);
      done();
    },
    heal(done) {
      network.heal();
      done();
    },
  };
}

/** Messages do not pass the simulated network here, but it knows which nodes are in reach: it is told of a cut once that is certain. */
export function realPartitioner(cuts: Cuts, network: Network): Partitioner {
  return {
    partition: (grudge, done) => tell(cuts.partition(grudge), () => network.partition(grudge), done),
    heal: (done) => tell(cuts.heal(), () => network.heal(), done),
  };
}

function tell(work: Promise<void>, confirmed: () => void, done: Done): void {
  work.then(() => {
    confirmed();
    done();
  }, (error: unknown) => done(messageOf(error)));
}

/** Cuts and heals one after the other: a heal that overtook a cut would heal nothing. */
export class OrderlyCuts implements Cuts {
  readonly #cuts: Cuts;
  #last: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(cuts: Cuts) {
    this.#cuts = cuts;
  }

  partition(grudge: Grudge): Promise<void> {
    return this.#next(() => this.#ended ? Promise.resolve() : this.#cuts.partition(grudge));
  }

  heal(): Promise<void> {
    return this.#next(() => this.#cuts.heal());
  }

  /** Heals, and cuts no more. */
  end(): Promise<void> {
    this.#ended = true;
    return this.heal();
  }

  #next(work: () => Promise<void>): Promise<void> {
    const next = this.#last.then(work);
    this.#last = next.catch(() => {});
    return next;
  }
}
