/** Where the entries of a driven node are made safe: a store is a journal, and so is what stands before one that may fail. */
import type { Entry } from "../core/log/log.ts";

export interface Journal {
  /** Takes entries for the next commit. */
  append(entries: readonly Entry[]): void;
  /** Everything appended is safe when this returns. Throws where it cannot be; then nothing appended since the last commit is. */
  commit(): void;
}
