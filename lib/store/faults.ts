/** Turns errors of SQLite and the file system into sentences that tell an operator what is wrong and what to do. */
import { closeSync, existsSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { type FaultKind, StoreFault } from "./store.ts";

/** The file of the log, in its directory. */
export const FILE_NAME = "hearsay.sqlite";

/** The action that failed, as a verb of the sentence. */
export type Doing = "open" | "read" | "write to";

/** So much SQLite writes at once: a disk can have room for a name and none for a page. */
const PROBE_BYTES = 4_096;

/** SQLite's primary result codes (https://sqlite.org/rescode.html) for faults that an operator can mend. */
const CODE = {
  error: 1,
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADb: 26,
};

const remedies: Readonly<Record<FaultKind, string>> = {
  foreign: "give each node a directory of its own",
  newer: "run the version that wrote it, or a later one",
  corrupt: "move the directory away and start again, the other nodes will send what they hold of it",
  full: "make room",
  "read-only": "make the directory and the files in it writable for this user, or choose another directory",
  "in-use": "stop that process first, or give this node a directory of its own",
  gone: "put it back as it was, or start the node again",
  unavailable: "mend that, or choose another directory",
};

/** Makes a fault of this kind and reason; the remedy follows from the kind. */
export function fault(kind: FaultKind, dir: string, doing: Doing, why: string): StoreFault {
  return new StoreFault(kind, `Cannot ${doing} the log in "${dir}" as ${why}: ${remedies[kind]}`);
}

/** The fault of a log in which something is not as it was written. */
export function damaged(dir: string, doing: Doing, why: string): StoreFault {
  return fault("corrupt", dir, doing, `it is damaged (${why})`);
}

/** The fault behind an error, if an operator can mend it; otherwise the error itself, which is a bug of ours. */
export function faultBehind(error: unknown, dir: string, doing: Doing): unknown {
  if (error instanceof StoreFault || !(error instanceof Error)) return error;
  const code = sqliteCode(error);
  if (code !== undefined) return faultOfSqlite(code, error, dir, doing);
  return systemCode(error) === undefined ? error : faultOfSystem(error, dir, doing);
}

function faultOfSqlite(code: number, error: Error, dir: string, doing: Doing): unknown {
  switch (code) {
    case CODE.busy:
    case CODE.locked:
      return fault("in-use", dir, doing, "another process has it open");
    case CODE.corrupt:
    case CODE.notADb:
      return damaged(dir, doing, error.message);
    case CODE.full:
      return fault("full", dir, doing, "there is no room left on the disk");
    case CODE.readOnly:
    case CODE.cannotOpen:
    case CODE.ioError:
      return faultOfPlace(dir, doing) ??
        fault("unavailable", dir, doing, `the disk fails (${error.message})`);
    case CODE.error:
      // The statements are fixed, so a table or column that they miss was there once.
      return doing === "open" ? damaged(dir, doing, error.message) : error;
    default:
      return error;
  }
}

function faultOfSystem(error: Error, dir: string, doing: Doing, where = "there"): StoreFault {
  switch (systemCode(error)) {
    case "EROFS":
      return fault("read-only", dir, doing, "it is on a read-only file system");
    case "EACCES":
    case "EPERM":
      return fault("read-only", dir, doing, `this user may not write ${where}`);
    case "ENOSPC":
    case "EDQUOT":
      return fault("full", dir, doing, "there is no room left on the disk");
    case "EEXIST":
    case "ENOTDIR":
      return fault("unavailable", dir, doing, "there is a file where a directory should be");
    default:
      return fault("unavailable", dir, doing, `the system refuses it (${error.message})`);
  }
}

/** SQLite does not say why it cannot open or write a file, so this function tries the same and sees why. */
function faultOfPlace(dir: string, doing: Doing): StoreFault | undefined {
  try {
    probeDirectory(join(dir, "hearsay.probe"));
  } catch (error) {
    if (error instanceof Error) return faultOfSystem(error, dir, doing);
  }
  try {
    // Not while the log is open: closing the file a second time would release this process's locks on it.
    if (doing === "open") probeFile(join(dir, FILE_NAME));
  } catch (error) {
    if (error instanceof Error) return faultOfSystem(error, dir, doing, `to "${FILE_NAME}" in it`);
  }
  return undefined;
}

function probeDirectory(path: string): void {
  const file = openSync(path, "w");
  try {
    writeSync(file, new Uint8Array(PROBE_BYTES));
  } finally {
    closeSync(file);
    rmSync(path, { force: true });
  }
}

function probeFile(path: string): void {
  if (existsSync(path)) closeSync(openSync(path, "r+"));
}

/** The primary result code of an error of SQLite's. */
function sqliteCode(error: Error): number | undefined {
  if ("errcode" in error && typeof error.errcode === "number") return error.errcode & 0xff;
  // Deno gives no number with the errors of the constructor, which only ever mean that the file cannot be opened.
  return codeOf(error) === "ERR_SQLITE_ERROR" ? CODE.cannotOpen : undefined;
}

/** The name of a system call's error, as ENOSPC; names that begin with ERR_ are the runtime's own. */
function systemCode(error: Error): string | undefined {
  const code = codeOf(error);
  return code?.startsWith("ERR_") ? undefined : code;
}

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
