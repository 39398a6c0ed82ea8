/** Reads the first line, the exit and the last words of the lab's child processes. */
import type { ChildProcess } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type { Readable } from "node:stream";
import { LineReader } from "../../../transports/lines/reader.ts";

/** Calls for every line of a stream that was opened. */
export function readLines(stream: Readable | null, onLine: (line: string) => void): void {
  const reader = new LineReader({ onLine, onOverlong: () => {} });
  stream?.on("data", (chunk: Uint8Array) => reader.push(chunk));
  stream?.once("end", () => reader.end());
}

/** Returns a function to the line that a process has printed last on standard error, so far. */
export function lastWords(child: ChildProcess): () => string {
  let last = "it says nothing";
  readLines(child.stderr, (line) => last = line);
  return () => last;
}

/** Resolves at the first line on standard output; rejects with the last words if the process ends before. */
export function firstLine(child: ChildProcess): Promise<string> {
  const words = lastWords(child);
  return new Promise((resolve, reject) => {
    readLines(child.stdout, resolve);
    child.once("close", () => reject(new Error(words())));
    child.once("error", reject);
  });
}

/** Resolves when the process has ended: to its last words if it failed. */
export function failure(child: ChildProcess): Promise<string | undefined> {
  const words = lastWords(child);
  child.stdout?.resume();
  return new Promise((resolve) => {
    child.once("close", (status) => resolve(status === 0 ? undefined : words()));
    child.once("error", ({ message }) => resolve(message));
  });
}

/** Where programs are looked for: not everybody's PATH has those of the administrator. */
export function widePath(path: string): string {
  return [path, "/usr/local/sbin", "/usr/sbin", "/sbin"].join(delimiter);
}

export function isInPath(program: string, path: string): boolean {
  return path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
