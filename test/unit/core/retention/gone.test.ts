/** Notes of what is gone: no more than there are intervals, however long those are, and the same after a restart. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { MemoryEntries } from "../../../../lib/core/log/memory_entries.ts";
import { Gone } from "../../../../lib/core/retention/gone.ts";
import { below, seeded } from "../../../../lib/core/random.ts";

const LONG = 1e15;

test("a gap of 10^15 entries is one note [G3]", () => {
  const store = new MemoryEntries();
  const gone = new Gone(store);
  gone.add("a", [[2, LONG]]);
  deepEqual([...store.notes()].map(([, text]) => text), [`2,${LONG}`]);
  equal(new Gone(store).endOf("a", 3), LONG);
  gone.forget("a");
  deepEqual([...store.notes()], []);
});

test("what is noted is what is gone, in whatever order it went [G3]", () => {
  const random = seeded(1);
  const store = new MemoryEntries();
  const gone = new Gone(store);
  for (let i = 0; i < 300; i++) {
    const from = 1 + below(random, 400_000);
    const most = below(random, 10) === 0 ? 150_000 : 300;
    gone.add("a", [[from, from + below(random, most)]]);
    deepEqual(new Gone(store).of("a")?.spans(), gone.of("a")?.spans());
  }
  gone.forget("a");
  deepEqual([...store.notes()], []);
});
