/** Tells values to one node after the other, many under way at once, until each is acknowledged or none answers. */
import type { Body } from "../core/message.ts";
import { refusal } from "./connection.ts";
import { eventId } from "./event_ids.ts";
import type { Nodes } from "./nodes.ts";
import { type Request, Requests, type Source } from "./requests.ts";
import type { Value, Values } from "./values.ts";

/** What all values are told with. */
export interface Belongings {
  readonly topic?: string | undefined;
  readonly key?: string | undefined;
  /** Only where there is one value. */
  readonly id?: string | undefined;
}

export interface BroadcasterOptions {
  readonly nodes: Nodes;
  readonly values: Values;
  readonly belongings?: Belongings;
  /** Each value gets an id of its own, which begins with this. */
  readonly events?: string | undefined;
  /** No node would take this value, for this reason. */
  readonly onRefused: (text: string, reason: string) => void;
}

const BEGIN = '"type":"broadcast","message":';

type Good = Extract<Value, { readonly ok: true }>;

export class Broadcaster implements Source<Request> {
  readonly #options: BroadcasterOptions;
  readonly #requests: Requests<Request>;
  /** As they follow the value in a request. */
  readonly #belongings: string;
  #count = 0;
  #acknowledged = 0;
  #refused = 0;
  readonly #by = new Set<string>();

  constructor(options: BroadcasterOptions) {
    this.#options = options;
    this.#requests = new Requests(options.nodes, this);
    const fields = JSON.stringify(options.belongings ?? {}).slice(1, -1);
    this.#belongings = fields === "" ? "" : `,${fields}`;
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  get refused(): number {
    return this.#refused;
  }

  /** How many values were sent and not answered. */
  get unanswered(): number {
    return this.#requests.unanswered;
  }

  /** How many of these a node may have taken all the same. */
  get unsure(): number {
    return this.#requests.unsure;
  }

  /** The ids of the nodes that acknowledged values. */
  get by(): ReadonlySet<string> {
    return this.#by;
  }

  /** Resolves to true once every value is answered, and to false where no node answers. */
  run(): Promise<boolean> {
    return this.#requests.run();
  }

  get ended(): boolean {
    return this.#options.values.ended;
  }

  ready(): Promise<void> {
    return this.#options.values.ready();
  }

  next(): Request | undefined {
    for (;;) {
      const value = this.#options.values.next();
      if (value === undefined) return undefined;
      if (value.ok) return this.#requestFor(value);
      this.#refuse(value.text, value.reason);
    }
  }

  #requestFor({ json }: Good): Request {
    const { events } = this.#options;
    const id = events === undefined ? "" : `,"id":"${eventId(events, ++this.#count)}"`;
    return new Told(this, json, this.#belongings + id);
  }

  onAnswer(json: string, answer: Body, by: string): void {
    if (answer.type === "error") return this.#refuse(json, refusal(answer));
    this.#acknowledged++;
    this.#by.add(by);
  }

  #refuse(text: string, reason: string): void {
    this.#refused++;
    this.#options.onRefused(text, reason);
  }
}

/** It is put together where it is asked for: that is once, as a rule. */
class Told implements Request {
  readonly chars: number;
  readonly #by: Broadcaster;
  readonly #json: string;
  readonly #rest: string;

  constructor(by: Broadcaster, json: string, rest: string) {
    this.chars = BEGIN.length + json.length + rest.length;
    this.#by = by;
    this.#json = json;
    this.#rest = rest;
  }

  get doneType(): string {
    return "broadcast_ok";
  }

  get fields(): string {
    return `${BEGIN}${this.#json}${this.#rest}`;
  }

  onAnswer(answer: Body, by: string): void {
    this.#by.onAnswer(this.#json, answer, by);
  }
}
