/** Files that are read again when they have changed, or when somebody asks for it. */
import { statSync } from "node:fs";

/** How often it is looked whether they have. */
export const LOOK_EVERY_MS = 1_000;

export class ChangedFiles {
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #reads: { readonly paths: readonly string[]; readonly read: () => void; seen: string }[] = [];

  constructor(everyMs: number = LOOK_EVERY_MS) {
    this.#timer = setInterval(() => this.look(), everyMs);
  }

  /** Runs `read` when one of the files has changed, and once at first: it may have changed since it was read. */
  watch(paths: readonly string[], read: () => void): void {
    this.#reads.push({ paths, read, seen: "" });
  }

  look(): void {
    for (const each of this.#reads) {
      const stamp = stampOf(each.paths);
      if (stamp === each.seen) continue;
      each.seen = stamp;
      each.read();
    }
  }

  /** Reads all of them, changed or not. */
  readAll(): void {
    for (const each of this.#reads) {
      each.seen = stampOf(each.paths);
      each.read();
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** Changes with the files, also where another one takes the place of one, or a link leads elsewhere. */
function stampOf(paths: readonly string[]): string {
  return paths.map((path) => {
    const found = statSync(path, { throwIfNoEntry: false, bigint: true });
    return found === undefined
      ? "none"
      : `${found.dev}.${found.ino}.${found.size}.${found.mtimeNs}.${found.ctimeNs}`;
  }).join();
}
