/** One live line while something runs: rewritten in place on a terminal, a line now and then elsewhere. */
import type { Io } from "./io.ts";

type ErrOutput = Pick<Io, "err" | "errIsTerminal" | "errColumns">;

/** Between two lines where nothing can be rewritten, ms. */
export const LINE_EVERY_MS = 5_000;
/** A live line that is longer than the terminal is wide would wrap, and could not be rewritten; where that is not told, it is taken for so wide, in characters. */
export const COLUMNS = 80;

export interface ProgressLine {
  update(text: string): void;
  /** Takes the live line away, so that the report stands alone. */
  end(): void;
}

export const silent: ProgressLine = { update() {}, end() {} };

/** `now` in ms; a clock of any origin. */
export function progressOn(io: ErrOutput, now: () => number): ProgressLine {
  return io.errIsTerminal ? liveLine(io) : lineNowAndThen(io, now);
}

function liveLine(io: ErrOutput): ProgressLine {
  return {
    update: (text) => io.err(`\r${text.slice(0, (io.errColumns || COLUMNS) - 1)}\x1b[K`),
    end: () => io.err("\r\x1b[K"),
  };
}

function lineNowAndThen(io: ErrOutput, now: () => number): ProgressLine {
  let nextAt = -Infinity;
  return {
    update(text) {
      if (now() < nextAt) return;
      nextAt = now() + LINE_EVERY_MS;
      io.err(`${text}\n`);
    },
    end() {},
  };
}
