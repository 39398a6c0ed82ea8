/** Topics, keys and ids: how long each may be, what is wrong with one, and which topics a reader asks for. */

/** As UTF-8. */
export const TOPIC_BYTES_MAX = 128;
export const KEY_BYTES_MAX = 512;
export const ID_BYTES_MAX = 128;
/** A watcher names at most so many patterns of topics. */
export const TOPICS_PER_WATCH_MAX = 64;
/** A new value may not begin another topic, or another key, where so many are there already. */
export const TOPICS_MAX = 10_000;
export const KEYS_MAX = 1_000_000;

/** Maelstrom's world: what names no topic is here. */
export const DEFAULT_TOPIC = "";

/** Why a text cannot be a topic, in words that begin with `field`; undefined where it can. */
export function topicFault(field: string, topic: string): string | undefined {
  const lengthFault = tooLong(field, topic, TOPIC_BYTES_MAX) ?? notText(field, topic);
  if (lengthFault !== undefined) return lengthFault;
  if (/\s/u.test(topic)) return `${field} holds a white space`;
  if (/\p{Cc}/u.test(topic)) return `${field} holds a control character`;
  const sign = /[/*,=]/.exec(topic)?.[0];
  if (sign !== undefined) return `${field} holds ${sign}`;
  return topic.startsWith("-") ? `${field} begins with -` : undefined;
}

/** The same for the key of an entry. */
export function keyFault(field: string, key: string): string | undefined {
  return empty(field, key) ?? tooLong(field, key, KEY_BYTES_MAX) ?? notText(field, key);
}

/** The same for the id that a client gives to an entry. */
export function idFault(field: string, id: string): string | undefined {
  return empty(field, id) ?? tooLong(field, id, ID_BYTES_MAX) ?? notText(field, id);
}

/** The same for a pattern: a topic, or how topics begin and then `*`. */
export function patternFault(field: string, pattern: string): string | undefined {
  return topicFault(field, pattern.endsWith("*") ? pattern.slice(0, -1) : pattern);
}

/** The same for the list of patterns that a watcher gives. */
export function patternsFault(field: string, patterns: readonly string[]): string | undefined {
  if (patterns.length === 0) return `${field} is empty`;
  if (patterns.length > TOPICS_PER_WATCH_MAX) {
    return `${field} names ${patterns.length} topics, at most ${TOPICS_PER_WATCH_MAX} are allowed`;
  }
  for (const [i, pattern] of patterns.entries()) {
    const fault = patternFault(`${field}/${i}`, pattern);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Whether a topic is one of those that the patterns name. */
export function matches(patterns: readonly string[], topic: string): boolean {
  return patterns.some((pattern) =>
    topic === pattern || (pattern.endsWith("*") && topic.startsWith(pattern.slice(0, -1)))
  );
}

/** How many bytes a text takes as UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    // Each half of a surrogate pair counts two of the pair's four.
    if (code >= 0x80) bytes += code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 1 : 2;
  }
  return bytes;
}

function empty(field: string, text: string): string | undefined {
  return text === "" ? `${field} is empty` : undefined;
}

function tooLong(field: string, text: string, bytesMax: number): string | undefined {
  return utf8Length(text) > bytesMax ? `${field} is over ${bytesMax} bytes` : undefined;
}

/** Half of a surrogate pair has no UTF-8: two such texts would become one where bytes are kept. */
function notText(field: string, text: string): string | undefined {
  return /\p{Surrogate}/u.test(text) ? `${field} holds half a character` : undefined;
}
