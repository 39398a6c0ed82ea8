/** GET /v1/status, /livez and /readyz: how the node is, for people, supervisors and load balancers [U6]. */
import type { Exchange } from "../exchange.ts";
import { Problem } from "../problem.ts";
import type { HttpNode } from "../route.ts";

const TEXT_TYPE = "text/plain; charset=utf-8";

export async function getStatus(exchange: Exchange): Promise<void> {
  const { type: _type, in_reply_to: _msgId, ...status } = await exchange.ask({ type: "status" });
  exchange.sendJson(status);
}

/** That this is answered at all shows that the event loop turns. */
export function live(exchange: Exchange): void {
  exchange.send(200, TEXT_TYPE, "live\n");
}

export function ready(exchange: Exchange, node: HttpNode): void {
  const why = node.unready();
  if (why !== undefined) throw new Problem(503, why);
  exchange.send(200, TEXT_TYPE, "ready\n");
}
