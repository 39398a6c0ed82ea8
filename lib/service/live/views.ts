/** How the peers are by their own word: each is asked now and then, while somebody looks on [Y2]. */
import type { Body, Envelope } from "../../core/message.ts";
import { LIVE_ASKS_MAX, LIVE_EVERY_MS } from "./limits.ts";
import { MEMBERS_MAX } from "../../core/membership/membership.ts";
import type { Member, View } from "./snapshot.ts";

const ASK = "view";
const ANSWER = "view_ok";
/** A word of a peer is no longer than this. */
const WORD_CHARS_MAX = 100;
const NAME_CHARS_MAX = 256;

export interface ViewsOptions {
  readonly me: string;
  readonly send: (envelope: Envelope) => void;
  /** How this node is. */
  readonly own: () => View;
}

interface Heard {
  readonly view: View;
  readonly at: number;
  readonly agrees: boolean;
  readonly behind: number;
}

export class Views {
  readonly #options: ViewsOptions;
  readonly #heard = new Map<string, Heard>();
  /** When each was asked last, the longest ago first. */
  readonly #askedAt = new Map<string, number>();

  constructor(options: ViewsOptions) {
    this.#options = options;
  }

  /** By type of message, what peers say of this to each other. */
  handlers(now: () => number): [string, (message: Envelope, body: Body) => void][] {
    return [
      [ASK, ({ src }) => this.#send(src, { type: ANSWER, ...this.#options.own() })],
      [ANSWER, ({ src }, body) => this.#hear(src, body, now())],
    ];
  }

  /** Asks those of these peers whose turn it is, at most LIVE_ASKS_MAX. */
  ask(peers: readonly string[], now: number): void {
    const isDue = (peer: string) => now - (this.#askedAt.get(peer) ?? -Infinity) >= LIVE_EVERY_MS;
    const due = peers.filter(isDue)
      .sort((a, b) => (this.#askedAt.get(a) ?? -Infinity) - (this.#askedAt.get(b) ?? -Infinity));
    for (const peer of due.slice(0, LIVE_ASKS_MAX)) {
      this.#askedAt.set(peer, now);
      this.#send(peer, { type: ASK });
    }
  }

  /** What the peer said last. */
  of(peer: string, now: number): Member["said"] {
    const heard = this.#heard.get(peer);
    if (heard === undefined) return null;
    const { at, ...said } = heard;
    return { ...said, age_ms: Math.round(now - at) };
  }

  /** Nobody looks on any longer: what was said grows old. */
  forget(): void {
    this.#heard.clear();
    this.#askedAt.clear();
  }

  #send(dest: string, body: Body): void {
    this.#options.send({ src: this.#options.me, dest, body });
  }

  #hear(peer: string, body: Body, at: number): void {
    // Nobody has asked it.
    if (!this.#askedAt.has(peer)) return;
    const [own, view] = [this.#options.own(), readView(body)];
    const agrees = own.digest === view.digest ||
      // Each keeps what its own rules say.
      (own.entries === view.entries && own.gone + view.gone > 0);
    this.#heard.set(peer, { view, at, agrees, behind: own.entries - view.entries });
  }
}

/** A later version may say it in other words: what is missing is 0, or "". */
function readView(body: Body): View {
  const count = (field: keyof View) => {
    const given = body[field];
    return typeof given === "number" && given >= 0 ? given : 0;
  };
  const word = (field: keyof View) => {
    const given = body[field];
    return typeof given === "string" ? given.slice(0, WORD_CHARS_MAX) : "";
  };
  return {
    version: word("version"),
    uptime_ms: count("uptime_ms"),
    storage: word("storage"),
    values: count("values"),
    entries: count("entries"),
    gone: count("gone"),
    digest: word("digest"),
    watchers: count("watchers"),
    memory_bytes: count("memory_bytes"),
    messages: count("messages"),
    bytes: count("bytes"),
    down: namesIn(body["down"]),
  };
}

function namesIn(given: unknown): string[] {
  if (!Array.isArray(given)) return [];
  return given.slice(0, MEMBERS_MAX).filter((name) =>
    typeof name === "string" && name.length <= NAME_CHARS_MAX
  );
}
