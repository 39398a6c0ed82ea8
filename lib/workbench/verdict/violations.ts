/** Violations: acts that no node may commit, however the values fare. They are kept up to a limit, and counted beyond it. */

export type ViolationKind =
  | "stray-line"
  | "malformed-message"
  | "crashed"
  | "unknown-destination"
  | "wrong-source"
  | "malformed-reply"
  | "half-line"
  | "init-unanswered"
  | "stopped";

export interface Violation {
  readonly node: string;
  readonly kind: ViolationKind;
  readonly reason: string;
  readonly "at-ms": number;
}

/** Violations that are kept word for word. */
export const VIOLATIONS_MAX = 100;

/** How often one life of a node is reported for one kind; one that does nothing else would flood the report. */
export const REPORTS_MAX = 32;

export class Violations {
  readonly #kept: Violation[] = [];
  #count = 0;

  add(violation: Violation): void {
    this.#count++;
    if (this.#kept.length < VIOLATIONS_MAX) this.#kept.push(violation);
  }

  get kept(): readonly Violation[] {
    return this.#kept;
  }

  get count(): number {
    return this.#count;
  }
}
