/** What went to peers and came from them since the process began, by what it was. */
import type { LongLine } from "../../lib/core/codec.ts";
import { lineBytes } from "../lines/writer.ts";
import { Tally } from "./tally.ts";

/** What nodes say to each other; a `type` that is none of these is counted as another. */
const MESSAGES = ["delta", "ack", "probe", "push", "members", "view", "view_ok"];
/** Why a message was dropped; what the node itself has no use for is "refused". */
const DROPS = [
  ...["no_link", "queue_full", "malformed", "too_long", "misdirected", "unknown_destination", "refused"],
];

export class Traffic {
  /** Messages that a link has taken. */
  readonly sent = new Tally(MESSAGES);
  readonly received = new Tally(MESSAGES);
  /** Bytes of the lines of these. */
  readonly sentBytes = new Tally(MESSAGES);
  readonly receivedBytes = new Tally(MESSAGES);
  readonly dropped = new Tally(DROPS);

  /** `line`: without its end. */
  send(type: string, line: string | LongLine): void {
    this.sent.add(type);
    this.sentBytes.add(type, lineBytes(line) + 1);
  }

  receive(type: string, line: string): void {
    this.received.add(type);
    this.receivedBytes.add(type, lineBytes(line) + 1);
  }
}
