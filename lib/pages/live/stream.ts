/** Follows /v1/live for as long as the page is open: with a token where one is needed, and again whenever it breaks off. */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { Snapshot } from "../../service/live/snapshot.ts";

/** The node says something every second. When it has not for so long, it does not answer, ms. */
export const SILENT_MS_MAX = 3_000;
/** So long it waits before it asks again, ms. */
const AGAIN_MS = 1_000;
/** A longer snapshot is none. */
export const SNAPSHOT_CHARS_MAX = 16 * 1024 * 1024;
const TOKEN = "hearsay token";

export interface StreamEvents {
  onSnapshot(snapshot: Snapshot): void;
  /** The node does not answer; `reason` may be empty. */
  onGone(reason: string): void;
  /** It wants to know who asks. */
  onStranger(why: string): void;
}

export class Stream {
  readonly #events: StreamEvents;

  constructor(events: StreamEvents) {
    this.#events = events;
  }

  /** Goes on for ever. */
  async run(): Promise<void> {
    for (;;) {
      const goesOn = await this.#once();
      if (!goesOn) return;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  /** Kept for as long as the tab is open, and no longer. */
  useToken(token: string): void {
    sessionStorage.setItem(TOKEN, token);
    this.run();
  }

  /** Returns whether to try again. */
  async #once(): Promise<boolean> {
    const attempt = new AbortController();
    const silence = new Silence(() => attempt.abort());
    try {
      const token = sessionStorage.getItem(TOKEN);
      const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
      const response = await fetch("/v1/live", { headers, signal: attempt.signal, cache: "no-store" });
      if (response.ok && response.body !== null) await this.#read(response.body, silence);
      else if (await this.#refused(response, token)) return false;
    } catch {
      this.#events.onGone(silence.isOver ? "it is silent" : "");
    } finally {
      silence.end();
    }
    return true;
  }

  /** Returns whether somebody has to say who asks. */
  async #refused(response: Response, token: string | null): Promise<boolean> {
    const why = await reasonOf(response);
    if (response.status !== 401) {
      this.#events.onGone(`it says: ${why}`);
      return false;
    }
    sessionStorage.removeItem(TOKEN);
    this.#events.onStranger(token === null ? "This node wants to know who asks." : why);
    return true;
  }

  async #read(body: ReadableStream<Uint8Array>, silence: Silence): Promise<void> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      silence.heard();
      text += decoder.decode(value, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      if (text.length > SNAPSHOT_CHARS_MAX) throw new Error("this is no snapshot");
      const last = blocks.findLast((block) => block.startsWith("data: "));
      if (last !== undefined) this.#events.onSnapshot(JSON.parse(last.slice("data: ".length)));
    }
    this.#events.onGone("");
  }
}

/** Notices when nothing comes any more, which no connection says of itself. */
class Silence {
  readonly #onSilent: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  isOver = false;

  constructor(onSilent: () => void) {
    this.#onSilent = onSilent;
    this.heard();
  }

  heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.isOver = true;
      this.#onSilent();
    }, SILENT_MS_MAX);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

async function reasonOf(response: Response): Promise<string> {
  try {
    const { detail } = await response.json();
    return String(detail);
  } catch {
    return `status ${response.status}`;
  }
}
