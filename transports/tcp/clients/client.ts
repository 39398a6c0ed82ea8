/** One connection of a client, or one that is still unclassified: requests in, answers out, both bounded. */
import { decodeAsked, type LongLine } from "../../../lib/core/codec.ts";
import { type Envelope, FORBIDDEN } from "../../../lib/core/message.ts";
import {
  MALFORMED_REQUEST,
  NOT_SUPPORTED,
  READ_INSTEAD,
  TEMPORARILY_UNAVAILABLE,
} from "../../../lib/core/node.ts";
import { CHAR_BYTES_MAX, lineBytes } from "../../lines/writer.ts";
import type { Connection } from "../connection.ts";
import { type Opening, readOpening } from "../greeting.ts";
import { CLIENT_HELD_BYTES_PAUSE, MOVED_BYTES, type TcpLimits } from "../limits.ts";
import type { Door } from "../doors.ts";
import type { Share } from "./shares.ts";
import { HalfClose } from "./half_close.ts";
import { Intake } from "./intake.ts";
import { Names } from "./names.ts";
import { Parts } from "./parts.ts";
import { UnendedLine } from "./unended_line.ts";

/** Where clients have an address of their own, all that is left to be asked elsewhere is to become a member. */
const WRONG_DOOR = "members connect here, and clients elsewhere";

export interface ClientOptions {
  readonly me: string;
  readonly number: number;
  /** Where it has come in. */
  readonly door: Door;
  readonly connection: Connection;
  readonly limits: TcpLimits;
  readonly events: ClientEvents;
}

export interface ClientEvents {
  /** Why nobody may ask anything with the certificate that was shown, or not shown; undefined where that is well. */
  strangerFault(client: Client): string | undefined;
  /** The connection has spoken as a client: returns why there is no room for it, undefined where there is. */
  admit(client: Client): string | undefined;
  /** Its first line is one between nodes; a peer that takes the connection over gives it other handlers. */
  onOpening(client: Client, opening: Opening): void;
  onEnvelope(envelope: Envelope): void;
  isMember(id: string): boolean;
  /** All clients together have been answered enough for this turn of the event loop. */
  readonly isTurnOver: boolean;
  /** A share of the client's is spent: what it asks waits. */
  onSpent(share: Share): void;
  /** The client waits for the next turn. */
  onWaiting(client: Client): void;
  /** So many bytes were written to a client. */
  onAnswered(bytes: number): void;
  /** The client calls itself by the id of a member. */
  onImpostor(client: Client, id: string): void;
  onDropped(reason: string): void;
  /** Everything sent to this id has left. */
  onDrained(id: string): void;
  /** A client that writes no more is kept, and was sent nothing for a while: it may have hung up. */
  onQuiet(client: Client): void;
  /** The number of bytes held for the client may have changed. */
  onMoved(client: Client): void;
  onClose(client: Client): void;
}

export class Client {
  readonly number: number;
  readonly door: Door;
  readonly #options: ClientOptions;
  readonly #connection: Connection;
  #isClient = false;
  /** More answers wait for the client than may; until all of them have left. */
  #stalled = false;
  /** Ids of this connection to which something was sent that has not left. */
  readonly #told = new Set<string>();
  readonly #intake: Intake;
  readonly #unended: UnendedLine;
  readonly #halfClose = new HalfClose();
  readonly #names: Names;
  /** What it takes is taken of these. */
  readonly parts = new Parts();
  /** The length of its latest answers; half of it is forgotten at every tick. */
  #answeredBytes = 0;
  /** The length of what was written to it since that was last said to have moved. */
  #unmovedBytes = 0;
  /** For how long nobody has known who it is, ms; infinitely short once somebody does. */
  #strangerMs = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.number = options.number;
    this.door = options.door;
    this.#connection = options.connection;
    this.#intake = this.#makeIntake();
    this.#names = new Names(options.me, options.number);
    this.#unended = new UnendedLine(options.connection, options.limits.halfLineMsMax);
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** It has said something, and not as a node. */
  get isClient(): boolean {
    return this.#isClient;
  }

  get heldBytes(): number {
    return this.#connection.heldBytes + this.#intake.waitingBytes;
  }

  onLine(line: string): void {
    if (!this.#isClient && !this.#classify(line)) return;
    this.#intake.add(line);
  }

  onOverlong(lineBytesMax: number): void {
    this.#unended.onOverlong();
    if (this.#isClient || (this.#isTrusted() && this.#admit())) {
      this.#refuse("client", `a line is longer than ${lineBytesMax} bytes`);
    }
  }

  onChunk(): void {
    this.parts.charge(this.#connection.receivedBytes);
    if (!this.#intake.isFree) this.#intake.hold();
    if (this.#unended.isEndless) this.#refuseAndEnd(MALFORMED_REQUEST, "a line has no end");
    this.#moved();
  }

  onDrained(): void {
    const told = [...this.#told];
    this.#told.clear();
    this.#stalled = false;
    this.#intake.goOn();
    this.#moved();
    for (const id of told) this.#options.events.onDrained(id);
  }

  onEnd(): void {
    this.#halfClose.onEnd();
  }

  onClose(): void {
    this.#intake.clear();
    this.#options.events.onClose(this);
  }

  get answeredBytes(): number {
    return this.#answeredBytes;
  }

  /** A new turn has begun: waiting lines may go on. */
  onTurn(): void {
    this.#intake.goOn();
  }

  /** Sends an answer to the client of this `id`, which is its name and the number of the connection. */
  answer(id: string, envelope: Envelope): void {
    const name = this.#names.nameOf(id);
    const line = this.#names.answerLine(name, envelope.body);
    const { answerBytesMax } = this.#options.limits;
    const most = typeof line === "string" ? CHAR_BYTES_MAX * line.length : line.bytes;
    if (most > answerBytesMax && lineBytes(line) > answerBytesMax) {
      return this.#tooLong(name, envelope);
    }
    this.#told.add(id);
    this.#write(line);
  }

  /** Answers the requests with these msg_ids by broadcast_ok. */
  acknowledge(id: string, requests: readonly number[]): void {
    this.#told.add(id);
    this.#write(this.#names.acknowledgements(this.#names.nameOf(id), requests));
  }

  /** While `on`, an answer goes on, and the connection stays even if the client writes no more. */
  keep(on: boolean): void {
    this.#halfClose.keep(on);
  }

  tick(ms: number): void {
    this.#answeredBytes /= 2;
    this.#connection.tick(ms);
    // While the connection is not read, the client cannot end its line.
    if (this.#unended.tick(ms, this.#intake.isFree)) this.#refuseHalfLine();
    this.#tickHalfClose(ms);
    if (!this.parts.isEmpty) this.#intake.goOn();
    // The runtime reads ahead of the chunks that it hands over.
    this.#moved();
  }

  /** It is known who it is. */
  know(): void {
    this.#strangerMs = -Infinity;
  }

  /** Time passes where clients must be known. */
  tickStranger(ms: number): void {
    const { strangerMsMax } = this.#options.limits;
    this.#strangerMs += ms;
    if (!this.#isClient || this.#strangerMs < strangerMsMax) return;
    this.#refuseAndEnd(FORBIDDEN, `nobody has said hello here within ${strangerMsMax} ms`);
  }

  #makeIntake(): Intake {
    const { connection, events } = this.#options;
    return new Intake({
      ...{ connection, parts: this.parts },
      isStalled: () => this.#stalled,
      isTurnOver: () => events.isTurnOver,
      take: (line) => this.#take(line),
      onSpent: (share) => events.onSpent(share),
      onWaiting: () => events.onWaiting(this),
    });
  }

  /** Tells by its first line what the connection is. Returns whether it is a client that has been admitted. */
  #classify(line: string): boolean {
    const opening = readOpening(line);
    if (opening.kind === "none") return this.#isTrusted() && this.#admit();
    this.#options.events.onOpening(this, opening);
    return false;
  }

  /** Over TLS a client must be known by its certificate; where it is not, it is told so, and closed. */
  #isTrusted(): boolean {
    const fault = this.#options.events.strangerFault(this);
    if (fault !== undefined) this.#refuseAndEnd(FORBIDDEN, fault);
    return fault === undefined;
  }

  #admit(): boolean {
    const full = this.#options.events.admit(this);
    this.#isClient = full === undefined;
    if (full !== undefined) this.#refuseAndEnd(TEMPORARILY_UNAVAILABLE, full);
    return this.#isClient;
  }

  #take(line: string): void {
    const decoded = decodeAsked(line);
    if (decoded.ok) this.#onEnvelope(decoded.envelope);
    else this.#refuse(decoded.asking?.src ?? "client", decoded.reason, decoded.asking?.msgId);
  }

  #onEnvelope(envelope: Envelope): void {
    const { me, events } = this.#options;
    const { src, dest, body } = envelope;
    if (this.door === "peers" && body.type !== "join") {
      return this.#refuse(src, WRONG_DOOR, body.msg_id, FORBIDDEN);
    }
    // The name under which it asked last was found to be no member's.
    if (src !== this.#names.last && events.isMember(src)) {
      events.onImpostor(this, src);
      this.#refuse(src, `${src} is the name of a node; a client needs another`, body.msg_id);
    } else if (dest !== me && dest !== "*") this.#refuse(src, `this is ${me}, not ${dest}`, body.msg_id);
    else events.onEnvelope({ src: this.#names.idOf(src), dest: me, body });
  }

  /** Tells the client that a line is of no use. */
  #refuse(dest: string, text: string, inReplyTo?: number, code = MALFORMED_REQUEST): void {
    this.#write(this.#names.errorLine(dest, code, text, inReplyTo));
  }

  #tooLong(dest: string, { body }: Envelope): void {
    const { limits: { answerBytesMax }, events } = this.#options;
    const instead = body.type === "read_ok" ? `: ${READ_INSTEAD}` : "";
    const text = `the answer is longer than ${answerBytesMax} bytes${instead}`;
    this.#write(this.#names.errorLine(dest, NOT_SUPPORTED, text, body.in_reply_to));
    events.onDropped(`to ${dest}#${this.number}: ${text}`);
  }

  /** Tells the client why, and closes once that has left. */
  #refuseAndEnd(code: number, text: string): void {
    this.#write(this.#names.errorLine("client", code, text));
    this.#connection.end(text);
  }

  /** A line, or several with newlines between. */
  #write(lines: string | LongLine): void {
    const bytes = typeof lines === "string" ? lines.length : lines.bytes;
    // onMoved closes the largest client at once where all of them together hold too much.
    this.#connection.write(lines, Infinity);
    this.#answeredBytes += bytes;
    this.parts.spend(0, bytes);
    this.#options.events.onAnswered(bytes);
    this.#halfClose.onWrite();
    this.#unmovedBytes += bytes;
    if (this.#unmovedBytes < MOVED_BYTES) return;
    if (this.#connection.unsentBytes >= CLIENT_HELD_BYTES_PAUSE) this.#stalled = true;
    this.#moved();
  }

  #moved(): void {
    this.#unmovedBytes = 0;
    this.#options.events.onMoved(this);
  }

  #refuseHalfLine(): void {
    const { halfLineMsMax } = this.#options.limits;
    this.#refuseAndEnd(MALFORMED_REQUEST, `the rest of a line did not come within ${halfLineMsMax} ms`);
  }

  #tickHalfClose(ms: number): void {
    const due = this.#halfClose.tick(ms, () => !this.#intake.isEmpty || this.#connection.unsentBytes > 0);
    if (due === "end") this.#connection.end("the client has said all it had to say");
    else if (due === "ask") this.#options.events.onQuiet(this);
  }
}
