/** One connection of a client, or of who has not said yet what it is: requests in, answers out, both bounded. */
import { Buffer } from "node:buffer";
import { setImmediate } from "node:timers";
import { decode, encode } from "../../../lib/core/codec.ts";
import type { Envelope } from "../../../lib/core/message.ts";
import { MALFORMED_REQUEST, NOT_SUPPORTED, TEMPORARILY_UNAVAILABLE } from "../../../lib/core/node.ts";
import type { Connection } from "../connection.ts";
import { type Opening, readOpening } from "../greeting.ts";
import {
  CLIENT_HELD_BYTES_PAUSE,
  CLIENT_TURN_LINES_MAX,
  ENDLESS_BYTES_MAX,
  LINGER_MS,
  QUIET_MS_MAX,
  QUIET_MS_MIN,
  type TcpLimits,
} from "../limits.ts";

/** How values are had that are too many for one answer. */
const READ_INSTEAD = "ask with 'watch' and follow false, or with 'hearsay read', and they come in pieces";

/** What a line that waits costs beside its characters; a guess at a runtime's string. */
const LINE_OVERHEAD_BYTES = 64;

export interface ClientOptions {
  readonly me: string;
  readonly number: number;
  readonly connection: Connection;
  readonly limits: TcpLimits;
  readonly events: ClientEvents;
}

export interface ClientEvents {
  /** It has spoken as a client: is there room for it? */
  admit(client: Client): boolean;
  /** Its first line is one between nodes; whoever takes the connection over hands it other handlers. */
  onOpening(client: Client, opening: Opening): void;
  onEnvelope(envelope: Envelope): void;
  isMember(id: string): boolean;
  /** All clients together have been answered enough for this turn of the event loop. */
  readonly isTurnOver: boolean;
  /** It waits for the next turn. */
  onWaiting(client: Client): void;
  /** So much was written to it. */
  onAnswered(bytes: number): void;
  /** It speaks in the name of a member. */
  onPoser(client: Client, id: string): void;
  onDropped(reason: string): void;
  /** Everything sent to this id has left. */
  onDrained(id: string): void;
  /** It writes no more, is kept, and nothing was sent to it for a while: it may have hung up. */
  onQuiet(client: Client): void;
  /** What is held for it may have changed. */
  onMoved(client: Client): void;
  onClose(client: Client): void;
}

export class Client {
  readonly #options: ClientOptions;
  readonly #connection: Connection;
  #spoke = false;
  /** Lines that came while an earlier one was in the way, from #next on. */
  #waiting: string[] = [];
  #next = 0;
  #waitingBytes = 0;
  /** Lines handed over since the last turn that gave leave. */
  #turnLines = 0;
  /** More answers wait than it may have; until all have left. */
  #stalled = false;
  /** Ids of this connection to which something was sent that has not left. */
  readonly #told = new Set<string>();
  /** The last line that was too long: how much had been received when that was known, and where it was. */
  #overlong: { readonly fromByte: number; readonly linesEnded: number } | undefined;
  /** What it was answered of late; half of it is forgotten at every tick. */
  #answeredBytes = 0;
  #halfMs = 0;
  #linesEnded = 0;
  /** Since when it has said all it will say, and has been told nothing, ms. */
  #lingerMs: number | undefined;
  #kept = false;
  /** For so long it may be told nothing, once it writes no more and is kept, ms. */
  #quietMs = QUIET_MS_MIN;
  /** The name under which it asked last, and what it is called here. */
  #lastName: string | undefined;
  #lastId = "";

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#connection = options.connection;
  }

  get connection(): Connection {
    return this.#connection;
  }

  get number(): number {
    return this.#options.number;
  }

  /** It has said something, and not as a node. */
  get isClient(): boolean {
    return this.#spoke;
  }

  get heldBytes(): number {
    return this.#connection.heldBytes + this.#waitingBytes;
  }

  onLine(line: string): void {
    if (!this.#spoke && !this.#isClients(line)) return;
    if (this.#free && this.#next === this.#waiting.length) this.#take(line);
    else this.#wait(line);
  }

  onOverlong(lineBytesMax: number): void {
    this.#overlong = { fromByte: this.#connection.receivedBytes, linesEnded: this.#connection.linesEnded };
    if (this.#spoke || this.#isAdmitted()) {
      this.#refuse("client", `a line is longer than ${lineBytesMax} bytes`);
    }
  }

  onChunk(): void {
    if (!this.#free) this.#hold();
    if (this.#isEndless) this.#refuseAndEnd(MALFORMED_REQUEST, "a line has no end");
    this.#options.events.onMoved(this);
  }

  onDrained(): void {
    const told = [...this.#told];
    this.#told.clear();
    this.#stalled = false;
    this.#pump();
    this.#options.events.onMoved(this);
    for (const id of told) this.#options.events.onDrained(id);
  }

  onEnd(): void {
    this.#lingerMs = 0;
  }

  onClose(): void {
    this.#waiting = [];
    this.#next = 0;
    this.#waitingBytes = 0;
    this.#options.events.onClose(this);
  }

  get answeredBytes(): number {
    return this.#answeredBytes;
  }

  /** A new turn: what waits may go on. */
  onTurn(): void {
    this.#pump();
  }

  /** `id` is who asked, with the number of the connection. */
  answer(id: string, name: string, envelope: Envelope): void {
    const line = encode({ src: envelope.src, dest: name, body: envelope.body });
    const { answerBytesMax } = this.#options.limits;
    // No character takes more than three bytes.
    if (3 * line.length > answerBytesMax && Buffer.byteLength(line) > answerBytesMax) {
      return this.#tooLong(name, envelope);
    }
    this.#told.add(id);
    this.#write(line);
  }

  /** While what it asked for goes on, that it writes no more does not end it. */
  keep(on: boolean): void {
    this.#kept = on;
  }

  tick(ms: number): void {
    this.#answeredBytes /= 2;
    this.#connection.tick(ms);
    this.#tickHalfLine(ms);
    if (this.#lingerMs !== undefined) this.#tickLinger(ms);
    // The runtime reads ahead of what it hands over.
    this.#options.events.onMoved(this);
  }

  /** True for a line of a client; else the connection is somebody else's from here on. */
  #isClients(line: string): boolean {
    const opening = readOpening(line);
    if (opening.kind === "none") return this.#isAdmitted();
    this.#options.events.onOpening(this, opening);
    return false;
  }

  #isAdmitted(): boolean {
    this.#spoke = this.#options.events.admit(this);
    if (!this.#spoke) this.#refuseAndEnd(TEMPORARILY_UNAVAILABLE, "too many connections");
    return this.#spoke;
  }

  get #free(): boolean {
    return !this.#stalled && this.#turnLines < CLIENT_TURN_LINES_MAX && !this.#options.events.isTurnOver;
  }

  /** Reads nothing until whoever is in the way lets it go on. */
  #hold(): void {
    this.#connection.pause();
    if (this.#options.events.isTurnOver) this.#options.events.onWaiting(this);
  }

  get #isEndless(): boolean {
    const { receivedBytes, linesEnded } = this.#connection;
    return this.#overlong !== undefined && linesEnded === this.#overlong.linesEnded &&
      receivedBytes - this.#overlong.fromByte > ENDLESS_BYTES_MAX;
  }

  #wait(line: string): void {
    this.#waiting.push(line);
    this.#waitingBytes += line.length + LINE_OVERHEAD_BYTES;
  }

  #pump(): void {
    while (this.#free && this.#next < this.#waiting.length) {
      const line = this.#waiting[this.#next++] ?? "";
      this.#waitingBytes -= line.length + LINE_OVERHEAD_BYTES;
      this.#take(line);
    }
    if (this.#next < this.#waiting.length) return this.#hold();
    this.#waiting = [];
    this.#next = 0;
    if (this.#free) this.#connection.resume();
    else this.#hold();
  }

  #take(line: string): void {
    this.#turnLines += 1;
    if (this.#turnLines === CLIENT_TURN_LINES_MAX) setImmediate(() => this.#onOwnTurn());
    const decoded = decode(line);
    if (decoded.ok) this.#onEnvelope(decoded.envelope);
    else this.#refuse(decoded.asking?.src ?? "client", decoded.reason, decoded.asking?.msgId);
  }

  #onOwnTurn(): void {
    this.#turnLines = 0;
    this.#pump();
  }

  #onEnvelope(envelope: Envelope): void {
    const { me, events } = this.#options;
    const { src, dest, body } = envelope;
    // Who has asked before is known to be none.
    if (src !== this.#lastName && events.isMember(src)) {
      events.onPoser(this, src);
      this.#refuse(src, `${src} is the name of a node; a client needs another`, body.msg_id);
    } else if (dest !== me && dest !== "*") this.#refuse(src, `this is ${me}, not ${dest}`, body.msg_id);
    else events.onEnvelope({ src: this.#idOf(src), dest: me, body });
  }

  /** Mostly the same again: one text is hashed once, wherever it is looked up. */
  #idOf(name: string): string {
    if (name !== this.#lastName) this.#lastId = `${name}#${this.number}`;
    this.#lastName = name;
    return this.#lastId;
  }

  /** Tells it that a line is of no use. */
  #refuse(dest: string, text: string, inReplyTo?: number): void {
    this.#write(this.#errorLine(dest, MALFORMED_REQUEST, text, inReplyTo));
  }

  #tooLong(dest: string, { body }: Envelope): void {
    const { limits, events } = this.#options;
    const { answerBytesMax } = limits;
    const instead = body.type === "read_ok" ? `: ${READ_INSTEAD}` : "";
    const text = `the answer is longer than ${answerBytesMax} bytes${instead}`;
    this.#write(this.#errorLine(dest, NOT_SUPPORTED, text, body.in_reply_to));
    events.onDropped(`to ${dest}#${this.number}: ${text}`);
  }

  /** Tells it why, and closes once that has left. */
  #refuseAndEnd(code: number, text: string): void {
    this.#write(this.#errorLine("client", code, text));
    this.#connection.end(text);
  }

  #errorLine(dest: string, code: number, text: string, inReplyTo?: number): string {
    const reply = inReplyTo === undefined ? {} : { in_reply_to: inReplyTo };
    return encode({ src: this.#options.me, dest, body: { type: "error", code, text, ...reply } });
  }

  #write(line: string): void {
    // What all clients may hold together is seen to by who counts it, at once.
    this.#connection.write(line, Infinity);
    this.#answeredBytes += line.length;
    this.#options.events.onAnswered(line.length);
    if (this.#lingerMs !== undefined) this.#lingerMs = 0;
    if (this.#connection.unsentBytes >= CLIENT_HELD_BYTES_PAUSE) this.#stalled = true;
    this.#options.events.onMoved(this);
  }

  // While nothing is read, it cannot end its line.
  #tickHalfLine(ms: number): void {
    const { linesEnded, midLine } = this.#connection;
    const goesOn = midLine && this.#free && linesEnded === this.#linesEnded;
    this.#halfMs = goesOn ? this.#halfMs + ms : 0;
    this.#linesEnded = linesEnded;
    const { halfLineMsMax } = this.#options.limits;
    if (this.#halfMs < halfLineMsMax) return;
    this.#refuseAndEnd(MALFORMED_REQUEST, `the rest of a line did not come within ${halfLineMsMax} ms`);
  }

  #tickLinger(ms: number): void {
    const busy = this.#next < this.#waiting.length || this.#connection.unsentBytes > 0;
    this.#lingerMs = busy ? 0 : (this.#lingerMs ?? 0) + ms;
    if (this.#kept) this.#tickQuiet(this.#lingerMs);
    else if (this.#lingerMs >= LINGER_MS) this.#connection.end("the client has said all it had to say");
  }

  // Who has hung up and who writes no more look alike, and a keepalive is answered for neither for a minute. Upon what is
  // written the kernel of who has hung up resets the connection.
  #tickQuiet(ms: number): void {
    if (ms < this.#quietMs) return;
    this.#lingerMs = 0;
    this.#quietMs = Math.min(2 * this.#quietMs, QUIET_MS_MAX);
    this.#options.events.onQuiet(this);
  }
}
