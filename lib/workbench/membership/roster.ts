/** The members of the cluster, as the examiner knows them: by what members have confirmed. */

export class Roster {
  /** Every node that may ever be there. */
  readonly places: readonly string[];
  readonly #members: Set<string>;
  /** Members that are to leave or to be removed, which nobody has confirmed yet. */
  readonly #parting = new Map<string, "leaves" | "is removed">();
  /** In the order of the places, as long as nothing changes. */
  #listed: readonly string[];

  /** `founders`: those that are members from the beginning. */
  constructor(places: readonly string[], founders: readonly string[] = places) {
    this.places = places;
    this.#members = new Set(founders);
    this.#listed = founders;
  }

  get members(): readonly string[] {
    return this.#listed;
  }

  isMember(id: string): boolean {
    return this.#members.has(id);
  }

  /** Whether it is none, or may be none any longer at any moment. */
  mayEnd(id: string): boolean {
    return !this.#members.has(id) || this.#parting.has(id);
  }

  joined(id: string): void {
    this.#members.add(id);
    this.#list();
  }

  /** It is asked to leave, or others are asked to remove it. */
  parting(id: string, how: "leaves" | "is removed"): void {
    this.#parting.set(id, how);
  }

  isBeingRemoved(id: string): boolean {
    return this.#parting.get(id) === "is removed";
  }

  leaves(id: string): boolean {
    return this.#parting.get(id) === "leaves";
  }

  parted(id: string): void {
    this.#members.delete(id);
    this.#parting.delete(id);
    this.#list();
  }

  #list(): void {
    this.#listed = this.places.filter((id) => this.#members.has(id));
  }
}
