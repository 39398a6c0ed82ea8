/** Nodes of each workload: a right one as anybody might write it, and some that are wrong in one way. */
import type { Body, Json } from "../../../lib/core/message.ts";
import { type Born, gossiping, type Life, numberIn } from "./gossip.ts";

/** What was asked to be echoed. */
function payload(body: Body): Json {
  const parsed: Json = JSON.parse(JSON.stringify(body["echo"]));
  return parsed;
}

export const echoes = {
  right: gossiping(() => ({ answer: (body) => ({ echo: payload(body) }) })),
  trims: gossiping(() => ({
    answer: (body) => {
      const asked = payload(body);
      return { echo: typeof asked === "string" ? asked.trim() : asked };
    },
  })),
  "answers what was asked before": gossiping(() => {
    let before: Json = "nothing";
    return {
      answer: (body) => {
        const answer = { echo: before };
        before = payload(body);
        return answer;
      },
    };
  }),
  "has no payload": gossiping(() => ({ answer: () => ({}) })),
};

function ids(next: (born: Born, count: number) => Json) {
  return gossiping((born) => {
    let count = 0;
    return { answer: () => ({ id: next(born, ++count) }) };
  });
}

export const generators = {
  right: ids(({ id, restarts }, count) => `${id} ${restarts} ${count}`),
  "by the clock alone": ids(({ now }) => Math.floor(now())),
  "again after a restart": ids(({ id }, count) => [id, count]),
  "null to everybody": ids(() => null),
};

/** Values are handed on until everybody has them; `shows` changes what is read. */
function set(shows: (values: Json[], forgotten: ReadonlySet<Json>) => Json[]) {
  return gossiping(() => {
    const held = new Set<Json>();
    let forgotten: ReadonlySet<Json> = new Set();
    return {
      answer(body) {
        if (body.type === "add") held.add(numberIn(body, "element"));
        return body.type === "read" ? { value: shows([...held], forgotten) } : {};
      },
      state: () => [...held],
      merge(state) {
        if (Array.isArray(state)) { for (const value of state) held.add(value); }
      },
      resumed: () => forgotten = new Set(held),
    };
  });
}

export const sets = {
  right: set((values) => values),
  "forgets at a pause": set((values, forgotten) => values.filter((value) => !forgotten.has(value))),
  "makes strings of numbers": set((values) => values.map(String)),
  "reads twice": set((values) => [...values, ...values.slice(0, 1)]),
};

/** By life of a node what was added there: the larger number is the later one, where all are positive. */
class Totals {
  readonly #totals = new Map<string, number>();

  add(life: string, delta: number): void {
    this.#totals.set(life, (this.#totals.get(life) ?? 0) + delta);
  }

  merge(state: Json): void {
    if (typeof state !== "object" || state === null) return;
    for (const [life, total] of Object.entries(state)) {
      this.#totals.set(life, Math.max(this.#totals.get(life) ?? -Infinity, Number(total)));
    }
  }

  get state(): Json {
    return Object.fromEntries(this.#totals);
  }

  get sum(): number {
    return [...this.#totals.values()].reduce((sum, total) => sum + total, 0);
  }
}

function counter(
  life: (born: Born) => Life & { readonly read: () => number; readonly add: (delta: number) => void },
) {
  return gossiping((born) => {
    const { read, add, ...rest } = life(born);
    return {
      ...rest,
      answer(body) {
        if (body.type === "add") add(numberIn(body, "delta"));
        return body.type === "read" ? { value: read() } : {};
      },
    };
  });
}

const nothing = { answer: () => ({}) };

export const counters = {
  right: counter(({ id, restarts }) => {
    const [more, less] = [new Totals(), new Totals()];
    return {
      ...nothing,
      add: (delta) =>
        delta < 0 ? less.add(`${id}/${restarts}`, -delta) : more.add(`${id}/${restarts}`, delta),
      read: () => more.sum - less.sum,
      state: () => [more.state, less.state],
      merge(state) {
        if (!Array.isArray(state)) return;
        more.merge(state[0] ?? null);
        less.merge(state[1] ?? null);
      },
    };
  }),
  /** Each addition is told once: what comes twice counts twice, and what is lost never. */
  "counts what it hears": counter(({ tellAll }) => {
    let sum = 0;
    return {
      ...nothing,
      add(delta) {
        sum += delta;
        tellAll(delta);
      },
      read: () => sum,
      merge: (delta) => void (sum += Number(delta)),
    };
  }),
  "keeps the largest sum": counter(() => {
    let sum = 0;
    return {
      ...nothing,
      add: (delta) => void (sum += delta),
      read: () => sum,
      state: () => sum,
      merge: (other) => void (sum = Math.max(sum, Number(other))),
    };
  }),
  /** Right where nothing is taken away. */
  "keeps the largest of each node": counter(({ id, restarts }) => {
    const totals = new Totals();
    return {
      ...nothing,
      add: (delta) => totals.add(`${id}/${restarts}`, delta),
      read: () => totals.sum,
      state: () => totals.state,
      merge: (state) => totals.merge(state),
    };
  }),
  "takes the sum that it heard last": counter(() => {
    let sum = 0;
    return {
      ...nothing,
      add: (delta) => void (sum += delta),
      read: () => sum,
      state: () => sum,
      merge: (other) => void (sum = Number(other)),
    };
  }),
};
