/** Files that flags name: what is no plain file is refused at once, and none is read without end. */
import { equal, match, throws } from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { loadPosition, POSITION_FILE_BYTES_MAX } from "../../../lib/client/position_file.ts";
import { readToken, TOKEN_FILE_BYTES_MAX } from "../../../lib/client/token.ts";
import { readPair } from "../../../lib/commands/ca/certificate_files.ts";
import { SCRIPT_FILE_BYTES_MAX, scriptFlag } from "../../../lib/commands/config/exam/script.ts";
import { readTokens, TOKENS_FILE_BYTES_MAX } from "../../../lib/commands/config/trust/tokens_file.ts";
import { readSecret, SECRET_FILE_BYTES_MAX } from "../../../lib/workbench/faults/sidecar_secret.ts";
import { readText } from "../../../transports/read_text.ts";
import { PEM_BYTES_MAX, Tls } from "../../../transports/tcp/tls/tls.ts";
import { inFolder } from "../../shared/in_folder.ts";

/** Who reads a file that somebody names, and how long it may be. */
const readers: readonly (readonly [read: (path: string) => unknown, bytesMax: number])[] = [
  [readToken, TOKEN_FILE_BYTES_MAX],
  [readTokens, TOKENS_FILE_BYTES_MAX],
  [loadPosition, POSITION_FILE_BYTES_MAX],
  [readSecret, SECRET_FILE_BYTES_MAX],
  [(ca) => new Tls({ ca }), PEM_BYTES_MAX],
  [(path) => readPair({ certificate: path, key: path }), PEM_BYTES_MAX],
  [(path) => scriptFlag().parse(`@${path}`), SCRIPT_FILE_BYTES_MAX],
];

/** Whatever a reader says of a file, as one text. */
function saidBy(read: (path: string) => unknown, path: string): string {
  try {
    return JSON.stringify(read(path));
  } catch (error) {
    return String(error);
  }
}

function saysAll(path: string, fault: string | ((bytesMax: number) => string)): void {
  for (const [read, bytesMax] of readers) {
    const wanted = typeof fault === "string" ? fault : fault(bytesMax);
    equal(saidBy(read, path).includes(wanted), true, `${wanted}: ${saidBy(read, path)}`);
  }
}

test("a file may be as long as its limit, and no longer", () =>
  inFolder((folder) => {
    const path = join(folder, "file");
    const text = "ä".repeat(50_000);
    writeFileSync(path, text);
    equal(readText(path, 100_000), text);
    throws(() => readText(path, 99_999), /^Error: it is longer than 99999 bytes$/);
  }));

test("a file that states no size is read all the same, up to the limit", () => {
  match(readText("/proc/self/status", 65_536), /^Name:/);
  throws(() => readText("/proc/self/status", 10), /^Error: it is longer than 10 bytes$/);
});

test("a file that is too long for what it should hold is refused", () =>
  inFolder((folder) => {
    const path = join(folder, "long");
    writeFileSync(path, "");
    truncateSync(path, POSITION_FILE_BYTES_MAX + 1);
    saysAll(path, (bytesMax) => `it is longer than ${bytesMax} bytes`);
  }));

test("a device without end, a pipe that nobody writes to and a directory are refused", () =>
  inFolder((folder) => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    saysAll("/dev/zero", "it is no plain file");
    saysAll(pipe, "it is no plain file");
    saysAll(folder, "it is a directory");
  }));
