/** What waits for a commit: what entered here, which nobody else has, and what others brought, which is safe with them. */
import { entriesIn } from "../core/log/runs.ts";
import type { Effect } from "../core/node.ts";

export class Uncommitted {
  /** Of what entered here; a list of members counts as one. */
  #entered = 0;
  #origins = new Set<string>();
  #brought = 0;
  #broughtAt = Infinity;

  /** All that waits, entries. */
  get entries(): number {
    return this.#entered + this.#brought;
  }

  /** When the first of what others brought came, ms; Infinity: nothing of it waits. */
  get broughtAt(): number {
    return this.#broughtAt;
  }

  /** Counts what is to be made safe. Returns whether anything of it entered here. */
  add(effects: readonly Effect[], now: number): boolean {
    const before = this.#entered;
    for (const effect of effects) {
      if (effect.kind === "members") this.#entered++;
      if (effect.kind !== "persist") continue;
      const count = entriesIn(effect.runs) + (effect.gaps?.length ?? 0);
      if (effect.own) {
        this.#entered += count;
        for (const { origin } of effect.runs) this.#origins.add(origin);
      } else {
        this.#brought += count;
        this.#broughtAt = Math.min(this.#broughtAt, now);
      }
    }
    return this.#entered > before;
  }

  /** What entered here waits no more. Returns its origins. */
  takeEntered(): ReadonlySet<string> {
    const origins = this.#origins;
    this.#origins = new Set();
    this.#entered = 0;
    return origins;
  }

  /** Nothing waits any more. */
  clear(): void {
    this.takeEntered();
    this.#brought = 0;
    this.#broughtAt = Infinity;
  }
}
