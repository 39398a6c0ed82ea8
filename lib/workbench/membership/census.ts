/** Once all faults are over all members must soon name the same members, and none that has left or was removed. */
import type { Json } from "../../core/message.ts";
import type { Client, Clients } from "../load/client.ts";
import { getOr } from "../verdict/values.ts";
import type { Scheduler } from "../world/world.ts";
import type { Roster } from "./roster.ts";

/** From the end of all faults until all members must name the same ones, ms. */
export const AGREE_MS = 2_000;
/** How often they are asked until they do, ms: the time that it takes to agree is known to that. */
const CENSUS_EVERY_MS = 50;
/** How often later, ms. */
const LATER_EVERY_MS = 500;

export interface CensusOptions {
  readonly roster: Roster;
  readonly clients: Clients;
  readonly scheduler: Scheduler;
  /** Nodes are coming up still: it is not calm yet. */
  readonly isUnsettled: () => boolean;
  /** Where a node can be reached. */
  readonly addressOf: (id: string) => string;
  /** Nodes that run, members or not. */
  readonly running: () => readonly string[];
}

/** What a node says of one that it knows, as on the wire. */
interface Named {
  readonly isJoined: boolean;
  readonly address: string;
  /** All that must be the same everywhere. */
  readonly text: string;
}

type Roll = ReadonlyMap<string, Named>;

export class Census {
  readonly #options: CensusOptions;
  readonly #rolls = new Map<string, Roll>();
  readonly #askers = new Map<string, Client>();
  #calmAt: number | undefined;
  #agreedMs: number | null = null;
  #failures: readonly string[] = [];
  #isOver = false;

  constructor(options: CensusOptions) {
    this.#options = options;
  }

  /** From when all faults are over, and the nodes that come up are up. */
  start(): void {
    if (this.#isOver) return;
    const { scheduler, isUnsettled } = this.#options;
    const now = scheduler.now();
    if (!isUnsettled()) this.#calmAt ??= now;
    if (this.#calmAt !== undefined) this.#count(now - this.#calmAt);
    scheduler.at(now + (this.#agreedMs === null ? CENSUS_EVERY_MS : LATER_EVERY_MS), () => this.start());
  }

  /** The last answers count once more: who was removed must not have come back since. */
  stop(): void {
    this.#isOver = true;
    if (this.#failures.length === 0) this.#failures = this.faults;
  }

  get agreedMs(): number | null {
    return this.#agreedMs;
  }

  get failures(): readonly string[] {
    return this.#failures;
  }

  /** What is wrong with the last answers, a sentence each. */
  get faults(): readonly string[] {
    const { roster, running } = this.#options;
    const mute = roster.members.filter((id) => !this.#rolls.has(id));
    const astray = running().filter((id) => !roster.isMember(id));
    return [
      ...mute.length === 0 ? [] : [`Members: no answer to who they are from ${mute.join(", ")}.`],
      ...roster.members.flatMap((id) => this.#faultsOf(id)),
      ...this.#differences(),
      ...astray.length === 0 ? [] : [`Members: ${astray.join(", ")} run on, and are no members any longer.`],
    ];
  }

  /** Looks at the last answers, and asks anew. */
  #count(calmMs: number): void {
    const isDue = this.#agreedMs === null || calmMs > AGREE_MS;
    const faults = isDue ? this.faults : [];
    if (faults.length === 0) this.#agreedMs ??= Math.round(calmMs);
    else if (calmMs > AGREE_MS && this.#failures.length === 0) this.#failures = faults;
    for (const id of this.#options.roster.members) this.#ask(id);
  }

  #ask(id: string): void {
    const client = getOr(this.#askers, id, () => this.#options.clients.open());
    if (client.busy) return;
    client.call(id, { type: "members" }, AGREE_MS, (reply) => {
      const roll = rollIn(reply?.["members"]);
      if (roll === undefined) this.#rolls.delete(id);
      else this.#rolls.set(id, roll);
    });
  }

  #faultsOf(id: string): string[] {
    const { roster, addressOf } = this.#options;
    const roll = this.#rolls.get(id);
    if (roll === undefined) return [];
    const joined = [...roll].filter(([, { isJoined }]) => isJoined).map(([other]) => other);
    const lacking = roster.members.filter((other) => !joined.includes(other));
    const more = joined.filter((other) => !roster.isMember(other));
    const elsewhere = roster.members.filter((other) =>
      joined.includes(other) && !["", addressOf(other)].includes(roll.get(other)?.address ?? "")
    );
    return [
      ...lacking.length === 0 ? [] : [`Members: ${id} does not know that ${lacking.join(", ")} joined.`],
      ...more.length === 0 ? [] : [`Members: ${id} still counts ${more.join(", ")}, gone for good.`],
      ...elsewhere.length === 0 ? [] : [`Members: ${id} has an old address of ${elsewhere.join(", ")}.`],
    ];
  }

  /** Beyond that they must know the same of everyone. */
  #differences(): string[] {
    const [first, ...others] = this.#options.roster.members.filter((id) => this.#rolls.has(id));
    const model = first === undefined ? undefined : this.#rolls.get(first);
    return others.flatMap((id) => {
      const of = different(model, this.#rolls.get(id));
      return of.length === 0
        ? []
        : [`Members: ${id} knows another record than ${first} of ${of.join(", ")}.`];
    });
  }
}

function rollIn(members: unknown): Roll | undefined {
  if (!Array.isArray(members)) return undefined;
  const records: readonly Json[][] = members;
  return new Map(records.map((record): [string, Named] => {
    const [id, , , status, address] = record;
    return [String(id), { isJoined: status === 0, address: String(address), text: JSON.stringify(record) }];
  }));
}

/** The nodes of which the one knows something else than the other. */
function different(one: Roll = new Map(), other: Roll = new Map()): string[] {
  const ids = new Set([...one.keys(), ...other.keys()]);
  return [...ids].filter((id) => one.get(id)?.text !== other.get(id)?.text);
}
