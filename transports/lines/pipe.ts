/** A pipe that is read chunk by chunk, and can be left for a while. */
import type { Readable } from "node:stream";
import { atNextTurn } from "../next_turn.ts";
import type { LineReader } from "./reader.ts";

/** Half of what a pipe holds: whoever has written so much at once may go on without a pause, bytes. */
const FLOOD_BYTES = 32 * 1024;

/**
 * Chunks are taken, and the pipe is never paused and resumed: under Bun it may then keep its end to itself (three times in
 * sixty on a busy machine), and Deno ends a process that waits for nothing else.
 */
export class Pipe {
  readonly #pipe: Readable;
  readonly #onChunk: (chunk: Uint8Array) => void;
  readonly #takeAll = () => this.#take();
  #isHeld = false;
  #isClosed = false;

  constructor(pipe: Readable, onChunk: (chunk: Uint8Array) => void) {
    this.#pipe = pipe;
    this.#onChunk = onChunk;
    pipe.on("readable", this.#takeAll);
  }

  /** No chunk is taken before goOn(). */
  hold(): void {
    this.#isHeld = true;
  }

  goOn(): void {
    this.#isHeld = false;
    this.#take();
  }

  /** Reads no more, and no longer keeps the process alive. */
  close(): void {
    this.#isClosed = true;
    this.#pipe.off("readable", this.#takeAll).pause();
  }

  #take(): void {
    while (!this.#isHeld && !this.#isClosed) {
      const chunk: Uint8Array | null = this.#pipe.read();
      if (chunk === null) return;
      this.#onChunk(chunk);
    }
  }
}

/**
 * Reads a pipe until the function that it returns is called. A runtime may read on as long as there is anything, and no timer
 * would ever come, so a flood waits for one turn of the event loop after the other.
 */
export function readPipe(pipe: Readable, reader: LineReader): () => void {
  const reading = new Pipe(pipe, (chunk) => {
    reader.push(chunk);
    if (chunk.length < FLOOD_BYTES) return;
    reading.hold();
    atNextTurn(() => reading.goOn());
  });
  return () => reading.close();
}
