/** The protocols that nodes can run, by name: hearsay's own, and first solutions of others to compare it with. */
import { Node, type NodeOptions } from "../../core/node.ts";
import type { Steps } from "../../runtime/drive.ts";
import type { ProtocolName } from "../settings.ts";
import { exponentialBackoff } from "./exponential_backoff.ts";
import { firstForwarder } from "./first_forwarder.ts";
import { flood } from "./flood.ts";
import { floodRetry } from "./flood_retry.ts";
import { neighboursRetry } from "./neighbours_retry.ts";
import { noAckForDuplicates } from "./no_ack_for_duplicates.ts";
import { nodeOf, type Protocol } from "./protocol.ts";
import { firstForwarderRetry, reforwardRetry } from "./repeat.ts";
import { retryWithoutPause } from "./retry_without_pause.ts";
import { sendWithoutAck } from "./send_without_ack.ts";
import { single } from "./single.ts";

interface Described {
  /** What a node does, in one sentence. */
  readonly about: string;
  readonly make: (options: NodeOptions) => Steps;
}

const reference = (about: string, protocol: Protocol): Described => ({
  about,
  make: (options) => nodeOf(protocol, options),
});

/** In the order of help. */
export const protocols: Readonly<Record<ProtocolName, Described>> = {
  "hearsay": {
    about: "What a neighbour in the tree lacks is sent, by its digest.",
    make: (options) => new Node(options),
  },
  "single": reference("A node tells nobody what it is told.", single),
  "flood": reference("Whoever hears of a new value sends it to all, once.", flood),
  "first-forwarder": reference("Whoever a client tells a value sends it to all, once.", firstForwarder),
  "flood-retry": reference(
    "A flood, each message again after a second without an answer and up to 50 ms of sleep.",
    floodRetry,
  ),
  "reforward-retry": reference(
    "A flood, each message again every 500 ms without end, as nodes never answer.",
    reforwardRetry,
  ),
  "first-forwarder-retry": reference(
    "Whoever a client tells a value sends it to all, every 500 ms without end.",
    firstForwarderRetry,
  ),
  "neighbours-retry": reference(
    "The given neighbours are told one after the other, each every 500 ms until it answers.",
    neighboursRetry,
  ),
  "send-without-ack": reference(
    "A mistake: the given neighbours are told once, and nobody asks whether they heard.",
    sendWithoutAck,
  ),
  "retry-without-pause": reference(
    "A mistake: neighbours-retry with no pause between two tries, which takes 1 ms a try.",
    retryWithoutPause,
  ),
  "no-ack-for-duplicates": reference(
    "A mistake: neighbours-retry that answers last, and never where it has the value already.",
    noAckForDuplicates,
  ),
  "exponential-backoff": reference(
    "neighbours-retry with pauses that grow from 500 ms to up to 4 s.",
    exponentialBackoff,
  ),
};
