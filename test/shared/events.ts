/** Server-sent events as they come in. */
import assert from "node:assert/strict";
import { until } from "./until.ts";

/** A response that goes on, as text so far. */
export class Reading {
  text = "";
  readonly #abort = new AbortController();
  ended = false;

  static async open(url: string, headers: Record<string, string> = {}): Promise<Reading> {
    const reading = new Reading();
    const response = await fetch(url, { headers, signal: reading.#abort.signal });
    assert.equal(response.status, 200);
    reading.#read(response).catch(() => {}).finally(() => reading.ended = true);
    return reading;
  }

  async until(holds: (text: string) => boolean): Promise<void> {
    await until(() => holds(this.text), `${holds} of ${JSON.stringify(this.text.slice(-500))}`);
  }

  /** Returns the whole blocks that have come since it was asked last. */
  take(): string {
    const end = this.text.lastIndexOf("\n\n") + 1;
    if (end === 0) return "";
    const blocks = this.text.slice(0, end + 1);
    this.text = this.text.slice(end + 1);
    return blocks;
  }

  close(): void {
    this.#abort.abort();
  }

  async #read({ body }: Response): Promise<void> {
    assert.ok(body !== null);
    const decoder = new TextDecoder();
    for await (const chunk of body) this.text += decoder.decode(chunk, { stream: true });
  }
}

export interface SseEvent {
  readonly id: string;
  readonly kind: string;
  readonly data: Record<string, unknown>;
}

/** The whole events of a stream, those without data left out. */
export function eventsIn(text: string): SseEvent[] {
  return text.slice(0, text.lastIndexOf("\n\n") + 2).split("\n\n").flatMap((block) => {
    const field = (name: string) =>
      block.split("\n").find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const data = field("data");
    return data === undefined
      ? []
      : [{ id: field("id") ?? "", kind: field("event") ?? "message", data: JSON.parse(data) }];
  });
}
