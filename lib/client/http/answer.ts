/** What a node answers over HTTP: an answer, a problem that another node would have, too, or one of this node alone. */
import { isTooDeep } from "../../core/log/canonical.ts";
import { shortened } from "../../../transports/shortened.ts";
import { RETRY_MS_MIN } from "../common/limits.ts";
import { type ErrorCode, HearsayError } from "../errors.ts";
import type { Attempt } from "./attempt.ts";

/** Nodes redirect nobody: whoever does is none, and might be told a value, and who asks, in their place. */
export const FETCH = { cache: "no-store", redirect: "manual" } as const;
/** A longer answer is not read, bytes: no node gives one. */
export const ANSWER_BYTES_MAX = 4 * 1_048_576;

/** Of the protocol, as problems name it. */
const KEY_DOES_NOT_EXIST = 20;
const FORBIDDEN = 21;
/** Statuses by which a request is of no use at any node. */
const MALFORMED = [400, 406, 413, 415];
const TOO_MANY_REQUESTS = 429;
const GATEWAY_TIMEOUT = 504;

export interface Answer {
  readonly status: number;
  /** As `JSON.parse` gives it, of any shape; undefined where it is no JSON, or nested without end. */
  // deno-lint-ignore no-explicit-any
  readonly json: any;
}

/** Resolves to the response where it is none of a problem. Throws a HearsayError, or a NodeFailed. */
export async function checked(response: Response, attempt: Attempt): Promise<Response> {
  if (response.ok) return response;
  const { status, type } = response;
  if (type === "opaqueredirect" || (status >= 300 && status < 400)) {
    throw attempt.failed("redirects to another place, as no node does", "unreachable");
  }
  const { json } = await answerIn(response, attempt);
  const detail = typeof json?.detail === "string" ? shortened(json.detail) : "it does not say why";
  const reason = `answers ${status}: ${detail}`;
  const final = finalCode(status, json?.code);
  if (final !== undefined) throw new HearsayError(final, `${attempt.at} ${reason}`);
  throw attempt.failed(reason, codeOf(status), status === GATEWAY_TIMEOUT);
}

/** The whole of it. Throws a NodeFailed where it is too long. */
export async function answerIn({ status, body }: Response, attempt: Attempt): Promise<Answer> {
  const json = parsed(body === null ? "" : await textIn(body.getReader(), attempt));
  return { status, json: isTooDeep(json) ? undefined : json };
}

async function textIn(reader: ReadableStreamDefaultReader<Uint8Array>, attempt: Attempt): Promise<string> {
  const decoder = new TextDecoder();
  let [text, bytes] = ["", 0];
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return text;
    bytes += value.length;
    if (bytes > ANSWER_BYTES_MAX) throw attempt.failed("sends an answer that is too long", "unreachable");
    text += decoder.decode(value, { stream: true });
  }
}

/** For how long a node asks to be left alone, as too much was asked, ms; undefined where it does not. */
export function retryAfterMs({ status, headers }: Response): number | undefined {
  if (status !== TOO_MANY_REQUESTS) return undefined;
  const seconds = Number(headers.get("retry-after") ?? NaN);
  return seconds >= 0 ? Math.max(RETRY_MS_MIN, seconds * 1_000) : undefined;
}

/** Undefined where another node may answer otherwise. */
function finalCode(status: number, code: unknown): ErrorCode | undefined {
  if (status === 404 && code === KEY_DOES_NOT_EXIST) return "missing";
  if (status === 403 && code === FORBIDDEN) return "forbidden";
  return MALFORMED.includes(status) ? "malformed" : undefined;
}

function codeOf(status: number): ErrorCode {
  if (status === 401 || status === 403) return "forbidden";
  return status === GATEWAY_TIMEOUT ? "timeout" : "refused";
}

function parsed(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
