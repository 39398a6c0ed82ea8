/** The durable log on a disk that is full, read-only or somebody else's. */
import { deepEqual, equal, match } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { type Needs, testNeeding } from "../../shared/needing.ts";
import { script } from "../../shared/script.ts";

/** A disk of its own for the command that follows: in a mount namespace, so that it is gone with the process. */
const onSmallDisk = [
  ...["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"],
  'mount -t tmpfs -o size=256k hearsay "$0" && exec "$@"',
];
/** Permissions bind everyone but root. */
const asNobody = process.getuid?.() === 0
  ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
  : ["env"];
const NO_ROOM = "as there is no room left on the disk: make room";
const mend = "make the directory and the files in it writable for this user, or choose another directory";

const smallDisk = cannot("mount a disk of its own", [...onSmallDisk, tmpdir(), "true"]);
const nobody = cannot("be somebody without rights", [...asNobody, process.execPath, "--version"]);

testNeeding("a full disk refuses a commit, which is done once there is room", smallDisk, () => {
  const [committed, pending] = ["n1.1 1+2", "n1.1 1+2,n1.2 2+2"];
  inFolder((dir) => {
    const refused = { kind: "full", message: `Cannot write to the log in "${dir}" ${NO_ROOM}` };
    const full = ["open", "append", "fill", "append", "commit", "read"];
    const freed = ["free", "commit", "read", "close", "open", "read"];
    const outcomes = keeper([...onSmallDisk, dir], dir, [...full, "another", ...freed]);
    deepEqual(outcomes.slice(0, 6), ["opened", "committed", "done", refused, refused, pending]);
    match(JSON.stringify(outcomes[6]), /"in-use"/);
    deepEqual(outcomes.slice(7), ["done", "committed", pending, "done", "opened", pending]);
    const reverted = ["open", "append", "fill", "append", "revert", "read", "free", "append", "read"];
    deepEqual(keeper([...onSmallDisk, dir], dir, reverted).slice(3), [
      ...[refused, "done", committed],
      ...["done", "committed", `${committed},n1.3 3+2`],
    ]);
  });
});

testNeeding("a full disk refuses to open a log, and does so no longer once there is room", smallDisk, () => {
  inFolder((dir) => {
    const full = { kind: "full", message: `Cannot open the log in "${dir}" ${NO_ROOM}` };
    const none = keeper([...onSmallDisk, dir], dir, ["fill", "open", "files", "free", "open", "append"]);
    deepEqual(none, ["done", full, "", "done", "opened", "committed"]);
    const steps = ["open", "append", "close", "fill", "open", "free", "open", "read", "files"];
    const some = keeper([...onSmallDisk, dir], dir, steps);
    deepEqual(some.slice(3, 6), ["done", full, "done"]);
    deepEqual(some.slice(6), ["opened", "n1.1 1+2", "hearsay.sqlite"]);
  });
});

testNeeding(
  "a full disk leaves a log of an earlier version as it was, until there is room to take it over",
  smallDisk,
  () => {
    inFolder((dir) => {
      const full = { kind: "full", message: `Cannot open the log in "${dir}" ${NO_ROOM}` };
      const steps = ["old", "fill", "open", "files", "free", "open", "read", "files"];
      const outcomes = keeper([...onSmallDisk, dir], dir, steps);
      deepEqual(outcomes.slice(2, 4), [full, "hearsay.sqlite"]);
      deepEqual(outcomes.slice(5), [
        ...["opened", "n1.lol1s0w0 1+6,n2.lol1s0w9 1+4,n2.lol1s0w9 7+2", "hearsay.sqlite"],
      ]);
    });
  },
);

testNeeding(
  "a disk that became read-only refuses to open a log, with or without one on it",
  smallDisk,
  () => {
    inFolder((dir) => {
      const message = `Cannot open the log in "${dir}" as it is on a read-only file system: ${mend}`;
      const sealed = { kind: "read-only", message };
      const some = keeper([...onSmallDisk, dir], dir, ["open", "append", "close", "seal", "open"]);
      deepEqual(some.slice(3), ["done", sealed]);
      deepEqual(keeper([...onSmallDisk, dir], dir, ["seal", "open"]), ["done", sealed]);
    });
  },
);

testNeeding("a directory that this user may not write to is refused, with or without a log", nobody, () => {
  inFolder((dir) => {
    const message = `Cannot open the log in "${dir}" as this user may not write there: ${mend}`;
    chmodSync(dir, 0o555);
    deepEqual(keeper(asNobody, dir, ["open"]), [{ kind: "read-only", message }]);
    const below = join(dir, "below");
    const denied = { kind: "read-only", message: message.replace(dir, below) };
    deepEqual(keeper(asNobody, below, ["open"]), [denied]);
    chmodSync(dir, 0o755);
    keeper([], dir, ["open", "append", "close"]);
    chmodSync(dir, 0o555);
    deepEqual(keeper(asNobody, dir, ["open"]), [{ kind: "read-only", message }]);
  });
});

testNeeding("a log that this user may not write to is refused", nobody, () => {
  inFolder((dir) => {
    keeper([], dir, ["open", "append", "close"]);
    chmodSync(join(dir, "hearsay.sqlite"), 0o444);
    chmodSync(dir, 0o777);
    const message =
      `Cannot open the log in "${dir}" as this user may not write to "hearsay.sqlite" in it: ${mend}`;
    deepEqual(keeper(asNobody, dir, ["open", "files"]), [{ kind: "read-only", message }, "hearsay.sqlite"]);
  });
});

function inFolder(run: (dir: string) => void): void {
  const dir = mkdtempSync(join(tmpdir(), "hearsay-store-"));
  chmodSync(dir, 0o755);
  try {
    run(dir);
  } finally {
    chmodSync(dir, 0o755);
    rmSync(dir, { recursive: true, force: true });
  }
}

/** What came of each step, in a process started through `through`. */
function keeper(through: readonly string[], dir: string, steps: readonly string[]): unknown[] {
  const { bin, args } = script(new URL("../fixtures/keeps_a_log.ts", import.meta.url));
  const [program = "", ...rest] = [...through, bin, ...args, dir, ...steps];
  const { stdout, stderr, status } = spawnSync(program, rest, { encoding: "utf8", timeout: 30_000 });
  equal(status, 0, stderr);
  return JSON.parse(stdout);
}

/** Skips where the machine cannot do it; where everything must run, the test then fails instead. */
function cannot(what: string, [program = "", ...args]: readonly string[]): Needs {
  const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8", timeout: 30_000 });
  if (status === 0 || process.env["CI"] === "true") return {};
  return { skip: `this machine cannot ${what}: ${error?.message ?? stderr.trim()}` };
}
