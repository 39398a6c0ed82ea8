/** One request, asked of one node after the other until one has answered it for good. */
import { type Body, FORBIDDEN, KEY_DOES_NOT_EXIST, MALFORMED_REQUEST } from "../core/message.ts";
import { type Connection, refusal } from "./connection.ts";
import type { Nodes } from "./nodes.ts";

/** An answer, and whose it is: an error only where no other node would answer otherwise. Or that no node answers. */
export type Outcome =
  | { readonly ok: true; readonly body: Body; readonly by: string }
  | { readonly ok: false; readonly mayBeDone: boolean };

export async function request(nodes: Nodes, body: Body): Promise<Outcome> {
  let mayBeDone = false;
  for (;;) {
    const connection = await nodes.reach();
    if (connection === undefined) return { ok: false, mayBeDone };
    const answer = await answerOf(connection, body);
    connection.close();
    if (typeof answer === "string") {
      mayBeDone ||= !connection.isUnknown;
      nodes.failed(answer, connection.isUnknown);
    } else if (isFinal(body, answer)) return { ok: true, body: answer, by: connection.nodeId };
    else nodes.failed(answer.type === "error" ? refusal(answer) : "answers with something else", true);
  }
}

/** The answer, or why there is none. */
function answerOf(connection: Connection, body: Body): Promise<Body | string> {
  return new Promise((resolve) => {
    connection.ask(body, resolve);
    connection.listen({ onBody() {}, onBroken: resolve });
  });
}

function isFinal(asked: Body, answer: Body): boolean {
  const code = answer["code"];
  if (answer.type === "error") {
    return code === MALFORMED_REQUEST || code === KEY_DOES_NOT_EXIST || code === FORBIDDEN;
  }
  return answer.type === `${asked.type}_ok`;
}
