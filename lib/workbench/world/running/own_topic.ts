/** A topic of the examiner's own in a cluster that runs: others go on in theirs, and nothing is left once it has expired. */
import type { Address } from "../../../../transports/address.ts";
import { ask, type AskOptions } from "./ask.ts";

/** Topics that begin with `_` are kept for an hour, unless the nodes were told otherwise. */
const BEGINNING = "_exam.";
/** What a node that knows of keys answers where there is no such key; any other one does not know the request. */
const KEY_DOES_NOT_EXIST = 20;
/** A node that is not there yet is asked again after this, ms. */
const ASK_AGAIN_MS = 200;

/** Nobody else has it: `mark` is of this examination alone. */
export function topicNamed(mark: string): string {
  return BEGINNING + mark;
}

/** Whether all nodes that answer within that time know of topics; not where none answers. */
export async function knowTopics(
  cluster: ReadonlyMap<string, Address>,
  topic: string,
  withinMs: number,
  shown: Pick<AskOptions, "tls" | "token"> = {},
): Promise<boolean> {
  const until = Date.now() + withinMs;
  const asked = [...cluster.values()].map((address) => codeOf(address, topic, until, shown));
  const answers = await Promise.all(asked);
  const known = answers.filter((code) => code !== undefined);
  return known.length > 0 && known.every((code) => code === KEY_DOES_NOT_EXIST);
}

/** The code of the error that a node answers, 0 where it answers without one; undefined: it does not answer. */
async function codeOf(
  address: Address,
  topic: string,
  until: number,
  shown: Pick<AskOptions, "tls" | "token">,
): Promise<number | undefined> {
  for (;;) {
    const left = until - Date.now();
    if (left <= 0) return undefined;
    const answer = await ask(address, { type: "get", topic, key: "examiner", msg_id: 1 }, {
      withinMs: left,
      ...shown,
    });
    if (answer.ok) return 0;
    if (answer.code !== undefined) return answer.code;
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, ASK_AGAIN_MS)));
  }
}
