/** Which pages may ask: those of this port itself, and those of origins that were allowed [U7]. */
import { isLoopback } from "../../../transports/address.ts";
import { Problem } from "./problem.ts";

const METHODS = "GET, HEAD, POST, PUT, DELETE";
const HEADERS = "authorization, content-type, idempotency-key, last-event-id";
const MAX_AGE_S = 600;

export interface Asked {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** It asks what it may ask. */
  readonly isPreflight: boolean;
}

export class Guard {
  readonly #origins: ReadonlySet<string>;
  readonly #isLocal: boolean;

  /** `origins`: "https://example.org", or "*" for all. `host`: where the node listens. */
  constructor(origins: readonly string[], host: string) {
    this.#origins = new Set(origins);
    this.#isLocal = isLoopback(host);
  }

  /** The headers that the answer gets. Throws a Problem where the page may not ask. */
  check({ host = "", origin, isPreflight }: Asked): Record<string, string> {
    const hostname = hostnameOf(host);
    // A page of a name that was made to lead to this machine would be of the same origin.
    if (this.#isLocal && !isLocalName(hostname) && !this.#allowsHost(host)) {
      throw new Problem(421, `this node is not ${JSON.stringify(host)}: it listens for this machine alone`);
    }
    if (origin === undefined) return {};
    const isOwn = /^https?:\/\//.test(origin) && origin.replace(/^https?:\/\//, "") === host;
    if (isOwn) return {};
    if (!this.#origins.has("*") && !this.#origins.has(origin)) {
      throw new Problem(403, `pages of ${origin} may not ask this node (--http-origin allows it)`);
    }
    return {
      "access-control-allow-origin": this.#origins.has("*") ? "*" : origin,
      ...!this.#origins.has("*") && { vary: "origin" },
      "access-control-expose-headers": "hearsay-stamp, retry-after",
      ...isPreflight && {
        "access-control-allow-methods": METHODS,
        "access-control-allow-headers": HEADERS,
        "access-control-max-age": String(MAX_AGE_S),
      },
    };
  }

  #allowsHost(host: string): boolean {
    return [...this.#origins].some((origin) => origin.replace(/^https?:\/\//, "") === host);
  }
}

/** Without its port; "" where it is no host. */
function hostnameOf(host: string): string {
  const url = `http://${host}`;
  return !/[/\\?#@]/.test(host) && URL.canParse(url) ? new URL(url).hostname : "";
}

/** Names that nobody else can make lead here; numbers are no names. */
function isLocalName(hostname: string): boolean {
  return hostname === "localhost" || hostname.endsWith(".localhost") || /^[\d.]+$/.test(hostname) ||
    hostname.startsWith("[");
}
