/** Keeps a position in a file, so that a watcher that starts again goes on where it was. */
import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from "node:fs";
import { codeOf, fileFault } from "../../transports/errno.ts";
import { readText } from "../../transports/read_text.ts";
import type { Digest } from "../core/log/digest.ts";
import { parsePosition, positionText } from "./position.ts";

/** While values come, the file is written at most so often, ms. */
export const SAVE_EVERY_MS = 100;
/** A file longer than this is no position, bytes. */
export const POSITION_FILE_BYTES_MAX = 64 * 1_048_576;

/** The position is undefined where there is no such file; the reason, for people, says why a file holds none. */
export type Loaded =
  | { readonly ok: true; readonly position: Digest | undefined }
  | { readonly ok: false; readonly reason: string };

export function loadPosition(path: string): Loaded {
  try {
    const position = parsePosition(readText(path, POSITION_FILE_BYTES_MAX));
    return position === undefined ? { ok: false, reason: "it holds no position" } : { ok: true, position };
  } catch (error) {
    return isMissing(error) ? { ok: true, position: undefined } : { ok: false, reason: fileFault(error) };
  }
}

/** Called once when the position cannot be saved, with the reason, and once when it can be again. */
export type OnFault = (fault: string | undefined) => void;

/** Saves soon after each change, but at most every SAVE_EVERY_MS. */
export class PositionFile {
  readonly #path: string;
  readonly #position: Digest;
  readonly #onFault: OnFault;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #fault: string | undefined;

  constructor(path: string, position: Digest, onFault: OnFault) {
    this.#path = path;
    this.#position = position;
    this.#onFault = onFault;
  }

  /** The position has moved on. */
  touch(): void {
    this.#timer ??= setTimeout(() => this.save(), SAVE_EVERY_MS);
  }

  /** Writes the position now. Returns why that failed, if it did. */
  save(): string | undefined {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const fault = write(this.#path, `${positionText(this.#position)}\n`);
    if (fault !== this.#fault) this.#onFault(fault);
    this.#fault = fault;
    return fault;
  }
}

/** The file is written whole or not at all, whatever ends this process or this machine meanwhile. */
function write(path: string, text: string): string | undefined {
  const draft = `${path}.new`;
  try {
    const file = openSync(draft, "w");
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
    return undefined;
  } catch (error) {
    return fileFault(error, "its directory does not exist");
  }
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === "ENOENT";
}
