/** The settings of the commands that put, get and delete what stands under a key. */
import { mustBe, mustBeGiven } from "../flags/flags.ts";
import { type Env, outcome, type Parsed, readFlags } from "../flags/read_flags.ts";
import type { ReachOptions } from "../../client/nodes.ts";
import { KEY_BYTES_MAX, keyFault, TOPIC_BYTES_MAX, topicFault } from "../../core/keys/names.ts";
import { reachMistakes, reachOf, shapes } from "./client.ts";

export interface KeyConfig extends ReachOptions {
  readonly topic: string;
  readonly key: string;
}

export interface PutConfig extends KeyConfig {
  /** As it was written. */
  readonly value: string;
  readonly asString: boolean;
}

/** The first / ends the topic: a key may hold others. */
const PLACE_RULE =
  `a topic of at most ${TOPIC_BYTES_MAX} bytes and a key of 1 to ${KEY_BYTES_MAX} bytes with / between them`;

export function parsePut(args: readonly string[], env: Env): Parsed<PutConfig> {
  const read = readFlags("put", shapes.put, args, env, { takesOperands: true });
  const [place, value, ...more] = read.operands;
  const mistakes = [
    ...read.mistakes,
    ...reachMistakes("put", read, env),
    ...placeMistakes("put", place),
    ...value === undefined ? [mustBeGiven("put", "VALUE", "JSON or a string")] : [],
    ...tooMany("put", "one value", more),
  ];
  const { string = false } = read.flags;
  return outcome(mistakes, {
    ...reachOf(read.flags, env),
    ...placeOf(place),
    value: value ?? "",
    asString: string,
  });
}

export function parseKey(command: "get" | "delete", args: readonly string[], env: Env): Parsed<KeyConfig> {
  const read = readFlags(command, shapes[command], args, env, { takesOperands: true });
  const [place, ...more] = read.operands;
  const mistakes = [
    ...read.mistakes,
    ...reachMistakes(command, read, env),
    ...placeMistakes(command, place),
    ...tooMany(command, "one key", more),
  ];
  return outcome(mistakes, { ...reachOf(read.flags, env), ...placeOf(place) });
}

function placeMistakes(command: string, place: string | undefined): string[] {
  if (place === undefined) return [mustBeGiven(command, "TOPIC/KEY", PLACE_RULE)];
  const { topic, key } = placeOf(place);
  const fault = place.includes("/")
    ? topicFault("the topic", topic) ?? keyFault("the key", key)
    : "there is no /";
  return fault === undefined ? [] : [mustBe(command, "TOPIC/KEY", `${PLACE_RULE} (${fault})`, place)];
}

function placeOf(place = ""): { topic: string; key: string } {
  const end = place.indexOf("/");
  return { topic: place.slice(0, Math.max(0, end)), key: place.slice(end + 1) };
}

function tooMany(command: string, what: string, more: readonly string[]): string[] {
  if (more.length === 0) return [];
  const hint = command === "put" ? "; quotes keep a value together" : "";
  return [`Cannot run '${command}' as it takes ${what}${hint}: more is ${JSON.stringify(more.join(" "))}`];
}
