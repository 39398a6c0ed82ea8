/** Each log that cannot be used is refused with a sentence that says what is wrong and what to do. */
import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { type Doing, faultBehind } from "../../../lib/store/faults.ts";
import { SCHEMA_VERSION } from "../../../lib/store/schema.ts";
import { type Store, StoreFault } from "../../../lib/store/store.ts";
import { below, seeded } from "../../../lib/core/random.ts";
import { entriesIn, fileIn, inFolder, open, refusal, run, write } from "./folder.ts";

test(
  "a log of another node is refused",
  inFolder((dir) => {
    open(dir, { id: "n2" }).close();
    deepEqual(refusal(() => open(dir)), {
      kind: "foreign",
      message: `Cannot open the log in "${dir}" as it is the log of node "n2", and this is "n1": ` +
        "give each node a directory of its own",
    });
  }),
);

test(
  "a log that was deleted or replaced while it is open takes no commit until it is back, and harms no other",
  inFolder((dir) => {
    const [mine, away] = [join(dir, "mine"), join(dir, "away")];
    const store = open(mine);
    const commit = () => store.commit();
    store.put(run("n1.rs", 1, 1), 1_000);
    commit();
    store.put(run("n1.rs", 2, 2), 1_000);
    const gone = {
      kind: "gone",
      message: `Cannot write to the log in "${mine}" as it was deleted or replaced while the node ran: ` +
        "put it back as it was, or start the node again",
    };
    renameSync(mine, away);
    deepEqual(refusal(commit), gone);
    deepEqual(refusal(() => store.check()), gone);
    // A backup, say: its log ahead must not go with ours.
    mkdirSync(mine);
    for (const name of ["hearsay.sqlite", "hearsay.sqlite-wal"]) writeFileSync(join(mine, name), name);
    deepEqual(refusal(commit), gone);
    renameSync(mine, join(dir, "other"));
    renameSync(away, mine);
    commit();
    renameSync(mine, away);
    renameSync(join(dir, "other"), mine);
    store.close();
    for (const name of ["hearsay.sqlite", "hearsay.sqlite-wal"]) {
      equal(readFileSync(join(mine, name), "utf8"), name);
    }
    const again = open(away);
    deepEqual(entriesIn(again), ["n1.rs 1 1", "n1.rs 2 2"]);
    again.close();
  }),
);

test(
  "a log of another cluster is refused",
  inFolder((dir) => {
    open(dir, { cluster: "films" }).close();
    deepEqual(refusal(() => open(dir)), {
      kind: "foreign",
      message:
        `Cannot open the log in "${dir}" as it is of the cluster "films", and this node is of "books": ` +
        "give each node a directory of its own",
    });
  }),
);

test(
  "a database that is no log is refused, and stays as it was",
  inFolder((dir) => {
    change(dir, "CREATE TABLE films (name TEXT)");
    const before = readFileSync(fileIn(dir));
    deepEqual(refusal(() => open(dir)), {
      kind: "foreign",
      message: `Cannot open the log in "${dir}" as it is no log of hearsay's: ` +
        "give each node a directory of its own",
    });
    deepEqual(readFileSync(fileIn(dir)), before);
  }),
);

test(
  "a log with a newer schema is refused, whatever else is in it",
  inFolder((dir) => {
    write(dir, 1);
    change(dir, `PRAGMA user_version = ${SCHEMA_VERSION + 1}; DROP TABLE meta`);
    deepEqual(refusal(() => open(dir)), {
      kind: "newer",
      message: `Cannot open the log in "${dir}" as it has schema ${SCHEMA_VERSION + 1}, ` +
        `and this version knows ${SCHEMA_VERSION}: run the version that wrote it, or a later one`,
    });
  }),
);

test(
  "garbage is refused",
  inFolder((dir) => {
    writeFileSync(fileIn(dir), "garbage ".repeat(1_000));
    deepEqual(refusal(() => open(dir)), {
      kind: "corrupt",
      message: `Cannot open the log in "${dir}" as it is damaged (file is not a database): ` +
        "move the directory away and start again, the other nodes will send what they hold of it",
    });
  }),
);

test(
  "a log cut short anywhere is refused",
  inFolder((dir) => {
    write(dir, 500);
    const whole = readFileSync(fileIn(dir));
    const lengths = [0, 1, 15, 16, 99, 100, 511, 512, whole.length - 4_096, whole.length - 1];
    for (let length = 1_000; length < whole.length; length += 1_000) lengths.push(length);
    for (const length of lengths) {
      writeFileSync(fileIn(dir), whole);
      truncateSync(fileIn(dir), length);
      equal(refusal(() => open(dir)).kind, "corrupt", `cut to ${length} bytes`);
    }
  }),
);

test(
  "a log with any page damaged is refused",
  inFolder((dir) => {
    write(dir, 500);
    const whole = readFileSync(fileIn(dir));
    ok(whole.length >= 5 * 4_096);
    for (let at = 0; at < whole.length; at += 4_096) {
      writeFileSync(fileIn(dir), new Uint8Array(whole).fill(0, at, at + 4_096));
      equal(refusal(() => open(dir)).kind, "corrupt", `page at ${at}`);
    }
  }),
);

test(
  "a log with a bit changed is refused, or the bit meant nothing",
  inFolder((dir) => {
    write(dir, 60);
    const whole = readFileSync(fileIn(dir));
    const expected = contents(open(dir, { now: 2_000 }));
    const random = seeded(1);
    const places = Array.from(
      { length: 400 },
      (_, i) => i < 100 ? i : below(random, whole.length),
    );
    let refused = 0;
    for (const place of places) {
      const bytes = new Uint8Array(whole);
      bytes[place] = (bytes[place] ?? 0) ^ (1 << below(random, 8));
      writeFileSync(fileIn(dir), bytes);
      const found = contentsOrFault(dir);
      if (found instanceof StoreFault) refused++;
      else deepEqual(found, expected, `byte ${place}`);
    }
    ok(refused > 50, `${refused} were refused`);
  }),
);

test(
  "a value that rotted is refused, and named",
  inFolder((dir) => {
    write(dir, 100);
    const bytes = readFileSync(fileIn(dir));
    bytes.write("Value 42", bytes.indexOf("value 42"));
    writeFileSync(fileIn(dir), bytes);
    match(
      refusal(() => open(dir)).message,
      /it is damaged \(entry 43 of "n2.0" does not match its checksum\)/,
    );
  }),
);

test(
  "an origin that rotted is refused",
  inFolder((dir) => {
    write(dir, 1);
    const bytes = readFileSync(fileIn(dir));
    bytes.write("n1.rt", bytes.indexOf("n1.rs"));
    writeFileSync(fileIn(dir), bytes);
    match(
      refusal(() => open(dir)).message,
      /it is damaged \(its description of itself does not match its checksum\)/,
    );
  }),
);

test(
  "what is written ahead to a log that is gone is refused, and kept",
  inFolder((dir) => {
    writeFileSync(`${fileIn(dir)}-wal`, "values");
    equal(refusal(() => open(dir)).kind, "corrupt");
    equal(readFileSync(`${fileIn(dir)}-wal`, "utf8"), "values");
  }),
);

test(
  "a log whose making was interrupted is made again",
  inFolder((dir) => {
    writeFileSync(`${fileIn(dir)}.new`, "");
    open(dir, { id: "n2" }).close();
    // Made whole, and not named yet when the process ended; then the operator gave the node another id.
    change(dir, "PRAGMA journal_mode = DELETE");
    renameSync(fileIn(dir), `${fileIn(dir)}.new`);
    const store = open(dir);
    equal(store.incarnation, 1_000);
    deepEqual(readdirSync(dir).filter((name) => name.includes(".new")), []);
    store.close();
  }),
);

test(
  "a log in use is refused, also after a commit that failed",
  inFolder((dir) => {
    const store = open(dir);
    const inUse = {
      kind: "in-use",
      message: `Cannot open the log in "${dir}" as another process has it open: ` +
        "stop that process first, or give this node a directory of its own",
    };
    deepEqual(refusal(() => open(dir)), inUse);
    store.put(run("n1.rs", 0.5, 1), 1_000);
    throws(() => store.commit());
    deepEqual(refusal(() => open(dir)), inUse);
    store.close();
    open(dir).close();
  }),
);

test(
  "a file in place of the directory is refused",
  inFolder((dir) => {
    const file = join(dir, "file");
    writeFileSync(file, "mine");
    for (const path of [file, join(file, "below")]) {
      deepEqual(refusal(() => open(path)), {
        kind: "unavailable",
        message: `Cannot open the log in "${path}" as there is a file where a directory should be: ` +
          "mend that, or choose another directory",
      });
    }
    equal(readFileSync(file, "utf8"), "mine");
  }),
);

test(
  "a directory in place of the file is refused",
  inFolder((dir) => {
    mkdirSync(fileIn(dir));
    const { kind, message } = refusal(() => open(dir));
    equal(kind, "unavailable");
    match(message, /as the system refuses it \(EISDIR/);
  }),
);

test(
  "errors of the disk and the system are faults, and ours are not",
  inFolder((dir) => {
    const kind = (error: Error, doing: Doing = "write to") => {
      const found = faultBehind(error, dir, doing);
      return found instanceof StoreFault ? found.kind : found;
    };
    const sqlite = (errcode: number) => Object.assign(new Error("?"), { code: "ERR_SQLITE_ERROR", errcode });
    const system = (code: string) => Object.assign(new Error("?"), { code });
    equal(kind(sqlite(10 | 3 << 8)), "unavailable");
    equal(kind(sqlite(13)), "full");
    equal(kind(system("EDQUOT")), "full");
    equal(kind(system("EIO")), "unavailable");
    const bugs = [sqlite(19), sqlite(21), sqlite(1), system("ERR_INVALID_ARG_TYPE"), new TypeError("?")];
    deepEqual(bugs.map((bug) => kind(bug)), bugs);
  }),
);

function change(dir: string, sql: string): void {
  const db = new DatabaseSync(fileIn(dir));
  db.exec(sql);
  db.close();
}

function contents(store: Store): unknown {
  const { incarnation } = store;
  const entries = entriesIn(store);
  store.close();
  return { incarnation, entries };
}

function contentsOrFault(dir: string): unknown {
  try {
    return contents(open(dir, { now: 2_000 }));
  } catch (error) {
    if (error instanceof StoreFault) return error;
    throw error;
  }
}
