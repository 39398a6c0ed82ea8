/** What a client's request enters into the log, as a text that is made once [L1] [H1]; or why it may not. */
import type { Json } from "../json.ts";
import { isTooDeep, VALUE_DEPTH_MAX } from "../log/canonical.ts";
import type { Log } from "../log/log.ts";
import { Texts } from "../log/texts.ts";
import { DEFAULT_TOPIC } from "./names.ts";
import { recordText } from "./record.ts";
import { MALFORMED_REQUEST, TEMPORARILY_UNAVAILABLE } from "../message.ts";
import { ScannedValue } from "../raw.ts";
import type { BroadcastRequest, DeleteRequest } from "../requests.ts";
import { bytesOf, VALUE_BYTES_MAX } from "../size.ts";

export interface Entering {
  readonly texts: Texts;
  readonly topic: string | undefined;
  /** Otherwise the same is held already, and nothing enters [N2] [H2]. */
  readonly isNew: boolean;
}

export interface Refusal {
  readonly code: number;
  readonly text: string;
}

/** `now`: ms since 1970. */
export function enteringOf(
  request: BroadcastRequest | DeleteRequest,
  log: Log,
  now: number,
): Entering | Refusal {
  const { topic = DEFAULT_TOPIC, id, key } = request;
  const value = request.type === "delete" ? null : request.message;
  const isPlain = topic === DEFAULT_TOPIC && id === undefined && key === undefined;
  // A record is a level of its own.
  const depthMax = isPlain ? VALUE_DEPTH_MAX : VALUE_DEPTH_MAX - 1;
  const plain = textsOf(value, depthMax);
  if (plain === undefined) {
    return { code: MALFORMED_REQUEST, text: tooDeep("broadcast /message", depthMax) };
  }
  const { text } = plain;
  const texts = isPlain ? plain : Texts.of([recordText({ text, id })]);
  // No character takes more than three bytes.
  if (3 * texts.text.length > VALUE_BYTES_MAX && bytesOf(text) > VALUE_BYTES_MAX) {
    return { code: MALFORMED_REQUEST, text: `broadcast /message is over ${VALUE_BYTES_MAX} bytes` };
  }
  if (isPlain) return { texts, topic: undefined, isNew: !log.holdsValue(texts) };
  // Without an id every entry of a key is one of its own.
  if ((id !== undefined || key === undefined) && log.holdsValue(texts, topic)) {
    return { texts, topic, isNew: false };
  }
  const full = log.topics.whyNoRoom(topic, key);
  if (full !== undefined) return { code: TEMPORARILY_UNAVAILABLE, text: full };
  if (key === undefined) return { texts, topic, isNew: true };
  const stamp = log.topics.stampFor(topic, key, now);
  if (stamp === undefined) {
    return { code: TEMPORARILY_UNAVAILABLE, text: "no later time is left for this key" };
  }
  const record = recordText({ text, id, key, stamp, deleted: request.type === "delete" });
  return { texts: Texts.of([record]), topic, isNew: true };
}

/** Undefined where it is too deep. */
function textsOf(value: Json | ScannedValue, depthMax: number): Texts | undefined {
  if (!(value instanceof ScannedValue)) {
    if (typeof value === "number" && Number.isFinite(value)) return Texts.of([String(value)]);
    return isTooDeep(value, depthMax) ? undefined : Texts.of([JSON.stringify(value)]);
  }
  // None is scanned that is over VALUE_DEPTH_MAX deep, and each level takes two brackets.
  const mayBeTooDeep = depthMax < VALUE_DEPTH_MAX && value.text.length > 2 * depthMax;
  return mayBeTooDeep && isTooDeep(value.toJSON(), depthMax) ? undefined : value.texts;
}

export function tooDeep(what: string, depthMax = VALUE_DEPTH_MAX): string {
  return `${what} is nested over ${depthMax} deep`;
}
