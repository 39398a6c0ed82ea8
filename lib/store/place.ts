/** The place of a log on the disk, and whether its files are still the ones that are found there. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { fault, FILE_NAME } from "./faults.ts";

const NAMES = [FILE_NAME, `${FILE_NAME}-wal`];

/** A process goes on writing to open files after they were deleted, and nobody finds them again. */
export class Place {
  readonly #dir: string;
  readonly #found: string;

  /** Of a log that is open and was written to, so that all its files are there. */
  constructor(dir: string) {
    this.#dir = dir;
    this.#found = filesIn(dir);
  }

  /** What its files take; 0 where they are gone. */
  get bytes(): number {
    return NAMES.reduce((total, name) => {
      const { size = 0 } = statSync(join(this.#dir, name), { throwIfNoEntry: false }) ?? {};
      return total + size;
    }, 0);
  }

  /** Throws a StoreFault where the next life would not find the entries that are written now. */
  check(): void {
    if (filesIn(this.#dir) !== this.#found) {
      throw fault("gone", this.#dir, "write to", "it was deleted or replaced while the node ran");
    }
  }
}

/** A text that tells the files from any others. */
function filesIn(dir: string): string {
  return NAMES.map((name) => {
    const found = statSync(join(dir, name), { bigint: true, throwIfNoEntry: false });
    return found === undefined ? "none" : `${found.dev}:${found.ino}`;
  }).join();
}
