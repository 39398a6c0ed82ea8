/** How clients' values enter the log, as texts that are made once [L1] [H1]; or why they may not. */
import type { Json } from "../json.ts";
import { numberAt } from "../log/scan.ts";
import { isTooDeep, VALUE_DEPTH_MAX } from "../log/canonical.ts";
import { wholeOf } from "../log/identities.ts";
import type { Log } from "../log/log.ts";
import { isWhole, Texts } from "../log/texts.ts";
import { DEFAULT_TOPIC } from "./names.ts";
import { recordText } from "./record.ts";
import { type Envelope, MALFORMED_REQUEST, TEMPORARILY_UNAVAILABLE } from "../message.ts";
import { BROADCAST_OK, DELETE_OK, type Outbox } from "../outbox.ts";
import { ScannedValue } from "../raw.ts";
import type { BroadcastRequest, DeleteRequest } from "../requests.ts";
import { bytesOf, VALUE_BYTES_MAX } from "../size.ts";
import type { OwnEntries } from "./own_entries.ts";
import { FewNumbers } from "../log/kept/few_numbers.ts";
import { copied } from "../log/kept/texts_cache.ts";

/** So many broadcasts of one turn enter the log together at most [S12]. */
export const TOGETHER_MAX = 1_024;

interface Entering {
  readonly texts: Texts;
  readonly topic: string | undefined;
  /** Otherwise the same is held already, and nothing enters [N2] [H2]. */
  readonly isNew: boolean;
}

interface Refusal {
  readonly code: number;
  readonly text: string;
}

export interface EntranceOptions {
  readonly log: Log;
  readonly own: OwnEntries;
  readonly outbox: Outbox;
  /** Why nothing new may enter now; undefined where it may. */
  readonly whyClosed: () => string | undefined;
}

/** Takes what clients broadcast, put and delete: each value by itself, or those that came together as one run [N2]. */
export class Entrance {
  readonly #options: EntranceOptions;
  #isGathering = false;
  #isOpen = false;
  /** New plain values that wait to enter together, what tells them apart, and the requests that brought them. */
  #gathered: (number | Texts)[] = [];
  readonly #marks = new FewNumbers(TOGETHER_MAX);
  #requests: Envelope[] = [];

  constructor(options: EntranceOptions) {
    this.#options = options;
  }

  /** `now`: ms since 1970. */
  take(envelope: Envelope, request: BroadcastRequest | DeleteRequest, now: number): void {
    const { log, own, outbox, whyClosed } = this.#options;
    const entering = enteringOf(request, log, now);
    if ("code" in entering) return outbox.refuse(envelope, entering.code, entering.text);
    const { texts, topic, isNew } = entering;
    const why = isNew ? whyClosed() : undefined;
    if (why !== undefined) return outbox.refuse(envelope, TEMPORARILY_UNAVAILABLE, why);
    if (isNew && this.#isGathering) {
      if (topic === undefined && this.#gather(wholeOf(texts, 0) ?? texts, envelope)) return;
      // It may be one of those that wait, or come after them.
      this.#settle(now);
      if (topic === undefined) return this.take(envelope, request, now);
    }
    if (isNew) own.enter(texts, topic, now);
    outbox.reply(envelope, request.type === "broadcast" ? BROADCAST_OK : DELETE_OK);
  }

  /** What `take` is given meanwhile, TOGETHER_MAX values at most, enters together, as if each had come by itself. */
  together(take: () => void, now: number): void {
    this.#isGathering = true;
    this.#isOpen = this.#options.whyClosed() === undefined;
    take();
    this.#settle(now);
    this.#isGathering = false;
  }

  /**
   * The short way, within together(): returns whether the request brought a new plain value, which waits now. What else there is,
   * and whatever is in doubt, goes the long way.
   */
  gathers(request: Envelope): boolean {
    const { message, topic, id, key, in_reply_to } = request.body;
    if (!this.#isOpen || (topic ?? id ?? key ?? in_reply_to) !== undefined) return false;
    const { log } = this.#options;
    if (isWhole(message)) return !log.holdsWhole(message) && this.#gather(message, request);
    if (!(message instanceof ScannedValue) || isLong(message.texts)) return false;
    return !log.holdsValue(message.texts) && this.#gather(message.texts, request);
  }

  /** Returns whether the value is none of those that wait: it is one of them now. Different ones may seem equal, which is rare. */
  #gather(value: number | Texts, request: Envelope): boolean {
    if (!this.#marks.add(typeof value === "number" ? value : numberAt(value.hashes, 0))) return false;
    this.#gathered.push(value);
    this.#requests.push(request);
    return true;
  }

  #settle(now: number): void {
    const [gathered, requests] = [this.#gathered, this.#requests];
    if (gathered.length === 0) return;
    this.#marks.clear();
    this.#gathered = [];
    this.#requests = [];
    this.#options.own.enter(textsOfAll(gathered), undefined, now);
    this.#options.outbox.acknowledge(requests);
  }
}

function enteringOf(
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
  if (isPlain && plain.wholes !== undefined) {
    return { texts: plain, topic: undefined, isNew: !log.holdsValue(plain) };
  }
  const { text } = plain;
  const texts = isPlain ? plain : Texts.of([recordText({ text, id })]);
  if (isLong(texts) && bytesOf(text) > VALUE_BYTES_MAX) {
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

function textsOfAll(values: readonly (number | Texts)[]): Texts {
  if (values.every((each) => typeof each === "number")) return Texts.ofWholes(values);
  const all = values.map((each) => typeof each === "number" ? Texts.ofWholes([each]) : each);
  const [only] = all;
  return only !== undefined && all.length === 1 ? copied(only, 0, 1) : Texts.joined(all).apart();
}

/** Whether it may be over VALUE_BYTES_MAX: no character takes more than three bytes. */
function isLong({ text }: Texts): boolean {
  return 3 * text.length > VALUE_BYTES_MAX;
}

/** Undefined where it is too deep. */
function textsOf(value: Json | ScannedValue, depthMax: number): Texts | undefined {
  if (isWhole(value)) return Texts.ofWholes([value]);
  if (!(value instanceof ScannedValue)) {
    return isTooDeep(value, depthMax) ? undefined : Texts.of([JSON.stringify(value)]);
  }
  // None is scanned that is over VALUE_DEPTH_MAX deep, and each level takes two brackets.
  const mayBeTooDeep = depthMax < VALUE_DEPTH_MAX && value.text.length > 2 * depthMax;
  return mayBeTooDeep && isTooDeep(value.toJSON(), depthMax) ? undefined : copied(value.texts, 0, 1);
}

export function tooDeep(what: string, depthMax = VALUE_DEPTH_MAX): string {
  return `${what} is nested over ${depthMax} deep`;
}
