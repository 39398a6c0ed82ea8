/** Simulated nodes that are broken on purpose, each in one way, around nodes that are sound. */
import type { Envelope, Json } from "../../lib/core/message.ts";
import { Node } from "../../lib/core/node.ts";
import { type SimHosts, simHosts } from "../../lib/workbench/world/sim.ts";
import type { HostEvents } from "../../lib/workbench/world/world.ts";

export type Flaw =
  | "forgets-one"
  | "reads-one-twice"
  | "invents-one"
  | "stops-answering"
  | "stray-line"
  | "never-forwards"
  | "unknown-destination"
  | "wrong-source"
  | "other-source"
  | "malformed-reply"
  | "never-initialises";

/** When nodes that break later do so, ms. */
const BREAKS_AT_MS = 12_000;

/** n1 has the flaw, all others are sound. */
export function broken(flaw: Flaw): SimHosts {
  return (seed, scheduler, options) => {
    const sound = simHosts(seed, scheduler, options);
    const spoiled = spoil(flaw, () => scheduler.now());
    return (id, events) => sound(id, id === "n1" ? spoiled(events) : events);
  };
}

function spoil(flaw: Flaw, now: () => number): (events: HostEvents) => HostEvents {
  switch (flaw) {
    case "forgets-one":
      return reading((values) => values.filter((value) => value !== 3));
    case "reads-one-twice":
      return reading((values) => values.flatMap((value) => value === 3 ? [3, 3] : [value]));
    case "invents-one":
      return reading((values) => [...values, 1_000_000]);
    case "malformed-reply":
      return reading((values) => Object.fromEntries(values.entries()));
    case "stops-answering":
      return passing(({ dest }) => now() < BREAKS_AT_MS || !dest.startsWith("c"));
    case "never-forwards":
      return passing(({ dest }) => dest.startsWith("c"));
    case "never-initialises":
      return passing(({ body }) => body.type !== "init_ok");
    case "stray-line":
      return (events) => tapping(events, () => events.misbehaved("stray-line", "it printed hello"));
    case "unknown-destination":
      return (events) => tapping(events, (envelope) => events.sent({ ...envelope, dest: "n99" }));
    case "wrong-source":
      return (events) => tapping(events, (envelope) => events.sent({ ...envelope, src: "n99" }));
    case "other-source":
      return (events) => tapping(events, (envelope) => events.sent({ ...envelope, src: "n0" }));
  }
}

/** Nodes that acknowledge what enters before it is safe. */
export const careless: SimHosts = (seed, scheduler, options) =>
  simHosts(seed, scheduler, options, (given) => {
    const node = new Node(given);
    return {
      step: (event, now) =>
        node.step(event, now).map((effect) => effect.kind === "persist" ? { ...effect, own: false } : effect),
      get deadline() {
        return node.deadline;
      },
    };
  });

/** Restarted nodes that have lost what they should have kept. */
export const forgetful: SimHosts = (seed, scheduler, options) =>
  simHosts(seed, scheduler, options, ({ entries: _, ...node }) => new Node(node));

/** Nodes that think themselves broken, and do nothing more, when they are woken later than this, ms. */
const WATCHDOG_MS = 50;

export const watched: SimHosts = (seed, scheduler, options) =>
  simHosts(seed, scheduler, options, (given) => {
    const node = new Node(given);
    let isBroken = false;
    return {
      step(event, now) {
        isBroken ||= event.kind === "wake" && node.deadline > 0 && now > node.deadline + WATCHDOG_MS;
        return isBroken ? [] : node.step(event, now);
      },
      get deadline() {
        return isBroken ? Infinity : node.deadline;
      },
    };
  });

/** Answers reads with something else. */
function reading(change: (values: readonly Json[]) => unknown): (events: HostEvents) => HostEvents {
  return (events) => ({
    ...events,
    sent(envelope) {
      const messages = envelope.body["messages"];
      if (!Array.isArray(messages)) return events.sent(envelope);
      events.sent({ ...envelope, body: { ...envelope.body, messages: change(messages) } });
    },
  });
}

/** Sends only some messages. */
function passing(may: (envelope: Envelope) => boolean): (events: HostEvents) => HostEvents {
  return (events) => ({
    ...events,
    sent(envelope) {
      if (may(envelope)) events.sent(envelope);
    },
  });
}

/** Does something beside its first answer to a read. */
function tapping(events: HostEvents, beside: (envelope: Envelope) => void): HostEvents {
  let done = false;
  return {
    ...events,
    sent(envelope) {
      if (!done && envelope.body.type === "read_ok") {
        done = true;
        beside(envelope);
      }
      events.sent(envelope);
    },
  };
}
