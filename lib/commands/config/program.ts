/** Whether a word names a program that can be run, as a shell would look for it. */
import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** How much of a file tells whether it is text, in bytes. */
const HEAD_BYTES = 256;

/**
 * Says what is wrong with a program, and what to do about it; undefined if it can be run. With a slash, it is a path from
 * the working directory; without, a name in one of the folders of `path`.
 */
export function whyNoProgram(bin: string, path: string): string | undefined {
  if (bin.includes("/")) return whyNotRun(bin);
  const places = path.split(delimiter).map((folder) => join(folder, bin)).filter(isExecutable);
  if (places[0] !== undefined) return whyNotRun(places[0]);
  const hint = existsSync(bin) ? `a file here is given with a path, as ./${bin}` : "a path needs a slash";
  return `no such program is in PATH; ${hint}`;
}

function whyNotRun(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return "there is no such file";
  if (found.isDirectory()) return "it is a directory";
  if (!isExecutable(file)) return `it is not executable: chmod +x ${file}`;
  if (found.size === 0) return "it is empty";
  return whyNoInterpreter(headOf(file));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Where text names no interpreter, a shell would guess one; the system does not. */
function whyNoInterpreter(head: string | undefined): string | undefined {
  if (head === undefined || head.includes("\0")) return undefined;
  const named = /^#![ \t]*([^ \t\n]+)/.exec(head)?.[1];
  if (named === undefined) return "its first line must name an interpreter, as in #!/usr/bin/env python3";
  // In JSON, what the eye does not see shows: the carriage return of a file from Windows.
  return existsSync(named)
    ? undefined
    : `its first line names an interpreter that is not there: ${JSON.stringify(named)}`;
}

/** Undefined for a program that may be run but not read. */
function headOf(file: string): string | undefined {
  const bytes = new Uint8Array(HEAD_BYTES);
  try {
    const opened = openSync(file, "r");
    const count = readSync(opened, bytes, 0, HEAD_BYTES, 0);
    closeSync(opened);
    return new TextDecoder("latin1").decode(bytes.subarray(0, count));
  } catch {
    return undefined;
  }
}
