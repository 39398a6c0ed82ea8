/** What a node answers over HTTP: an answer, a problem that another node would have, too, or one of this node alone. */
import { type ErrorCode, HearsayError } from "../errors.ts";
import type { Attempt } from "./attempt.ts";

/** Of the protocol, as problems name it. */
const KEY_DOES_NOT_EXIST = 20;
const FORBIDDEN = 21;
/** Statuses by which a request is of no use at any node. */
const MALFORMED = [400, 406, 413, 415];
const TOO_MANY_REQUESTS = 429;
const GATEWAY_TIMEOUT = 504;
const REASON_CHARS_MAX = 300;

/** Resolves to the response where it is none of a problem. Throws a HearsayError, or a NodeFailed. */
export async function checked(response: Response, attempt: Attempt): Promise<Response> {
  if (response.ok) return response;
  const { detail, code } = await problemIn(response);
  const reason = `answers ${response.status}: ${detail}`;
  const final = finalCode(response.status, code);
  if (final !== undefined) throw new HearsayError(final, `${attempt.at} ${reason}`);
  throw attempt.failed(reason, codeOf(response.status), response.status === GATEWAY_TIMEOUT);
}

/** For how long a node asks to be left alone, as too much was asked, ms; undefined where it does not. */
export function retryAfterMs({ status, headers }: Response): number | undefined {
  if (status !== TOO_MANY_REQUESTS) return undefined;
  const seconds = Number(headers.get("retry-after") ?? NaN);
  return seconds >= 0 ? seconds * 1_000 : undefined;
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

async function problemIn(response: Response): Promise<{ readonly detail: string; readonly code: unknown }> {
  const text = await response.text();
  try {
    const { detail, code } = JSON.parse(text);
    return { detail: String(detail).slice(0, REASON_CHARS_MAX), code };
  } catch {
    return { detail: "it does not say why", code: undefined };
  }
}
