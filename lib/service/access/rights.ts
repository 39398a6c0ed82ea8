/** What a client may do: its rights, and the one that a request needs [A2]. */
import { DEFAULT_TOPIC, patternFault } from "../../core/keys/names.ts";
import type { Body } from "../../core/message.ts";

/** A client is given so many rights at the most [A2]. */
export const RIGHTS_MAX = 64;
/** The right to see the other members and to change them. */
export const ADMIN = "admin";

/** A client, as its certificate or its token names it. `rights`: "publish:PATTERN", "watch:PATTERN" or "admin". */
export interface Identity {
  readonly name: string;
  readonly rights: readonly string[];
}

/** Why a text is no right, in words that begin with `field`; undefined where it is one. */
export function rightFault(field: string, right: string): string | undefined {
  if (right === ADMIN) return undefined;
  const [, pattern] = /^(?:publish|watch):(.*)$/s.exec(right) ?? [];
  return pattern === undefined
    ? `${field} is none of publish:TOPICS, watch:TOPICS and ${ADMIN}`
    : patternFault(field, pattern);
}

/** Rights that were found to be some. */
export class Rights {
  readonly #exact = new Set<string>();
  /** Those that end in `*`, without it. */
  readonly #beginnings: readonly string[];
  /** The topic of the last broadcast that was allowed: most go to one. */
  #published: unknown;

  constructor(rights: readonly string[]) {
    this.#exact = new Set(rights);
    this.#beginnings = rights.filter((right) => right.endsWith("*")).map((right) => right.slice(0, -1));
  }

  /** Whether what is needed, which may be a pattern itself, is among them whole. */
  allow(needed: string): boolean {
    return this.#exact.has(needed) || this.#beginnings.some((beginning) => needed.startsWith(beginning));
  }

  /** The first right that the request needs and that is not here. What is malformed needs none: it is refused as such. */
  missing(body: Body): string | undefined {
    const published = body.type === "broadcast" ? body["topic"] ?? DEFAULT_TOPIC : undefined;
    if (published !== undefined && published === this.#published) return undefined;
    const missing = neededBy(body).find((needed) => !this.allow(needed));
    if (missing === undefined && published !== undefined) this.#published = published;
    return missing;
  }
}

/** A request that is not named here changes members, or is one that this version does not know. */
function neededBy(body: Body): readonly string[] {
  switch (body.type) {
    case "broadcast":
    case "delete":
      return topics("publish", [body["topic"] ?? DEFAULT_TOPIC]);
    case "get":
      return topics("watch", [body["topic"] ?? DEFAULT_TOPIC]);
    case "read":
    case "watch":
      return topics("watch", body["topics"] ?? [DEFAULT_TOPIC]);
    case "status":
    case "metrics":
    case "reach":
    case "unwatch":
    case "echo":
    case "topology":
      return [];
    default:
      return [ADMIN];
  }
}

function topics(right: string, patterns: unknown): readonly string[] {
  if (!Array.isArray(patterns)) return [];
  return patterns.filter((pattern) => typeof pattern === "string").map((pattern) => `${right}:${pattern}`);
}
