/** What a value is: a text that holds its number, the same for every system, so that a watcher need not parse it. */
export interface Payload {
  /** The JSON of a value. */
  readonly encode: (value: number) => string;
  /** Where the digits of its number begin in that. */
  readonly digitsFrom: number;
  /** Characters of each; undefined where they differ. */
  readonly length?: number;
}

/** As many digits as any number here takes. */
const DIGITS = 10;
const NINE = 57;
const ZERO = 48;

const OBJECT_BYTES = 100;
const OBJECT = ['{"id":"', '","sensor":"n1","on":true,"temperature":20.5,"note":"', '"}'] as const;

export const payloads = {
  numbers: { encode: String, digitsFrom: 0 },
  objects: objectsOf(OBJECT_BYTES),
  kilobytes: textsOf(1_024),
  texts: textsOf(4_096),
} satisfies Record<string, Payload>;

export type PayloadName = keyof typeof payloads;

/** The number of the value that begins there, in a text or in bytes of ASCII. */
export function numberAt({ digitsFrom }: Payload, text: string | Uint8Array, at = 0): number {
  const unitAt = typeof text === "string" ? (i: number) => text.charCodeAt(i) : (i: number) => text[i] ?? 0;
  let number = 0;
  for (let i = at + digitsFrom;; i++) {
    const unit = unitAt(i);
    // Behind the end there is no number at all.
    if (!(unit >= ZERO && unit <= NINE)) return number;
    number = 10 * number + unit - ZERO;
  }
}

function objectsOf(length: number): Payload {
  const [begin, middle, end] = OBJECT;
  const rest = middle + "x".repeat(length - begin.length - DIGITS - middle.length - end.length) + end;
  return { encode: (value) => begin + digitsOf(value) + rest, digitsFrom: begin.length, length };
}

function textsOf(length: number): Payload {
  const rest = ` ${"x".repeat(length - DIGITS - '" "'.length)}"`;
  return { encode: (value) => `"${digitsOf(value)}${rest}`, digitsFrom: 1, length };
}

function digitsOf(value: number): string {
  return String(value).padStart(DIGITS, "0");
}
