/** A node made of handlers, as they see it: what it is asked, and what it can say. */
import type { Json } from "../../core/json.ts";
import type { Random } from "../../core/random.ts";

/** A message as the one who sends it writes it: its ids are not his business. */
export interface Message {
  readonly type: string;
  readonly [field: string]: Json | undefined;
}

/** An answer: its type is that of the request and `_ok`, unless it says another. */
export interface Answer {
  readonly type?: string;
  readonly [field: string]: Json | undefined;
}

/** What a client, or another node, asks. */
export interface Request {
  readonly src: string;
  readonly isFromClient: boolean;
  readonly body: Message;
  /** Says it now, for a handler that returns nothing. */
  answer(answer?: Answer): void;
}

/** Returns the answer, or undefined: then it is given by `answer`, or there is none. Throws a MaelstromError to refuse. */
export type Handler = (request: Request) => Answer | undefined;

/** By the type of the request. Those of no type here are refused as not supported (10). */
export type Handlers = Readonly<Record<string, Handler>>;

/** How another node is asked. */
export interface AskOptions {
  /** It is asked again each time that so long has passed without an answer, ms. Absent: it is asked once. */
  readonly retryMs?: number;
  /** Takes the first answer. An error is none: with `retryMs` it is asked on. */
  readonly onAnswer?: (answer: Message) => void;
  /** Takes an error, after which it is not asked again. Absent: errors are passed over. */
  readonly onError?: (error: Message) => void;
}

/** Something that another node was asked. */
export interface Question {
  /** It is neither answered nor given up. */
  readonly isOpen: boolean;
  /** Asks once more, under the same id. */
  again(): void;
  /** Whatever comes now counts for nothing, and nothing is asked again. */
  giveUp(): void;
}

/** What handlers know of their node, and let it do. They run to their end, one after the other, and wait for nothing. */
export interface Node {
  /** Its own id; "" before `init`. */
  readonly id: string;
  /** The ids of all other nodes. */
  readonly peers: readonly string[];
  /** The ids of those that the topology advises to talk to. */
  readonly neighbours: readonly string[];
  /** ms, since some moment that is the same for the life of the node. */
  readonly now: number;
  /** What `keep` has kept, in that order. */
  readonly values: Json[];
  /** Chance: in a simulation the same for each run of a seed. */
  readonly random: Random;
  /** Holds a value from now on. Returns whether it is new: of equal JSON there is one. Undefined is refused as malformed (12). */
  keep(value: Json | undefined): boolean;
  /** Says something once, to a node or a client, and asks for no answer. It may be lost. */
  send(dest: string, message: Message): void;
  /** Asks another node, or a service of Maelstrom's such as `lin-kv`. */
  ask(dest: string, message: Message, options?: AskOptions): Question;
  /** Runs something once, after so many ms. */
  after(ms: number, run: () => void): void;
}

/** Makes the handlers of one life of a node, which keep what they need to keep. */
export type NodeMaker = (node: Node) => Handlers;

/** Refuses a request. */
export class MaelstromError extends Error {
  /** Node prints this one, and a bundler may have called the class something else. */
  static override readonly name = "MaelstromError";
  override readonly name = "MaelstromError";
  /**
   * Maelstrom's: 0 timeout, 10 not supported, 11 temporarily unavailable, 12 malformed request, 13 crash, 14 abort, 20 key does
   * not exist, 21 key already exists, 22 precondition failed, 30 transaction conflict; from 1000 on, one's own.
   */
  readonly code: number;

  /** `text` is for people. */
  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}
