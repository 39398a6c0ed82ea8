/** GET / and GET /v1/live: the page of the node, and what it is told as server-sent events [Y1] [Y4]. */
import { type Exchange, SSE_TYPE } from "../exchange.ts";
import { HTTP_RETRY_MS, RETRY_AFTER_S } from "../limits.ts";
import { Problem } from "../problem.ts";
import type { HttpNode } from "../route.ts";

const HTML_TYPE = "text/html; charset=utf-8";

export async function showPage(exchange: Exchange, { page }: HttpNode): Promise<void> {
  if (page === undefined) {
    throw new Problem(404, "this node has no page: /v1/openapi.json lists what there is");
  }
  const { html, policy } = await page();
  exchange.send(200, HTML_TYPE, html, {
    "content-security-policy": policy,
    "cache-control": "no-cache",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  });
}

/** Goes on until nobody reads it, or the node does not know any longer who does. */
export async function lookOn(exchange: Exchange, { live, allows }: HttpNode): Promise<void> {
  // Whoever may ask for the status may look on, and sees of the others what that tells.
  await exchange.ask({ type: "status" });
  if (live.isFull) {
    const headers = { "retry-after": String(RETRY_AFTER_S) };
    throw new Problem(503, "as many look on as may: come again later", { headers });
  }
  const { client } = exchange;
  const over = Promise.withResolvers<void>();
  exchange.onClosed(() => over.resolve());
  const outflow = exchange.stream(SSE_TYPE, ":\n\n", true);
  let begin = `retry: ${HTTP_RETRY_MS}\n\n`;
  // Whoever reads slowly gets the newest once there is room, and never what was in between.
  let waiting: string | undefined;
  const write = (text: string) => {
    waiting = client.heldBytes === 0 ? undefined : text;
    if (waiting !== undefined) return;
    outflow.write(`${begin}data: ${text}\n\n`);
    begin = "";
  };
  outflow.onDrained = () => {
    if (waiting !== undefined) write(waiting);
  };
  const close = live.open({
    seesAll: allows(client, "admin"),
    mayWatch: (topic) => allows(client, `watch:${topic}`),
    take: (text) => client.isClosed ? outflow.end() : write(text),
  });
  await over.promise;
  close();
}
