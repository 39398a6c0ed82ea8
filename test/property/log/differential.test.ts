/** The log in memory and the log on disk against a plain model, through commits, reverts, kills and reopenings. */
import { equal } from "node:assert/strict";
import { cpSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { MemoryEntries } from "../../../lib/core/log/memory_entries.ts";
import { FILE_NAME } from "../../../lib/store/faults.ts";
import { openStore } from "../../../lib/store/sqlite.ts";
import { refusal } from "../../unit/store/folder.ts";
import { holds } from "../holds.ts";
import { ORIGINS, SEQ_MAX, Subject, worldOf } from "./modelled.ts";

const where = {
  origin: fc.constantFrom(...ORIGINS),
  from: fc.integer({ min: 1, max: SEQ_MAX }),
  count: fc.integer({ min: 1, max: 8 }),
};
const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ kind: fc.constant("put"), ...where }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("lose"), ...where }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("commit of one"), ...where }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom("expire", "commit", "fail", "kill", "reopen"),
      origin: fc.constant(""),
      from: fc.constant(0),
      count: fc.constant(0),
    }),
  },
);
const steps = fc.array(
  fc.tuple(step, fc.constantFrom(0, 0, 1, 4_000, 11_000, 3_700_000)),
  { maxLength: 30, size: "max" },
);

test("the log in memory is as the model says, whatever came, went and was opened again", () => {
  holds(
    fc.property(fc.nat(), steps, (seed, all) => {
      const subject = new Subject(worldOf(seed), new MemoryEntries());
      for (const [{ kind, origin, from, count }, ms] of all) {
        subject.now += ms;
        if (kind === "put") subject.put(origin, from, count);
        else if (kind === "lose") subject.lose(origin, from, count);
        else if (kind === "expire") subject.expire();
        else if (kind === "reopen") subject.log = subject.logOf();
        subject.check();
      }
    }),
    150,
  );
});

test("the log on disk is as the model says, through commits that fail, kills and reopenings", () => {
  const dirs = mkdtempSync(join(tmpdir(), "hearsay-differential-"));
  let life = 0;
  try {
    holds(
      fc.property(fc.nat(), steps, (seed, all) => {
        let dir = join(dirs, `${++life}`);
        const open = (now: number) => openStore({ id: "n1", cluster: "", dir, now });
        let store = open(1_000);
        const subject = new Subject(worldOf(seed), store);
        /** Whether something may be gone since the last commit of all. */
        let isLess = false;
        const startOver = () => {
          isLess = false;
          subject.log = subject.logOf();
          subject.model = subject.committed.copy();
        };
        try {
          for (const [{ kind, origin, from, count }, ms] of all) {
            subject.now += ms;
            isLess ||= kind === "lose" || kind === "expire";
            if (kind === "put") subject.put(origin, from, count);
            else if (kind === "lose") subject.lose(origin, from, count);
            else if (kind === "expire") subject.expire();
            else if (kind === "commit of one" && !isLess) {
              store.commit(new Set([origin]));
              subject.committed = subject.committed.withThatOf(subject.model, origin);
            } else if (kind.startsWith("commit")) {
              store.commit();
              store.maintain();
              isLess = false;
              subject.committed = subject.model.copy();
            } else if (kind === "fail") {
              renameSync(join(dir, FILE_NAME), join(dir, "away"));
              equal(refusal(() => store.commit()).kind, "gone");
              renameSync(join(dir, "away"), join(dir, FILE_NAME));
              store.revert();
              startOver();
            } else {
              const before = dir;
              if (kind === "kill") cpSync(before, dir = join(dirs, `${++life}`), { recursive: true });
              store.close();
              if (dir !== before) rmSync(before, { recursive: true });
              subject.store = store = open(subject.now);
              startOver();
            }
            subject.check();
          }
        } finally {
          store.close();
          rmSync(dir, { recursive: true });
        }
      }),
      40,
    );
  } finally {
    rmSync(dirs, { recursive: true, force: true });
  }
});
