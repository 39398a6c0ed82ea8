/** Events: messages in topics, which are told apart by their ids where they have some; each is to be read once, in its topic alone. */
import type { Body } from "../../core/message.ts";
import { below } from "../../core/random.ts";
import { EventChecker, type Told, toldBy } from "./event_checker.ts";
import { type Answer, anyJson, type Draw, type WorkloadDefinition } from "./workload.ts";

/** The default one, and two of which one is the beginning of the other. */
export const TOPICS = ["", "exam", "exam.2"] as const;

/** So many of the broadcasts repeat an event that was told before, or is being told: its first answer need not have come. */
const REPEATED_SHARE = 0.2;
/** How far back the repeated event may be, in events: some are under way still, and some had no answer after 5 s. */
const BACK_MAX = 200;

export const events: WorkloadDefinition = {
  name: "events",
  operations: {
    broadcast: { called: "events", request: (value) => bodyOf(toldBy(value)) },
    read: {
      called: "reads",
      request: (topic) => ({ type: "read", ...topic !== "" && topic !== null && { topics: [topic] } }),
      field: "messages",
      read: messagesOf,
    },
  },
  main: "broadcast",
  counted: "events",
  advises: true,
  ofValues: false,
  next: (draw) =>
    draw.random.next() < 1 - draw.readShare
      ? { f: "broadcast", value: { ...drawn(draw) } }
      : { f: "read", value: TOPICS[below(draw.random, TOPICS.length)] ?? "" },
  last: () => TOPICS.map((topic) => ({ f: "read", value: topic })),
  checker: (options) => new EventChecker(options),
};

/** A new event, or one from before. */
function drawn({ random, fresh }: Draw): Told {
  const n = fresh();
  const back = random.next() < 0.5 ? 4 : BACK_MAX;
  return eventOf(random.next() < REPEATED_SHARE ? Math.max(0, n - 1 - below(random, back)) : n);
}

/** Of one number always the same event. Two that follow each other have one id, in different topics. */
export function eventOf(n: number): Told {
  const topic = TOPICS[n % TOPICS.length] ?? "";
  const flag = Math.floor(n / 10) % 2 === 0 ? "on" : "off";
  // Every fifth has no id: half of these are as the messages of others, and of the rest some are equal.
  if (n % 5 === 4) return { topic, message: n % 10 === 4 ? flag : n - n % 60 };
  return { topic, id: `e${Math.floor(n / 2)}`, message: n % 5 < 2 ? flag : { order: n } };
}

function bodyOf({ topic, id, message }: Told): Body {
  return { type: "broadcast", message, ...id !== undefined && { id }, ...topic !== "" && { topic } };
}

function messagesOf(answer: unknown): Answer | undefined {
  const messages = Array.isArray(answer) ? anyJson(answer)?.value : undefined;
  return messages === undefined ? undefined : { value: { messages } };
}
