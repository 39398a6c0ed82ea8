/** Server-sent events, taken out of the text of a response as it comes in. */

export interface ServerEvent {
  readonly kind: string;
  /** The position behind it; undefined where the event has none. */
  readonly id: string | undefined;
  readonly data: string | undefined;
}

/** An event may take so many characters: twice what the longest value does, and a long position. */
export const EVENT_CHARS_MAX = 4 * 1_048_576;

const END = "\n\n";

export class ServerEvents {
  #rest = "";

  /** The events that end with this text; comments are none. Undefined where one is too long. */
  push(text: string): readonly ServerEvent[] | undefined {
    // What is here already has been looked through but for its last character.
    const lookFrom = Math.max(0, this.#rest.length - 1);
    this.#rest += text;
    const events: ServerEvent[] = [];
    let begin = 0;
    for (let end = this.#rest.indexOf(END, lookFrom); end >= 0; end = this.#rest.indexOf(END, begin)) {
      const event = eventOf(this.#rest.slice(begin, end));
      if (event.id !== undefined || event.data !== undefined) events.push(event);
      begin = end + END.length;
    }
    this.#rest = this.#rest.slice(begin);
    return this.#rest.length > EVENT_CHARS_MAX ? undefined : events;
  }
}

function eventOf(block: string): ServerEvent {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const [, name, value] = /^(\w+): ?(.*)$/s.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields.set(name, value);
  }
  return { kind: fields.get("event") ?? "message", id: fields.get("id"), data: fields.get("data") };
}
