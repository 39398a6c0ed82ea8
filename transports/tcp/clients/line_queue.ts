/** Lines of a client that came while an earlier one was in the way, first in, first out. */

/** So many bytes a waiting line costs beside its characters; a guess at a runtime's string. */
const LINE_OVERHEAD_BYTES = 64;

export class LineQueue {
  #lines: string[] = [];
  /** The lines before this one were taken. */
  #next = 0;
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#next === this.#lines.length;
  }

  /** About the memory that the waiting lines take. */
  get bytes(): number {
    return this.#bytes;
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#bytes += line.length + LINE_OVERHEAD_BYTES;
  }

  /** Undefined where none waits. */
  take(): string | undefined {
    const line = this.#lines[this.#next];
    if (line === undefined) return undefined;
    this.#bytes -= line.length + LINE_OVERHEAD_BYTES;
    this.#next += 1;
    if (this.isEmpty) this.clear();
    return line;
  }

  clear(): void {
    this.#lines = [];
    this.#next = 0;
    this.#bytes = 0;
  }
}
