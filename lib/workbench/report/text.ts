/** Text from anywhere made fit for a page: escaped, visible, and not too long. */

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For text and for quoted attributes. */
export function escaped(text: string): string {
  return visible(text).replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

/** Characters that nobody sees, or that turn the direction of the text around them, are spelt out. */
export function visible(text: string): string {
  return text.replaceAll(
    // deno-lint-ignore no-control-regex
    /[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** At most so many characters, and a sign that there were more. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  // Half a surrogate pair is no character.
  return `${text.slice(0, most).replace(/[\ud800-\udbff]$/, "")}…`;
}
