/** One request, asked of one node after the other until one has answered it for good. */
import type { Body } from "../core/message.ts";
import type { Nodes } from "./nodes.ts";
import { Requests } from "./requests.ts";

/** An answer, and whose it is: an error only where no other node would answer otherwise. Or that no node answers. */
export type Outcome =
  | { readonly ok: true; readonly body: Body; readonly by: string }
  | { readonly ok: false; readonly mayBeDone: boolean };

export async function request(nodes: Nodes, body: Body): Promise<Outcome> {
  let outcome: Outcome = { ok: false, mayBeDone: false };
  let isTaken = false;
  const requests = new Requests(nodes, {
    next() {
      if (isTaken) return undefined;
      isTaken = true;
      return {
        type: body.type,
        body: JSON.stringify(body),
        onAnswer: (body, by) => outcome = { ok: true, body, by },
      };
    },
    ready: () => Promise.resolve(),
    get ended() {
      return isTaken;
    },
  });
  if (await requests.run()) return outcome;
  return { ok: false, mayBeDone: requests.dismiss().some(([, mayBeDone]) => mayBeDone) };
}
