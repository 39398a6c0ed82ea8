/** JSON that is kept as its text: written as it is, parsed only by those who look into it. */
import type { Json } from "./json.ts";
import type { Texts } from "./log/texts.ts";

export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** What JSON.stringify writes for it. The codec writes the text, which is faster. */
  toJSON(): Json {
    return JSON.parse(this.text);
  }
}

/** One value that was scanned where it came in: it is as JSON.stringify writes it, the keys of objects in any order. */
export class ScannedValue extends RawJson {
  readonly texts: Texts;

  constructor(texts: Texts) {
    super(texts.text);
    this.texts = texts;
  }
}

/** What it spells. */
export function jsonOf(value: Json | RawJson): Json {
  return value instanceof RawJson ? value.toJSON() : value;
}
