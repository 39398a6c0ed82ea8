/** Makes the words of strangers fit to be printed. */

/** The longest reason that is printed, in characters. */
export const REASON_CHARS_MAX = 200;

/** The same in one line that a terminal prints as it is. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, "?");
}

/** One printable line of bounded length. */
export function shortened(reason: string): string {
  const line = printable(reason);
  return line.length > REASON_CHARS_MAX ? `${line.slice(0, REASON_CHARS_MAX)}…` : line;
}
