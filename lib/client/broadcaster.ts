/** Tells values to one node after the other, many under way at once, until each is acknowledged or none answers. */
import { type Body, FORBIDDEN, MALFORMED_REQUEST } from "../core/message.ts";
import { type Connection, refusal } from "./connection.ts";
import { eventId } from "./event_ids.ts";
import type { Nodes } from "./nodes.ts";
import type { Value, Values } from "./values.ts";

/** No more values are under way once their requests have this length together, bytes. */
export const IN_FLIGHT_BYTES_MAX = 1_048_576;
/** What a request takes beside its value, and what that is told with, about, bytes. */
export const REQUEST_BYTES = 80;

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

type Good = Extract<Value, { readonly ok: true }>;

/** One node while values are told to it. */
interface Visit {
  readonly connection: Connection;
  readonly close: (reason?: string, isRefusal?: boolean) => void;
  isOpen: boolean;
  /** It waits for more values to come in. */
  isWaiting: boolean;
  /** The node has acknowledged something. */
  isUseful: boolean;
}

export class Broadcaster {
  readonly #options: BroadcasterOptions;
  /** As they follow the value in a request. */
  readonly #belongings: string;
  /** By number, in order. They are told again to the next node, which does no harm: an equal value, or id, enters once. */
  readonly #unanswered = new Map<number, Good>();
  #unansweredBytes = 0;
  #count = 0;
  #acknowledged = 0;
  #refused = 0;
  readonly #by = new Set<string>();

  constructor(options: BroadcasterOptions) {
    this.#options = options;
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
    return this.#unanswered.size;
  }

  /** The ids of the nodes that acknowledged values. */
  get by(): ReadonlySet<string> {
    return this.#by;
  }

  /** Resolves to true once every value is answered, and to false where no node answers. */
  async run(): Promise<boolean> {
    const { nodes, values } = this.#options;
    for (;;) {
      if (this.unanswered === 0) await values.ready();
      if (this.#isDone) return true;
      const connection = await nodes.reach();
      if (connection === undefined) return false;
      await this.#tell(connection);
    }
  }

  get #isDone(): boolean {
    return this.#options.values.ended && this.unanswered === 0;
  }

  /** Resolves once all is done, or the connection is of no use. */
  #tell(connection: Connection): Promise<void> {
    return new Promise((resolve) => {
      const close = (reason?: string, isRefusal = false) => {
        if (!visit.isOpen) return;
        visit.isOpen = false;
        connection.close();
        if (reason !== undefined) this.#left(visit, reason, isRefusal);
        resolve();
      };
      const visit: Visit = { connection, close, isOpen: true, isWaiting: false, isUseful: false };
      connection.listen({ onBody() {}, onBroken: (reason) => close(reason, connection.isUnknown) });
      for (const [number, value] of this.#unanswered) this.#ask(visit, number, value);
      this.#pump(visit);
    });
  }

  /** A node that goes while it owes nothing has not failed. */
  #left({ isUseful }: Visit, reason: string, isRefusal: boolean): void {
    if (isUseful || this.unanswered === 0) this.#options.nodes.moveOn(reason);
    else this.#options.nodes.failed(reason, isRefusal);
  }

  #pump(visit: Visit): void {
    const { values } = this.#options;
    while (visit.isOpen && this.#hasRoom) {
      const value = values.next();
      if (value === undefined) break;
      if (value.ok) this.#ask(visit, this.#add(value), value);
      else this.#refuse(value.text, value.reason);
    }
    if (this.#isDone) return visit.close();
    if (values.waiting === 0 && !values.ended && !visit.isWaiting) this.#awaitMore(visit);
  }

  /** Input comes in its own time; an answer that comes sooner finds nothing to do. */
  #awaitMore(visit: Visit): void {
    visit.isWaiting = true;
    this.#options.values.ready().then(() => {
      visit.isWaiting = false;
      if (visit.isOpen) this.#pump(visit);
    });
  }

  get #hasRoom(): boolean {
    return this.#unansweredBytes < IN_FLIGHT_BYTES_MAX;
  }

  #add(value: Good): number {
    this.#unanswered.set(++this.#count, value);
    this.#unansweredBytes += this.#bytesOf(value);
    return this.#count;
  }

  #bytesOf({ json }: Good): number {
    return json.length + this.#belongings.length + REQUEST_BYTES;
  }

  #ask(visit: Visit, number: number, value: Good): void {
    const { events } = this.#options;
    const id = events === undefined ? "" : `,"id":"${eventId(events, number)}"`;
    const body = `{"type":"broadcast","message":${value.json}${this.#belongings}${id}}`;
    visit.connection.askText(body, (answer) => this.#onAnswer(visit, number, value, answer));
  }

  #onAnswer(visit: Visit, number: number, value: Good, answer: Body): void {
    const code = answer.type === "error" ? answer["code"] : undefined;
    if (answer.type === "broadcast_ok") this.#acknowledge(visit);
    else if (code === MALFORMED_REQUEST || code === FORBIDDEN) this.#refuse(value.json, refusal(answer));
    else if (answer.type === "error") return visit.close(refusal(answer), true);
    else return visit.close("answers with something else");
    this.#unanswered.delete(number);
    this.#unansweredBytes -= this.#bytesOf(value);
    this.#pump(visit);
  }

  #acknowledge(visit: Visit): void {
    visit.isUseful = true;
    this.#acknowledged++;
    this.#by.add(visit.connection.nodeId);
    this.#options.nodes.startOver();
  }

  #refuse(text: string, reason: string): void {
    this.#refused++;
    this.#options.onRefused(text, reason);
  }
}
