/** JSON that is kept as its text: written as it is, parsed only by those who look into it. */
import type { Json } from "./json.ts";

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
