/** The names under which one connection asks: the ids that this carrier gives them, and the lines to them. */
import { encode, encodeAfter, headOf, type LongLine } from "../../../lib/core/codec.ts";
import type { Body } from "../../../lib/core/message.ts";

export class Names {
  readonly #me: string;
  readonly #number: number;
  /** The name under which it asked last, and the id that this carrier gives it. */
  #lastName = "";
  #lastId = "";
  #headName: string | undefined;
  #head = "";

  /** Of the connection with this number, which is the client of node `me`. */
  constructor(me: string, number: number) {
    this.#me = me;
    this.#number = number;
  }

  /** The name under which it asked last. */
  get last(): string {
    return this.#lastName;
  }

  /** A client mostly uses one name, and the same string again is hashed only once, wherever it is looked up. */
  idOf(name: string): string {
    if (name !== this.#lastName) this.#lastId = `${name}#${this.#number}`;
    this.#lastName = name;
    return this.#lastId;
  }

  nameOf(id: string): string {
    return id === this.#lastId ? this.#lastName : id.slice(0, id.lastIndexOf("#"));
  }

  answerLine(name: string, body: Body): string | LongLine {
    return encodeAfter(this.#headTo(name), body);
  }

  /** One line for each request, with newlines between. */
  acknowledgements(name: string, requests: readonly number[]): string {
    const head = `${this.#headTo(name)}{"type":"broadcast_ok","in_reply_to":`;
    return `${head}${requests.join(`}}\n${head}`)}}}`;
  }

  errorLine(name: string, code: number, text: string, inReplyTo?: number): string {
    const reply = inReplyTo === undefined ? {} : { in_reply_to: inReplyTo };
    return encode({ src: this.#me, dest: name, body: { type: "error", code, text, ...reply } });
  }

  /** How an answer begins; most go to one name. */
  #headTo(name: string): string {
    if (name !== this.#headName) {
      this.#headName = name;
      this.#head = headOf(this.#me, name);
    }
    return this.#head;
  }
}
