/** What went wrong with a request, as problem details (RFC 9457) [U4]. */
import {
  FORBIDDEN,
  KEY_DOES_NOT_EXIST,
  MALFORMED_REQUEST,
  NOT_SUPPORTED,
  PRECONDITION_FAILED,
  TEMPORARILY_UNAVAILABLE,
} from "../../core/message.ts";
import type { Body } from "../../core/message.ts";
import { RETRY_AFTER_S } from "./limits.ts";

export const PROBLEM_TYPE = "application/problem+json";

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  408: "Request Timeout",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  421: "Misdirected Request",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

const statuses: Readonly<Record<number, number>> = {
  [NOT_SUPPORTED]: 501,
  [TEMPORARILY_UNAVAILABLE]: 503,
  [MALFORMED_REQUEST]: 400,
  [KEY_DOES_NOT_EXIST]: 404,
  [FORBIDDEN]: 403,
  [PRECONDITION_FAILED]: 412,
};

export class Problem extends Error {
  readonly status: number;
  /** Members beside those that every problem has. */
  readonly more: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, detail: string, given: Partial<Pick<Problem, "more" | "headers">> = {}) {
    super(detail);
    this.status = status;
    this.more = given.more ?? {};
    this.headers = { ...isForNow(status) && { "retry-after": String(RETRY_AFTER_S) }, ...given.headers };
  }

  get text(): string {
    const { status, message, more } = this;
    return JSON.stringify({
      type: "about:blank",
      title: titles[status] ?? "",
      status,
      detail: message,
      ...more,
    });
  }

  with(more: Problem["more"]): Problem {
    const { status, message, headers } = this;
    return new Problem(status, message, { more: { ...this.more, ...more }, headers });
  }
}

/** The problem that an answer of the node says. `isKnown`: it knows who asks. */
export function problemOf({ code, text, retry_after_ms: retryMs }: Body, isKnown: boolean): Problem {
  const detail = String(text);
  const more = { code };
  if (typeof retryMs === "number") {
    return new Problem(429, detail, { more, headers: { "retry-after": String(Math.ceil(retryMs / 1000)) } });
  }
  if (code === FORBIDDEN && !isKnown) return unknownClient(detail, more);
  return new Problem(statuses[Number(code)] ?? 500, detail, { more });
}

export function unknownClient(detail: string, more: Problem["more"] = {}): Problem {
  return new Problem(401, detail, { more, headers: { "www-authenticate": 'Bearer realm="hearsay"' } });
}

function isForNow(status: number): boolean {
  return status === 429 || status === 503;
}
