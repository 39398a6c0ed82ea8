/** Standard output and standard error as streams: a reader that stalls holds up nothing, and its pipe stays as it was. */
import type { Buffer } from "node:buffer";
import { constants, fstatSync, openSync, readFileSync, type Stats, writeSync } from "node:fs";
import { Socket } from "node:net";
import process from "node:process";
import { Writable } from "node:stream";
import { setImmediate } from "node:timers";
import { isatty } from "node:tty";
import { codeOf } from "./errno.ts";

export type Descriptor = 1 | 2;

/** POSIX's PIPE_BUF on Linux: a pipe takes so many bytes whole or not at all. Deno does not say how many it took. */
const PIECE_BYTES = 4_096;
/** A full pipe is tried again in each turn of the event loop for so long, as its reader is mostly at work, ms. */
const EAGER_MS = 1;
/** After that there is a wait each time, as long as it has been full, up to this, ms. */
const RETRY_MS_MAX = 32;

const opened = new Map<Descriptor, Writable>();

/** The one stream of this process on that descriptor; its errors end nothing, whether or not anybody listens to them. */
export function standardOutput(fd: Descriptor): Writable {
  const stream = opened.get(fd) ?? open(fd).on("error", () => {});
  opened.set(fd, stream);
  return stream;
}

/** How many characters fit a line of the terminal there, at this moment; undefined where it is none, 0 where it does not say. */
export function terminalColumns(fd: Descriptor): number | undefined {
  if (!isatty(fd)) return undefined;
  return fd === 1 ? process.stdout.columns : process.stderr.columns;
}

/** Whether an error of such a stream says only that nobody reads it any more, as after `| head`. */
export function isReaderGone(error: Error): boolean {
  return ["EPIPE", "ECONNRESET"].includes(codeOf(error) ?? "");
}

/** Why it cannot be written, for people. */
export function whyUnwritten(fd: Descriptor, error: Error): string {
  const name = fd === 1 ? "standard output" : "standard error";
  return `Cannot write to ${name} as ${reasons[codeOf(error) ?? ""] ?? error.message}`;
}

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "there is no room left on the disk",
  EDQUOT: "this user may take no more room on the disk",
  EFBIG: "the file may not be longer",
  EIO: "the device fails",
  EBADF: "it is closed",
};

/**
 * Only pipes and sockets may have a reader that stalls. A pipe is opened a second time: non-blocking writes are a property
 * of the open file, which all processes that inherited it share, the shell's other commands among them.
 */
function open(fd: Descriptor): Writable {
  const stat = fstatSync(fd);
  if (isatty(fd)) return streamOfRuntime(fd);
  if (stat.isSocket()) return streamOnShared(fd);
  if (!stat.isFIFO()) return wasClosed(fd, stat) ? new ClosedStream() : new DescriptorStream(fd);
  try {
    return new DescriptorStream(openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK));
  } catch {
    // Its reader has left, it is another user's, or this system has no such path.
    return streamOnShared(fd);
  }
}

/** Bun's stream does not wait; Deno's own holds up the whole process, signals too, and a socket does not. */
function streamOnShared(fd: Descriptor): Writable {
  if (process.versions["deno"] === undefined) return streamOfRuntime(fd);
  return new Socket({ fd, readable: false, writable: true });
}

function streamOfRuntime(fd: Descriptor): Writable {
  return fd === 1 ? process.stdout : process.stderr;
}

/**
 * A runtime opens /dev/null in the place of a closed descriptor. An inherited descriptor stays open when a program starts,
 * so one that is marked to be closed then is Bun's own. Deno leaves no such mark, and Node marks what it inherits, too.
 */
function wasClosed(fd: Descriptor, stat: Stats): boolean {
  if (!stat.isCharacterDevice() || process.versions["bun"] === undefined) return false;
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
    return (parseInt(flags ?? "0", 8) & CLOSES_ON_EXEC) !== 0;
  } catch {
    return false;
  }
}

/** Linux's O_CLOEXEC, which node:fs does not name. */
const CLOSES_ON_EXEC = 0o2000000;

class ClosedStream extends Writable {
  override _write(_chunk: unknown, _encoding: unknown, callback: (error: Error) => void): void {
    callback(Object.assign(new Error("bad file descriptor"), { code: "EBADF" }));
  }
}

/** Writes to a descriptor that takes bytes at once, or says that it cannot now. */
class DescriptorStream extends Writable {
  readonly #fd: number;
  #retry: ReturnType<typeof setTimeout> | undefined;

  constructor(fd: number) {
    super();
    this.#fd = fd;
  }

  override _write(chunk: Buffer, _encoding: unknown, callback: (error?: Error) => void): void {
    this.#writeFrom(chunk, 0, callback, performance.now());
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    clearTimeout(this.#retry);
    callback(error);
  }

  #writeFrom(chunk: Buffer, start: number, callback: (error?: Error) => void, fullAt: number): void {
    let from = start;
    try {
      while (from < chunk.length) from += this.#writePiece(chunk, from);
    } catch (error) {
      if (!(error instanceof Error) || codeOf(error) !== "EAGAIN") return callback(asError(error));
      const now = performance.now();
      const since = from > start ? now : fullAt;
      return this.#later(now - since, () => this.#writeFrom(chunk, from, callback, since));
    }
    callback();
  }

  #later(fullMs: number, retry: () => void): void {
    if (fullMs < EAGER_MS) setImmediate(() => this.destroyed || retry());
    else this.#retry = setTimeout(retry, Math.min(RETRY_MS_MAX, fullMs));
  }

  #writePiece(chunk: Buffer, from: number): number {
    return writeSync(this.#fd, chunk, from, Math.min(PIECE_BYTES, chunk.length - from));
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
