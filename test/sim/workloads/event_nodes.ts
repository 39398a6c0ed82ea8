/** Nodes for events in topics: a right one as anybody might write it, and some that are wrong in one way. */
import { canonical } from "../../../lib/core/log/canonical.ts";
import type { Body, Json } from "../../../lib/core/message.ts";
import { type Born, gossiping } from "./gossip.ts";

/** One event as nodes tell each other. */
interface Told {
  readonly topic: string;
  readonly id: string | null;
  readonly message: Json;
}

/** What a node does in another way than the right one. */
interface Ways {
  /** What makes two events one. */
  readonly identity?: (told: Told) => Json;
  /** Whether a read of a topic shows an event of another. */
  readonly shows?: (asked: string, topic: string) => boolean;
  /** What becomes of what a client tells. */
  readonly takes?: (told: Told, born: Born, count: number) => readonly Told[];
  /** What a node that goes on after a pause shows no more, of what it has. */
  readonly forgets?: (told: Told) => boolean;
  /** What a read shows for what is held. */
  readonly reads?: (messages: Json[]) => Json[];
}

const identityOf = ({ topic, id, message }: Told): Json => [topic, id, id === null ? message : null];

function node(ways: Ways = {}) {
  const { identity = identityOf, shows = (asked, topic) => asked === topic } = ways;
  const { takes = (told) => [told], forgets = () => false, reads = (messages) => messages } = ways;
  return gossiping((born) => {
    const held = new Map<string, Told>();
    let forgotten: ReadonlySet<Told> = new Set();
    let count = 0;
    const add = (told: Told) => {
      const key = String(canonical(identity(told)));
      if (!held.has(key)) held.set(key, told);
    };
    return {
      answer(body) {
        if (body.type === "broadcast") { for (const told of takes(toldBy(body), born, ++count)) add(told); }
        if (body.type !== "read") return {};
        const left = [...held.values()].filter((told) => !forgotten.has(told));
        const shown = left.filter(({ topic }) => shows(topicOf(body), topic));
        return { messages: reads(shown.map(({ message }) => message)) };
      },
      state: () => [...held.values()].map((told) => ({ ...told })),
      merge(state) {
        if (Array.isArray(state)) { for (const told of state) add(toldBy(told)); }
      },
      resumed: () => forgotten = new Set([...held.values()].filter(forgets)),
    };
  });
}

export const eventNodes = {
  right: node(),
  "tells equal messages apart no more": node({ identity: ({ topic, message }) => [topic, message] }),
  "takes each repetition for another event": node({
    takes: (told, { id, restarts }, count) => [{ ...told, id: `${told.id} ${id} ${restarts} ${count}` }],
  }),
  "takes an id for the same in every topic": node({
    identity: ({ topic, id, message }) => id === null ? [topic, message] : id,
  }),
  "has no topics": node({ shows: () => true }),
  "reads the topics that begin alike": node({
    shows: (asked, topic) => asked === "" ? topic === "" : topic.startsWith(asked),
  }),
  "forgets a topic at a pause": node({ forgets: ({ topic }) => topic === "exam" }),
  "invents one": node({ reads: (messages) => [...messages, "nobody's"] }),
  "reads the first twice": node({ reads: (messages) => [...messages, ...messages.slice(0, 1)] }),
};

function toldBy(told: Body | Json): Told {
  const parsed: { topic?: string; id?: string | null; message: Json } = JSON.parse(JSON.stringify(told));
  return { topic: parsed.topic ?? "", id: parsed.id ?? null, message: parsed.message };
}

function topicOf({ topics }: Body): string {
  return Array.isArray(topics) ? String(topics[0]) : "";
}
