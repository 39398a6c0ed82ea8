/** GET, PUT and DELETE of /v1/topics/:topic/keys/:key: the latest value under a key. */
import { RawJson } from "../../../core/raw.ts";
import { type Exchange, JSON_TYPE, lengthProblem } from "../exchange.ts";
import { idOf, requestOf } from "./publish.ts";

/** When the value entered, µs since 1970. */
export const STAMP_HEADER = "hearsay-stamp";

export async function getKey(exchange: Exchange): Promise<void> {
  const { value, stamp } = await exchange.ask({ type: "get", ...namesOf(exchange) });
  const text = value instanceof RawJson ? value.text : JSON.stringify(value);
  exchange.send(200, JSON_TYPE, `${text}\n`, { [STAMP_HEADER]: String(stamp) });
}

export async function putKey(exchange: Exchange): Promise<void> {
  const names = namesOf(exchange);
  const value = await exchange.json();
  const tooLong = lengthProblem(value);
  if (tooLong !== undefined) throw tooLong;
  await exchange.ask(requestOf(value, names, idOf(exchange)));
  exchange.sendNothing();
}

export async function deleteKey(exchange: Exchange): Promise<void> {
  const id = idOf(exchange);
  await exchange.ask({ type: "delete", ...namesOf(exchange), ...id !== undefined && { id } });
  exchange.sendNothing();
}

function namesOf(exchange: Exchange) {
  return { topic: exchange.param("topic"), key: exchange.param("key") };
}
