/** The wire of Redis as its clients need it here: commands out, replies in, pipelined. */
import type { Buffer } from "node:buffer";
import assert from "node:assert/strict";
import { dial } from "./lines_client.ts";

export type Reply = string | number | null | readonly Reply[];

export interface Resp {
  /** Written at once; the replies come in the order of the commands. */
  write(commands: string): void;
  close(): void;
}

/** `onReplies` has all that one chunk has brought. */
export async function connectResp(
  port: number,
  onReplies: (replies: readonly Reply[]) => void,
): Promise<Resp> {
  const socket = await dial(port);
  const reader = new RespReader();
  socket.on("data", (chunk: Buffer) => {
    const replies = reader.push(chunk.toString("latin1"));
    if (replies.length > 0) onReplies(replies);
  });
  return {
    write: (commands) => socket.write(commands),
    close: () => socket.removeAllListeners("close").destroy(),
  };
}

export function command(...words: readonly (string | number)[]): string {
  return `*${words.length}\r\n${words.map(String).map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;
}

export class RespReader {
  #text = "";
  #at = 0;

  /** The replies that are complete; an error is one of ours. */
  push(text: string): Reply[] {
    this.#text = this.#text.slice(this.#at) + text;
    this.#at = 0;
    const replies: Reply[] = [];
    for (;;) {
      const begin = this.#at;
      const reply = this.#reply();
      if (reply === undefined) {
        this.#at = begin;
        return replies;
      }
      replies.push(reply);
    }
  }

  /** Undefined where the text ends before it does. */
  #reply(): Reply | undefined {
    const kind = this.#text.charAt(this.#at);
    const line = this.#line();
    if (line === undefined) return undefined;
    if (kind === ":") return Number(line);
    if (kind === "$") return this.#bulk(Number(line));
    if (kind === "*") return this.#array(Number(line));
    assert.equal(kind, "+", line);
    return line;
  }

  #line(): string | undefined {
    const end = this.#text.indexOf("\r\n", this.#at);
    if (end < 0) return undefined;
    const line = this.#text.slice(this.#at + 1, end);
    this.#at = end + 2;
    return line;
  }

  #bulk(length: number): string | null | undefined {
    if (length < 0) return null;
    const begin = this.#at;
    if (begin + length + 2 > this.#text.length) return undefined;
    this.#at = begin + length + 2;
    return this.#text.slice(begin, begin + length);
  }

  #array(length: number): Reply[] | null | undefined {
    if (length < 0) return null;
    const items: Reply[] = [];
    while (items.length < length) {
      const item = this.#reply();
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }
}
