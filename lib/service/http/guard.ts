/** Which pages may ask: those of this port itself, and those of origins that were allowed [U7]. */
import { isLoopback } from "../../../transports/address.ts";
import { Problem } from "./problem.ts";

const METHODS = "GET, HEAD, POST, PUT, DELETE";
const HEADERS = "authorization, content-type, idempotency-key, last-event-id";
const MAX_AGE_S = 600;

/** Every answer has them: no browser takes one for a script, a page or a picture, or shows it to a page of elsewhere. */
export const SAFETY = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
};

export interface Asked {
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** It asks what it may ask. */
  readonly isPreflight: boolean;
  /** What it asks for is for everybody. */
  readonly isOpen?: boolean;
}

export class Guard {
  readonly #origins: ReadonlySet<string>;
  readonly #isTrusting: boolean;

  /**
   * `origins`: "https://example.org", or "*" for all. `host`: where the node listens. `knowsClients`: whoever asks shows who
   * it is, by what no page has.
   */
  constructor(origins: readonly string[], host: string, knowsClients: boolean) {
    this.#origins = new Set(origins);
    this.#isTrusting = !this.#origins.has("*") && (isLoopback(host) || !knowsClients);
  }

  /** The headers that the answer gets. Throws a Problem where the page may not ask. */
  check({ host = "", origin, isPreflight, isOpen = false }: Asked): Record<string, string> {
    // A page of a name that somebody has made to lead here would be of the same origin.
    if (this.#isTrusting && !isOpen && host === "") {
      throw new Problem(400, "a request says in its Host whom it asks, and this one does not");
    }
    if (this.#isTrusting && !isOpen && !isOwnName(hostnameOf(host)) && !this.#allowsHost(host)) {
      throw new Problem(
        421,
        `this node does not know itself as ${JSON.stringify(host)} (--http-origin http://${host} allows it)`,
      );
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

/** Names that no stranger can make lead here: those of this machine and of its network, and numbers. */
function isOwnName(hostname: string): boolean {
  const isPrivate = /^[^.]+$|\.(localhost|internal|svc|svc\.cluster\.local)$/.test(hostname);
  return isPrivate || /^[\d.]+$/.test(hostname) || hostname.startsWith("[");
}
