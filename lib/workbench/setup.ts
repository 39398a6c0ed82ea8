/** The beginning of an examination: why it cannot begin, and how one begins with nodes that run already. */
import type { Json } from "../core/message.ts";
import type { StatusPoller } from "./world/running/status_poller.ts";
import type { Cluster } from "./cluster.ts";
import { INIT_TIMEOUT_MS } from "./introduction.ts";
import type { Network } from "./world/network.ts";
import type { Partitioner } from "./world/world.ts";

/** What is different about nodes that run already and go on running: they are watched, and count for themselves. */
export interface Running {
  /** The ids of the nodes, as many as the settings say. */
  readonly nodes: readonly string[];
  /** The first of the whole numbers that are broadcast; none of them is held already. */
  readonly firstValue: number;
  /** Where it works, beside whoever else uses the cluster; by default in the default topic, where nobody else may. */
  readonly topic?: string;
  /** What makes the cuts; it tells the network of them. */
  readonly partitioner: (network: Network) => Partitioner;
}

/** Why nodes did not come up: some ended, some gave no answer in time, and some are out of reach. */
export function whyNotUp(unanswered: readonly string[], cluster: Cluster): string[] {
  const out = unanswered.filter((id) => cluster.whyOutOfReach(id) !== undefined);
  const ended = unanswered.filter((id) => cluster.hasCrashed(id));
  const mute = unanswered.filter((id) => !out.includes(id) && !ended.includes(id));
  const given = `${INIT_TIMEOUT_MS / 1000} s are given`;
  return [
    ...ended.length === 0 ? [] : [`Setup: ended before it answered init and topology: ${ended.join(", ")}.`],
    ...mute.length === 0 ? [] : [`Setup: no answer to init or topology from ${mute.join(", ")}; ${given}.`],
    ...out.map((id) => `Setup: ${id} is out of reach: ${cluster.whyOutOfReach(id)}; ${given}.`),
  ];
}

/** Heals what somebody may have left cut, if this examination cuts, and learns what is held already. */
export function takeOver(
  statusPoller: StatusPoller,
  partitioner: Partitioner | undefined,
  done: (held: readonly Json[], failures: readonly string[]) => void,
): void {
  const read = (): void =>
    statusPoller.read((held, mute) =>
      done(held, mute.length === 0 ? [] : [`Setup: no answer to a first read from ${mute.join(", ")}.`])
    );
  if (partitioner === undefined) return read();
  partitioner.heal((failure) => failure === undefined ? read() : done([], [`Setup: ${failure}.`]));
}
