/** A file that a command writes: every failure is a sentence with its name. */
import { realpathSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { resolve } from "node:path";
import { fileFault } from "../../../transports/errno.ts";

/** Text is gathered up to about so many characters before it is written. */
const PIECE_CHARS = 262_144;

export class OutputFile {
  readonly #path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** Whatever the file held is gone. Rejects with a sentence. */
  static async open(path: string): Promise<OutputFile> {
    try {
      return new OutputFile(path, await open(path, "w"));
    } catch (error) {
      throw unwritten(path, error);
    }
  }

  /** Likewise. */
  async write(texts: Iterable<string>): Promise<void> {
    try {
      for (const piece of pieces(texts)) await this.#file.appendFile(piece);
    } catch (error) {
      throw unwritten(this.#path, error);
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** Whether two paths lead to one file, through links as well; either need not exist. */
export function isSameFile(one: string, other: string): boolean {
  return fileAt(one) === fileAt(other);
}

function fileAt(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}

/** The same text in pieces of a size that is worth a write. */
export function* pieces(texts: Iterable<string>): Generator<string> {
  let piece = "";
  for (const text of texts) {
    piece += text;
    if (piece.length < PIECE_CHARS) continue;
    yield piece;
    piece = "";
  }
  if (piece !== "") yield piece;
}

/** The error that says so in a sentence. */
export function unwritten(path: string, error: unknown): Error {
  const why = fileFault(error, "there is no such directory");
  return new Error(`Cannot write ${JSON.stringify(path)}: ${why}`, { cause: error });
}
