/** Makes the words of strangers fit to be printed. */

/** The longest reason that is printed, in characters. */
export const REASON_CHARS_MAX = 200;

/** One printable line of bounded length. */
export function shortened(reason: string): string {
  const line = reason.replace(/\p{Cc}/gu, "?");
  return line.length > REASON_CHARS_MAX ? `${line.slice(0, REASON_CHARS_MAX)}…` : line;
}
