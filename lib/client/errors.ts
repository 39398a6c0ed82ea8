/** Why something that was asked of a cluster did not come about, as a code for programs and a text for people. */

/**
 * - `unreachable`: no node takes a connection, or each that did has hung up;
 * - `timeout`: none answers, and at least one was silent for `timeoutMs`;
 * - `refused`: none does it now, as at least one has said: its disk is full, say, or it is no member yet;
 * - `forbidden`: the nodes do not know this client, or it lacks the right;
 * - `malformed`: no node would take this: a value that is no JSON, is too long or too deep, or a bad topic, key or id;
 * - `missing`: what was to be removed is not there;
 * - `busy`: more is waiting to be told than WAITING_BYTES_MAX;
 * - `aborted`: by an AbortSignal, whose reason is the `cause`;
 * - `closed`: the client was closed.
 */
export type ErrorCode =
  | "unreachable"
  | "timeout"
  | "refused"
  | "forbidden"
  | "malformed"
  | "missing"
  | "busy"
  | "aborted"
  | "closed";

/** Why one node was of no use. */
export interface Failure {
  /** host:port */
  readonly at: string;
  /** For people; it follows the address: "gives no answer within 5000 ms". */
  readonly reason: string;
  readonly code: ErrorCode;
}

interface Circumstances {
  readonly failures?: readonly Failure[];
  readonly mayBeDone?: boolean;
  readonly cause?: unknown;
}

/** What every call of the library is rejected with. */
export class HearsayError extends Error {
  /** Node prints this one, and a bundler may have called the class something else. */
  static override readonly name = "HearsayError";
  override readonly name = "HearsayError";
  /** For programs; the message is for people. */
  readonly code: ErrorCode;
  /** What each node that was tried had to say. Empty where the code is about the request, or this client. */
  readonly failures: readonly Failure[];
  /** A node may have done it all the same, and its answer was lost. */
  readonly mayBeDone: boolean;

  constructor(
    code: ErrorCode,
    message: string,
    { failures = [], mayBeDone = false, ...cause }: Circumstances = {},
  ) {
    super(message, cause);
    this.code = code;
    this.failures = failures;
    this.mayBeDone = mayBeDone;
  }

  /** A node was there, and does not do it. */
  get isRefused(): boolean {
    return isRefusal(this.code);
  }
}

export function isRefusal(code: ErrorCode): boolean {
  return code === "forbidden" || code === "malformed" || code === "refused";
}

const precedence = ["forbidden", "malformed", "refused", "timeout"] as const;

/** Of several nodes that failed the one decides that has most to say. */
export function codeOfAll(failures: readonly Pick<Failure, "code">[]): ErrorCode {
  return precedence.find((code) => failures.some((failure) => failure.code === code)) ?? "unreachable";
}

/** What is thrown where each node has failed. */
export function allFailed(failures: readonly Failure[], mayBeDone: boolean): HearsayError {
  const code = codeOfAll(failures);
  const words = code === "unreachable" || code === "timeout" ? "no node answers" : "no node does it";
  const reasons = failures.map(({ at, reason }) => `${at} ${reason}`).join("; ");
  return new HearsayError(code, `${words}: ${reasons}`, { failures, mayBeDone });
}
