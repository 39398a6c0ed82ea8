/** What a peer holds by its own account and will hold: whatever happens, what is acknowledged was sent. */
import { ok } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Digest } from "../../lib/core/log/digest.ts";
import { Log } from "../../lib/core/log/log.ts";
import { Holdings } from "../../lib/core/replication/holdings.ts";
import { add } from "../shared/entries.ts";
import { holds } from "./holds.ts";

const origin = fc.constantFrom("a", "b");
const seq = fc.integer({ min: 1, max: 9 });
const steps = fc.array(fc.oneof(
  fc.record({ kind: fc.constant("says" as const), origin, spans: fc.array(seq, { maxLength: 6 }) }),
  fc.record({ kind: fc.constant("brings" as const), origin, from: seq, more: fc.nat(3) }),
  fc.record({ kind: fc.constant("enters" as const), origin, seq }),
  fc.record({ kind: fc.constant("is sent" as const), bytes: fc.integer({ min: 1, max: 99 }) }),
  fc.record({ kind: fc.constant("is supposed" as const), origin, seq }),
  fc.record({ kind: fc.constant("is lost" as const) }),
));

test("Holdings: what a peer has not said it holds may be on its way, what it has said it lacks never is [E1] [E2] [I4]", () => {
  holds(
    fc.property(steps, (list) => {
      const [log, holdings] = [new Log(), new Holdings()];
      for (const step of list) {
        if (step.kind === "says") holdings.add(step.origin, step.spans);
        else if (step.kind === "brings") holdings.add(step.origin, [step.from, step.from + step.more]);
        else if (step.kind === "enters") add(log, { origin: step.origin, seq: step.seq, value: step.seq });
        else if (step.kind === "is sent") holdings.take(log, step.bytes, []);
        else if (step.kind === "is supposed") {
          const supposed = new Digest();
          supposed.add({ origin: step.origin, seq: step.seq, count: 1 });
          holdings.suppose(supposed);
        } else holdings.forgetSent([]);
        // Whatever will be missing there has not been acknowledged; what is lost is missing again.
        ok(!holdings.isBehind(log) || holdings.isUnacked(log));
        if (step.kind === "is lost") ok(holdings.isBehind(log) === holdings.isUnacked(log));
        ok(holdings.isUnacked(log) === holdings.lag(log) > 0);
        ok(holdings.isAhead(log, "") === holdings.ahead(log) > 0);
      }
    }),
    500,
  );
});
