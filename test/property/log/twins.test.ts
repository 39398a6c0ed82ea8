/** Rings of entries that are one, against sets. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { join, part, type Ringed, twinsOf } from "../../../lib/core/log/kept/twins.ts";
import { holds } from "../holds.ts";

const SEQ_MAX = 12;

const place = fc.record({ origin: fc.nat(2), seq: fc.integer({ min: 1, max: SEQ_MAX }) });
const step = fc.record({ one: place, other: place, count: fc.integer({ min: 1, max: 4 }), parts: fc.nat(5) });

test("property: entries are one with those that they were joined with, and with no others [H12]", () => {
  holds(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const origins: readonly Ringed[] = ["a", "b", "c"].map((name) => ({ name, twins: undefined }));
      const at = ({ origin, seq }: { origin: number; seq: number }) => {
        const found = origins[origin];
        if (found === undefined) throw new RangeError("there are three origins");
        return { origin: found, seq };
      };
      const nameOf = ({ origin, seq }: { origin: Ringed; seq: number }) => `${origin.name} ${seq}`;
      let sets: Set<string>[] = [];
      const setOf = (name: string) => sets.find((each) => each.has(name)) ?? new Set([name]);
      for (const { one, other, count, parts } of steps) {
        if (parts === 0) {
          part(at(one));
          for (const each of sets) each.delete(nameOf(at(one)));
        } else {
          // As runs come.
          for (let i = 0; i < count; i++) {
            const [a, b] = [at({ ...one, seq: one.seq + i }), at({ ...other, seq: other.seq + i })];
            const both = [setOf(nameOf(a)), setOf(nameOf(b))] as const;
            join(a, b);
            sets = [...sets.filter((each) => !both.includes(each)), both[0].union(both[1])];
          }
        }
        for (const [origin] of origins.entries()) {
          for (let seq = 1; seq <= SEQ_MAX + 4; seq++) {
            const here = at({ origin, seq });
            const all = [here, ...twinsOf(here)].map(nameOf);
            deepEqual(all.toSorted(), [...setOf(nameOf(here))].toSorted());
          }
        }
      }
    }),
    200,
  );
});
