/** Judges events by how often each message is read in each topic: as often as events with it were told. */
import type { Json } from "../../core/message.ts";
import type { Op } from "../verdict/history.ts";
import { type Kept, keptBy, mayBeGone, type ToldValue } from "../verdict/retention.ts";
import { quoted } from "../verdict/quote.ts";
import { getOr, type Key, keyOf } from "../verdict/values.ts";
import {
  type Checker,
  type CheckerOptions,
  counted,
  type EventResults,
  type Findings,
  listed,
  type MiscountedMessage,
  type TopicMessage,
} from "./workload.ts";

/** What a client tells; without an id, equal messages of one topic are one. */
export interface Told {
  readonly topic: string;
  readonly id?: string;
  readonly message: Json;
}

/** What an operation tells; a script may have any JSON. */
export function toldBy(value: Json): Told {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { topic: "", message: value };
  }
  const { topic = "", id, message } = value;
  if (typeof topic !== "string" || message === undefined) return { topic: "", message: value };
  return { topic, message, ...typeof id === "string" && { id } };
}

/** Within its topic. */
export function identityOf({ id, message }: Told): string {
  return id === undefined ? `message ${keyOf(message)}` : `id ${id}`;
}

/** One event, which may be told several times. */
interface Event {
  /** When it was told first: no node had it before. */
  readonly at: number;
  /** Of the times it was told, those that did not surely fail. */
  attempts: number;
  readonly acks: Pick<Op, "node" | "time">[];
}

/** One message of one topic, and the events that have it, by what tells them apart. */
interface Message extends TopicMessage {
  readonly events: Map<string, Event>;
}

/** A final read. */
interface Final {
  readonly counts: Counts;
  readonly kept: Kept;
}

type Counts = ReadonlyMap<Key, { readonly message: Json; count: number }>;

type First<K extends "repeated" | "astray" | "phantom"> = Map<string, EventResults[K][number]>;

export class EventChecker implements Checker {
  readonly #options: CheckerOptions;
  /** By topic. */
  readonly #messages = new Map<string, Map<Key, Message>>();
  /** By topic and node. */
  readonly #finals = new Map<string, Map<string, Final>>();
  readonly #repeated: First<"repeated"> = new Map();
  readonly #astray: First<"astray"> = new Map();
  readonly #phantom: First<"phantom"> = new Map();

  constructor(options: CheckerOptions) {
    this.#options = options;
  }

  see(op: Op, invocation: Op): void {
    if (op.f === "broadcast") this.#onBroadcast(op, invocation.value);
    else if (op.type === "ok") this.#onRead(op, typeof invocation.value === "string" ? invocation.value : "");
  }

  check(): Findings {
    const messages = [...this.#messages.values()].flatMap((topic) => [...topic.values()]);
    const events = messages.flatMap((message) => [...message.events.values()]);
    const acked = events.filter(({ acks }) => acks.length > 0);
    const judged = messages.flatMap((message) => this.#judge(message));
    const isMissing = ({ least, nodes }: MiscountedMessage) =>
      Object.values(nodes).some((count) => count < least);
    const results: EventResults = {
      kind: "events",
      "attempt-count": events.length,
      "acknowledged-count": acked.length,
      "repeat-count": acked.reduce((sum, { acks }) => sum + acks.length - 1, 0),
      "at-risk-count": acked.filter((event) => !this.#isSure(event)).length,
      missing: judged.filter(isMissing),
      partial: judged.filter((message) => !isMissing(message)),
      repeated: [...this.#repeated.values()],
      astray: [...this.#astray.values()],
      phantom: [...this.#phantom.values()],
    };
    return { failures: sentences(results), results };
  }

  #onBroadcast({ type, node, time }: Op, value: Json): void {
    const told = toldBy(value);
    const topic = getOr(this.#messages, told.topic, () => new Map<Key, Message>());
    const { topic: name, message } = told;
    const { events } = getOr(topic, keyOf(message), () => ({ topic: name, message, events: new Map() }));
    const event = getOr(events, identityOf(told), () => ({ at: time, attempts: 0, acks: [] }));
    if (type === "invoke") event.attempts++;
    else if (type === "fail") event.attempts--;
    else if (type === "ok") event.acks.push({ node, time });
  }

  #onRead({ value, node, time, final }: Op, topic: string): void {
    const messages = messagesIn(value);
    const counts = countsOf(messages);
    for (const [key, { message, count }] of counts) {
      const most = mostOf(this.#messages.get(topic)?.get(key));
      if (count <= most) continue;
      const seen = { topic, message, node, "at-ms": Math.round(time) };
      if (most > 0) noteFirst(this.#repeated, { ...seen, count, most });
      else if (this.#isToldElsewhere(key)) noteFirst(this.#astray, seen);
      else noteFirst(this.#phantom, seen);
    }
    if (!final) return;
    const kept = keptBy(time, messages, this.#toldIn(topic), this.#options.limitsOf(topic));
    getOr(this.#finals, topic, () => new Map<string, Final>()).set(node, { counts, kept });
  }

  *#toldIn(topic: string): Generator<ToldValue> {
    for (const { message: value, events } of this.#messages.get(topic)?.values() ?? []) {
      for (const { at } of events.values()) yield { value, at };
    }
  }

  #isToldElsewhere(key: Key): boolean {
    return [...this.#messages.values()].some((topic) => mostOf(topic.get(key)) > 0);
  }

  /** Nothing where every final read shows the message equally often, and often enough. */
  #judge(message: Message): MiscountedMessage[] {
    const { topic, message: shows } = message;
    const limits = this.#options.limitsOf(topic);
    const sure = [...message.events.values()].filter((event) => this.#isSure(event));
    const reads = [...this.#finals.get(topic) ?? []].map(([node, { counts, kept }]) => ({
      node,
      count: counts.get(keyOf(shows))?.count ?? 0,
      least: sure.filter(({ at }) => !mayBeGone(limits, at, kept)).length,
    }));
    const least = Math.max(0, ...reads.map((read) => read.least));
    const isEnough = reads.every((read) => read.count >= read.least);
    // What nodes drop when they come to it they need not all have.
    const isAlike = limits !== undefined || new Set(reads.map(({ count }) => count)).size < 2;
    if (isEnough && isAlike) return [];
    const nodes = Object.fromEntries(reads.map(({ node, count }) => [node, count]));
    return [{ topic, message: shows, least, most: mostOf(message), nodes }];
  }

  #isSure({ acks }: Event): boolean {
    return acks.some(({ node, time }) => !this.#options.mayHaveLost(node, time));
  }
}

function mostOf(message: Message | undefined): number {
  return [...message?.events.values() ?? []].filter(({ attempts }) => attempts > 0).length;
}

function messagesIn(value: Json): readonly Json[] {
  const messages = typeof value === "object" && value !== null && !Array.isArray(value) && value["messages"];
  return Array.isArray(messages) ? messages : [];
}

function countsOf(messages: readonly Json[]): Counts {
  const counts = new Map<Key, { readonly message: Json; count: number }>();
  for (const message of messages) getOr(counts, keyOf(message), () => ({ message, count: 0 })).count++;
  return counts;
}

function noteFirst<T extends TopicMessage>(seen: Map<string, T>, sighting: T): void {
  const key = `${sighting.topic} ${keyOf(sighting.message)}`;
  if (!seen.has(key)) seen.set(key, sighting);
}

function sentences({ missing, partial, repeated, astray, phantom }: EventResults): string[] {
  const miscounted = ({ nodes, least, ...message }: MiscountedMessage) => {
    const counts = Map.groupBy(Object.entries(nodes), ([, count]) => count);
    const reads = [...counts].map(([count, at]) => `${count} at ${at.map(([node]) => node).join(" ")}`);
    return `${inWords(message)} (${least} acknowledged; ${reads.join(", ")})`;
  };
  const seen = (message: EventResults["astray"][number]) =>
    `${inWords(message)} at ${message.node}, ${(message["at-ms"] / 1000).toFixed(1)} s`;
  return [
    ...say("Missing", missing, "not read as often as events with it are acknowledged", miscounted),
    ...say("Partial", partial, "not read equally often everywhere in the end", miscounted),
    ...say(
      "Repeated",
      repeated,
      "read more often than told",
      (message) => `${seen(message)} (${message.count} of ${message.most})`,
    ),
    ...say("Astray", astray, "read in a topic in which nobody told it", seen),
    ...say("Phantom", phantom, "read that nobody told", seen),
  ];
}

function say<T>(what: string, items: readonly T[], why: string, inWords: (item: T) => string): string[] {
  if (items.length === 0) return [];
  const some = counted(items.length, "message was", "messages were");
  return [`${what}: ${some} ${why}: ${listed(items.map(inWords))}.`];
}

function inWords({ topic, message }: TopicMessage): string {
  return quoted(JSON.stringify(message)) + (topic === "" ? "" : ` in ${topic}`);
}
