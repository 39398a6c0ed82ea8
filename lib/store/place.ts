/** The place of a log on the disk, and whether its files are still the ones that are found there. */
import { statSync } from "node:fs";
import { join } from "node:path";
import { fault, FILE_NAME } from "./faults.ts";

/** A process goes on writing to open files after they were deleted, and nobody finds them again. */
export class Place {
  readonly #dir: string;
  readonly #found: string;

  /** Of a log that is open and was written to, so that all its files are there. */
  constructor(dir: string) {
    this.#dir = dir;
    this.#found = filesIn(dir);
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
  return [FILE_NAME, `${FILE_NAME}-wal`].map((name) => {
    const found = statSync(join(dir, name), { bigint: true, throwIfNoEntry: false });
    return found === undefined ? "none" : `${found.dev}:${found.ino}`;
  }).join();
}
