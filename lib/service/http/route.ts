/** What a route of the HTTP port is. */
import type { Live } from "../live/live.ts";
import type { LocalClient } from "../local_client.ts";
import type { Exchange } from "./exchange.ts";

/** A page, and what it may do in a browser: the value of its Content-Security-Policy. */
export interface HttpPage {
  readonly html: string;
  readonly policy: string;
}

/** The node behind the port. */
export interface HttpNode {
  readonly id: string;
  readonly version: string;
  /** Why it should not be sent requests now, for people; undefined where it should. */
  readonly unready: () => string | undefined;
  /** What the page is told. */
  readonly live: Pick<Live, "isFull" | "open">;
  /** Whether a client has a right; where nobody is known, everybody has all. */
  readonly allows: (client: LocalClient, right: string) => boolean;
  /** Absent where there is none. */
  readonly page?: (() => Promise<HttpPage>) | undefined;
}

export type Method = "GET" | "POST" | "PUT" | "DELETE";

export interface Route {
  readonly method: Method;
  /** `:name` stands for one part, which may be empty. */
  readonly path: string;
  /** Answers. May throw a Problem. The exchange is over once this has returned, or resolved. */
  readonly handle: (exchange: Exchange, node: HttpNode) => Promise<void> | void;
  /** It is answered whoever asks. */
  readonly open?: boolean;
  readonly about: About;
}

/** What the description says of a route. */
export interface About {
  readonly summary: string;
  /** Names from the `parameters` in openapi.ts; those of the path go without saying. */
  readonly takes?: readonly string[];
  /** Media types of the body. */
  readonly body?: readonly string[];
  /** Media types of the answer; none: 204. */
  readonly answers?: readonly string[];
  /** Statuses of problems beside 400, 401, 403, 429 and 503. */
  readonly problems?: readonly number[];
}
