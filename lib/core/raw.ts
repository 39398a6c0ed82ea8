/** JSON that is kept as its text: written as it is, parsed only by those who look into it. */
import type { Json } from "./json.ts";
import type { Texts } from "./log/texts.ts";

export class RawJson {
  #text: string | (() => string);

  /** `text`: or what makes it, once somebody asks. */
  constructor(text: string | (() => string)) {
    this.#text = text;
  }

  get text(): string {
    if (typeof this.#text !== "string") this.#text = this.#text();
    return this.#text;
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
