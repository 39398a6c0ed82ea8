/** The fault of members that come and go: at each turn some nodes join, leave, are removed, replaced or moved, all at once. */
import { below, pick, type Random, shuffle } from "../../core/random.ts";
import type { Cluster } from "../cluster.ts";
import type { Change, Operator } from "../membership/operator.ts";
import type { Roster } from "../membership/roster.ts";
import type { FaultInjector } from "./injector.ts";

/** So many members at least are left as they are: the others need somebody to come back to. */
const MEMBERS_MIN = 2;

export interface Comings {
  readonly roster: Roster;
  readonly operator: Operator;
  readonly cluster: Cluster;
  /** Nodes have logs, with which they know their cluster when they come back. */
  readonly durable: boolean;
}

export function membership(comings: Comings): FaultInjector {
  const turn = new Turn(comings);
  return {
    fault: "membership",
    start: (random, done) => done(turn.begin(random)),
    stop: (done) => turn.end(done),
    steady: false,
  };
}

const said: Readonly<Record<Change, string>> = {
  join: "joins",
  leave: "leaves",
  remove: "is removed",
  replace: "is replaced",
  move: "moves",
};

/** What was begun, and is to be over before the fault is. */
class Turn {
  readonly #comings: Comings;
  readonly #open = new Map<string, Change>();
  #whenOver: (() => void) | undefined;

  constructor(comings: Comings) {
    this.#comings = comings;
  }

  begin(random: Random): string {
    const { roster, operator, cluster, durable } = this.#comings;
    const outside = shuffle(random, roster.places.filter((id) => !roster.isMember(id) && !cluster.isUp(id)));
    const joining = outside.slice(0, below(random, Math.min(outside.length, outside.length / 2 + 1) + 1));
    const inside = shuffle(random, roster.members);
    // Whoever keeps what it holds in memory alone knows its cluster no more when it comes back.
    const staying = inside.filter((id) => cluster.serves(id)).slice(0, MEMBERS_MIN);
    const able = inside.filter((id) => !staying.includes(id));
    const going = staying.length < MEMBERS_MIN ? [] : able.slice(0, below(random, able.length / 2 + 1));
    const ways: readonly Change[] = durable
      ? ["leave", "leave", "remove", "replace", "move", "move"]
      : ["leave", "leave", "remove", "replace"];
    const begun = [
      ...joining.map((id) => [id, "join"] as const),
      ...going.map((id) => [id, pick(random, ways) ?? "leave"] as const),
    ];
    for (const [id, kind] of begun) this.#open.set(id, kind);
    for (const [id, kind] of begun) operator.change(kind, id, () => this.#over(id));
    return begun.map(([id, kind]) => `${id} ${said[kind]}`).join(", ") || "nobody";
  }

  /** Once all that was begun is over, and what was forgotten meanwhile was done again. */
  end(done: (detail: string) => void): void {
    this.#whenOver = () =>
      this.#comings.operator.confirm(() => done(`${this.#comings.roster.members.length} members`));
    this.#tellOver();
  }

  #over(id: string): void {
    this.#open.delete(id);
    this.#tellOver();
  }

  #tellOver(): void {
    const run = this.#whenOver;
    if (run === undefined || this.#open.size > 0) return;
    this.#whenOver = undefined;
    run();
  }
}
