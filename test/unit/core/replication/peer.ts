/** A peer as one node sees it, and what goes to it and comes from it. */
import { Log } from "../../../../lib/core/log/log.ts";
import type { Exchange } from "../../../../lib/core/message.ts";
import { Progress } from "../../../../lib/core/replication/progress.ts";
import { add } from "../../../shared/entries.ts";

export const MY_LIFE = 5;
/** This node's own origin; nothing that is said of it is news. */
export const OWN = "n0.5";

/** What a peer in its third life says, unless told otherwise. */
export function word(said: Partial<Exchange> = {}): Exchange {
  return { type: "ack", incarnation: 3, seq: 1, digest: [], ...said };
}

/** A peer that has been heard: what is sent to it now does not wait for its start. */
export function met(): Progress {
  const peer = new Progress("n1");
  peer.hear(word(), MY_LIFE, 0);
  return peer;
}

export function logOf(...seqs: number[]): Log {
  const log = new Log();
  for (const seq of seqs) add(log, { origin: "a", seq, value: seq });
  return log;
}

export function send(
  peer: Progress,
  now: number,
  answerBy = Infinity,
  logRevision = 0,
  linksRevision = 0,
): void {
  peer.left({ logRevision, linksRevision, viewUpdateDue: false, truncated: false }, answerBy, now);
}
