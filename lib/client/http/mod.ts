/** hearsay for browsers, and wherever else there is `fetch`: tell a cluster values over HTTP, read them, and watch them come. */
import { onAbort } from "../abortable.ts";
import { TIMEOUT_MS, TIMEOUT_MS_MAX } from "../common/limits.ts";
import { HearsayError } from "../errors.ts";
import { Client } from "./client.ts";

export type { Json } from "../../core/json.ts";
export type { Range } from "../../core/log/runs.ts";
export type { Abortable } from "../abortable.ts";
export type { LinkStatus, MemberStatus, PeerStatus, Status } from "../answers.ts";
export type { BroadcastOptions, Position, PutOptions, ReadOptions, WatchOptions } from "../common/options.ts";
export type { ErrorCode, Failure } from "../errors.ts";
export type { Entry, Gap } from "./entries.ts";
export { type Client, HearsayError };

export interface ConnectOptions {
  /**
   * Where the nodes speak HTTP: "https://n1.example.org:8000". The first that answers is asked until it fails, and then the
   * next. Those of other origins than the page's have to allow it, by --http-origin.
   */
  readonly at: string | readonly string[];
  /** The token by which the nodes know this client, or what gives it anew for each request. */
  readonly token?: string | (() => string | Promise<string>) | undefined;
  /** How long a node may take to answer, ms, before the next one is asked: 1 to 3600000, or 5000. */
  readonly timeoutMs?: number | undefined;
  /** Ends the connecting, and later on everything that is under way, as `aborted`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Resolves once a node has answered. Rejects with a HearsayError: `unreachable` or `timeout` where none answers, `forbidden`
 * where none knows the token, `malformed` where an option is of no use, `aborted`.
 */
export async function connect(
  { at, token, timeoutMs = TIMEOUT_MS, signal }: ConnectOptions,
): Promise<Client> {
  const urls = [...new Set([at].flat().map(urlOf))];
  if (urls.length === 0) throw new HearsayError("malformed", "at names no node");
  if (!(timeoutMs >= 1 && timeoutMs <= TIMEOUT_MS_MAX)) {
    throw new HearsayError("malformed", `timeoutMs is ${timeoutMs}, not from 1 to ${TIMEOUT_MS_MAX}`);
  }
  const client = new Client({ urls, timeoutMs, token: sourceOf(token) });
  const abort = onAbort(signal, () => client.abort(signal?.reason));
  client.closed.then(abort.release);
  try {
    await client.status({ signal });
  } catch (error) {
    client.abort();
    throw error;
  }
  return client;
}

function urlOf(at: string): string {
  const url = URL.canParse(at) ? new URL(at) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}${url.pathname}`) {
    throw new HearsayError(
      "malformed",
      `${JSON.stringify(at)} is no URL of a node, as http://127.0.0.1:8000 is`,
    );
  }
  return url.href.replace(/\/+$/, "");
}

function sourceOf(token: ConnectOptions["token"]): (() => Promise<string>) | undefined {
  if (token === undefined) return undefined;
  return async () => {
    let given: string;
    try {
      given = typeof token === "string" ? token : await token();
    } catch (cause) {
      throw new HearsayError("forbidden", "nobody was asked, as there is no token", { cause });
    }
    if (!/^[\x21-\x7e]+$/.test(given)) throw new HearsayError("malformed", "the token is none");
    return given;
  };
}
