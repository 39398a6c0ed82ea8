/** Any list of events into a reference node: it never throws, never spins, and answers every client's request once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Effect, Event } from "../../lib/core/node.ts";
import { seeded } from "../../lib/core/random.ts";
import { protocols } from "../../lib/workbench/reference/protocols.ts";
import { type ProtocolName, protocolNames } from "../../lib/workbench/settings.ts";
import { isClient } from "../../transports/client_id.ts";
import { holds } from "../property/holds.ts";
import { happenings, ME, members } from "./events.ts";

/** Longer and it would be about the network. */
const WAKES_MAX = 50;

const answersLateOrNever: readonly ProtocolName[] = ["send-without-ack", "no-ack-for-duplicates"];

for (const name of protocolNames.filter((name) => name !== "hearsay")) {
  test(`${name} takes any list of events`, () => {
    holds(
      fc.property(happenings, fc.nat(99), (list, seed) => {
        const node = protocols[name].make({ random: seeded(seed), incarnation: 1 });
        let now = 0;
        const step = (event: Event): Effect[] => {
          const effects = node.step(event, now);
          // A wake lets leave all that is due.
          if (event.kind === "wake") assert.ok(node.deadline > now, `woken at ${now} for ${node.deadline}`);
          return effects;
        };
        const body = { type: "init", msg_id: 1, node_id: ME, node_ids: members };
        step({ kind: "receive", envelope: { src: "c1", dest: ME, body } });
        for (const { afterMs, envelope } of list) {
          now += afterMs;
          const effects = step(envelope === undefined ? { kind: "wake" } : { kind: "receive", envelope });
          const { src = "", body } = envelope ?? {};
          if (!isClient(src) || body?.in_reply_to !== undefined || answersLateOrNever.includes(name)) {
            continue;
          }
          const answers = effects.filter((effect) => effect.kind === "send" && effect.envelope.dest === src);
          assert.equal(answers.length, 1);
        }
        for (let wakes = 0; wakes < WAKES_MAX && node.deadline < Infinity; wakes++) {
          now = Math.max(now, node.deadline);
          step({ kind: "wake" });
        }
      }),
      200,
    );
  });
}
