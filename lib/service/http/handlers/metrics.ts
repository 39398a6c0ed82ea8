/** GET /metrics: what Prometheus reads [U8]. */
import type { Exchange } from "../exchange.ts";

export async function getMetrics(exchange: Exchange): Promise<void> {
  const { format, text } = await exchange.ask({ type: "metrics" });
  exchange.send(200, String(format), String(text));
}
