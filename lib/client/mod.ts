/** hearsay for applications: connect to a cluster, tell it values, read them, and watch them come. */
import { onAbort } from "./abortable.ts";
import { Client } from "./client.ts";
import { HearsayError } from "./errors.ts";
import { TIMEOUT_MS, TIMEOUT_MS_MAX } from "./nodes.ts";
import { tokenOf, type TokenSource } from "./token.ts";
import { type Address, DEFAULT_PORT, parseAddress } from "../../transports/address.ts";
import { Tls, TlsFault } from "../../transports/tcp/tls/tls.ts";
import { messageOf } from "../../transports/errno.ts";

export type { Answer } from "./waiting.ts";
export type { LinkStatus, MemberStatus, PeerStatus, Status } from "./answers.ts";
export type { Abortable } from "./abortable.ts";
export type { BroadcastOptions, Position, PutOptions, ReadOptions } from "./common/options.ts";
export type { Entry, Gap } from "./watching/entries.ts";
export type { WatchOptions } from "./watching/reader.ts";
export type { Move } from "./watching/stream.ts";
export type { ErrorCode, Failure } from "./errors.ts";
export type { Body, Json } from "../core/message.ts";
export type { Range } from "../core/log/runs.ts";
export { type Address, type Client, HearsayError };

export interface ConnectOptions {
  /** The nodes, as host:port, as host for port 7000, or in parts. The first that answers is asked until it fails, and then the next. */
  readonly at: string | Address | readonly (string | Address)[];
  /** Paths of PEM files, read again for each connection: whom to trust, and who this client is, if not known by a token. */
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string } | undefined;
  /** The token by which the nodes know this client, or what gives it anew for each connection. */
  readonly token?: string | (() => string) | undefined;
  /** How long a node may take to connect, and then to answer, ms, before the next one is asked: 1 to 3600000, or 5000. */
  readonly timeoutMs?: number | undefined;
  /** Ends the connecting, and later on everything that is under way, as `aborted`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Resolves once a node has answered. Rejects with a HearsayError: `unreachable` or `timeout` where none answers, `forbidden`
 * where none knows the token, `malformed` where an option is of no use, `aborted`.
 */
export async function connect(options: ConnectOptions): Promise<Client> {
  const { at, tls, token, timeoutMs = TIMEOUT_MS, signal } = options;
  const addresses = (Array.isArray(at) ? at : [at]).map(addressOf);
  if (addresses.length === 0) throw new HearsayError("malformed", "at names no node");
  if (!(timeoutMs >= 1 && timeoutMs <= TIMEOUT_MS_MAX)) {
    throw new HearsayError("malformed", `timeoutMs is ${timeoutMs}, not from 1 to ${TIMEOUT_MS_MAX}`);
  }
  const client = new Client({
    at: addresses,
    timeoutMs,
    verbose: false,
    ...tls !== undefined && { tls: tlsOf(tls) },
    ...token !== undefined && { token: sourceOf(token) },
  });
  const abort = onAbort(signal, () => client.abort(signal?.reason));
  client.closed.then(abort.release);
  try {
    await client.ask({ type: "echo", echo: null }, { signal });
  } catch (error) {
    client.abort();
    throw error;
  }
  return client;
}

function addressOf(at: string | Address): Address {
  const address = typeof at === "string" ? parseAddress(at, DEFAULT_PORT) : at;
  if (address === undefined) {
    throw new HearsayError("malformed", `${JSON.stringify(at)} is neither host:port nor a host`);
  }
  return address;
}

function tlsOf({ ca, cert, key }: NonNullable<ConnectOptions["tls"]>): Tls {
  if ((cert === undefined) !== (key === undefined)) {
    throw new HearsayError("malformed", "a certificate and its key are given together");
  }
  try {
    return new Tls({ ca, ...cert !== undefined && key !== undefined && { own: { cert, key } } });
  } catch (cause) {
    if (!(cause instanceof TlsFault)) throw cause;
    throw new HearsayError("malformed", `${cause.flag.replace("-", ".")} is of no use: ${cause.why}`, {
      cause,
    });
  }
}

function sourceOf(token: string | (() => string)): TokenSource {
  if (typeof token === "string") return tokenOf(token);
  return () => {
    try {
      return { token: token() };
    } catch (error) {
      return { fault: `was not asked, as there is no token: ${messageOf(error)}` };
    }
  };
}
