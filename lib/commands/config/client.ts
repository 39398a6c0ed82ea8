/** The settings of the commands that ask running nodes, from flags and environment variables. */
import { z } from "zod";
import { addressesFault, parseAddresses } from "./address.ts";
import { complain } from "../flags/flags.ts";
import { type FlagHelp, parsedText, repeated, text, tied, toggle, whole } from "../flags/schemas.ts";
import { clientTlsFlags, tlsFrom, tlsMistakes } from "./trust/tls.ts";
import { tokenFlags, tokenFrom, tokenMistakes } from "./trust/client_token.ts";
import { FORMAT_RULE, formatFault, parseFormat } from "../terminal/entry_format.ts";
import { type Spell, spellRecord, spellValue } from "../terminal/value_printer.ts";
import { type ReachOptions, TIMEOUT_MS, TIMEOUT_MS_MAX } from "../../client/nodes.ts";
import { parsePosition } from "../../client/position.ts";
import type { Wanted } from "../../client/watching/watching.ts";
import {
  ID_BYTES_MAX,
  idFault,
  KEY_BYTES_MAX,
  keyFault,
  patternFault,
  TOPIC_BYTES_MAX,
  topicFault,
  TOPICS_PER_WATCH_MAX,
} from "../../core/keys/names.ts";
import type { Digest } from "../../core/log/digest.ts";
import { type Env, outcome, type Parsed, type Read, readFlags } from "../flags/read_flags.ts";
import { type Address, DEFAULT_PORT } from "../../../transports/address.ts";

/** So many nodes may be named. */
export const AT_MAX = 64;

/** Where the nodes of the compose file listen for clients. */
export const defaultAt: readonly Address[] = [7001, 7002, 7003, 7004, 7005].map((port) => ({
  host: "127.0.0.1",
  port,
}));

export interface BroadcastConfig extends ReachOptions {
  /** None: one per line of standard input. */
  readonly values: readonly string[];
  readonly asStrings: boolean;
  readonly topic?: string | undefined;
  readonly key?: string | undefined;
  readonly id?: string | undefined;
  /** Each value gets an id of its own. */
  readonly areEvents: boolean;
}

/** What is printed of which entries. */
interface Selection {
  readonly wanted: Wanted;
  readonly spell: Spell;
}

export interface ReadConfig extends ReachOptions, Selection {
  readonly json: boolean;
}

export interface WatchConfig extends ReachOptions, Selection {
  readonly from?: Digest;
  readonly positionFile?: string;
  readonly onlyNew: boolean;
}

export interface StatusConfig extends ReachOptions {
  readonly json: boolean;
  /** Each peer of each node has a row. */
  readonly links: boolean;
  /** A node that is not ready is a failure. */
  readonly ready: boolean;
}

const AT_RULE = `a comma list of host:port, or host for port ${DEFAULT_PORT}, at most ${AT_MAX}`;
const POSITION_RULE = "a position, as n1.k3:1-50;n2.x:1-7,9-12";

/** Of every command that asks running nodes. */
export const reach = z.object({
  "at": repeated(parseAt, {
    value: "HOST[:PORT]",
    about: "nodes to ask, one after the other (127.0.0.1:7001 to 7005)",
    rule: AT_RULE,
    why: addressesFault,
  }),
  "timeout": whole(1, TIMEOUT_MS_MAX, "MS", `how long a node may take to answer (${TIMEOUT_MS})`),
  "verbose": toggle("say on standard error which node answered, and why others did not"),
  ...tokenFlags,
  ...clientTlsFlags,
});

const asString = toggle("take every value as a string, even if it is JSON");

const reader = reach.extend({
  "topic": repeated(parsePatterns, {
    value: "TOPIC,…",
    about: "only these topics; one that ends in * stands for all that begin so (values without a topic)",
    rule: `a comma list of topics, at most ${TOPICS_PER_WATCH_MAX}`,
    why: whyNoPatterns,
  }),
  "latest": toggle("only the latest value of each key, and none without a key"),
  "records": toggle(
    "print objects that say topic, key, id and stamp beside the value, and tell of deleted keys",
  ),
});

/** What is printed, which these flags say otherwise. */
function formatBeside(...flags: readonly string[]) {
  return tied(
    parsedText(parseFormat, {
      value: "FORMAT",
      about: "what is printed of each entry, as '{time} {origin} {seq} {value}' ({value})",
      rule: FORMAT_RULE,
      why: formatFault,
      variable: false,
    }),
    { excludes: { why: "which says what is printed", flags } },
  );
}

export const shapes = {
  broadcast: reach.extend({
    "string": asString,
    "topic": name(topicFault, {
      value: "TOPIC",
      about: "the topic of the values (none)",
      rule: `a topic of at most ${TOPIC_BYTES_MAX} bytes`,
    }),
    "key": name(keyFault, {
      value: "KEY",
      about: "each value takes the place of the one before it under this key",
      rule: `a key of 1 to ${KEY_BYTES_MAX} bytes`,
    }),
    "id": name(idFault, {
      value: "ID",
      about: "the value enters once under this id, however often, and with whatever else, it is told",
      rule: `an id of 1 to ${ID_BYTES_MAX} bytes`,
      variable: false,
    }),
    "event": tied(toggle("each value enters as one of its own, even if an equal one is there"), {
      excludes: { why: "which makes an id for each value", flags: ["id"] },
    }),
  }),
  put: reach.extend({ "string": asString }),
  get: reach,
  delete: reach,
  read: reader.extend({
    "format": formatBeside("records", "json"),
    "json": toggle("print one JSON array instead of a line for each value"),
  }),
  watch: reader.extend({
    "format": formatBeside("records"),
    "from": parsedText(parsePosition, {
      value: "POSITION",
      about: "pass over the values that an earlier watch has had (nothing)",
      rule: POSITION_RULE,
    }),
    "position": text("FILE", "a file", "go on from the position in this file, if it is there, and keep it"),
    "new": tied(toggle("print only what arrives from now on, and not what is there already"), {
      excludes: { why: "which begins now and not at a position", flags: ["from"] },
    }),
  }),
  status: reach.extend({
    "json": toggle("print a JSON array, one element for each node asked"),
    "links": tied(
      toggle("print how each node finds each other one, and the link to it, too", { variable: false }),
      {
        excludes: { why: "which is for people", flags: ["json"] },
      },
    ),
    "ready": toggle("fail where a node answers that it is no member of a cluster yet", { variable: false }),
  }),
};

export function parseBroadcast(args: readonly string[], env: Env): Parsed<BroadcastConfig> {
  const read = readFlags("broadcast", shapes.broadcast, args, env, { takesOperands: true });
  const { flags: { topic, key, id, event = false, string = false }, given, operands: values } = read;
  const idRule = values.length === 1
    ? undefined
    : "left out, or given with one value on the command line, as all that is told under one id is one entry";
  // What is put under a key is an entry of its own each time: an id keeps it one where it is told again.
  const areEvents = event || (key !== undefined && id === undefined);
  return outcome([
    ...read.mistakes,
    ...reachMistakes("broadcast", read, env),
    ...event ? [] : complain("broadcast", given, "id", idRule),
  ], {
    ...reachOf(read.flags, env),
    ...{ values, asStrings: string, topic, key, id, areEvents },
  });
}

export function parseRead(args: readonly string[], env: Env): Parsed<ReadConfig> {
  const read = readFlags("read", shapes.read, args, env);
  const { flags, mistakes } = read;
  return outcome([...mistakes, ...reachMistakes("read", read, env)], {
    ...reachOf(flags, env),
    ...selectionOf(flags),
    json: flags.json ?? false,
  });
}

export function parseWatch(args: readonly string[], env: Env): Parsed<WatchConfig> {
  const read = readFlags("watch", shapes.watch, args, env);
  const { flags, mistakes } = read;
  return outcome([...mistakes, ...reachMistakes("watch", read, env)], {
    ...reachOf(flags, env),
    ...selectionOf(flags),
    ...flags.from !== undefined && { from: flags.from },
    ...flags.position !== undefined && { positionFile: flags.position },
    onlyNew: flags.new ?? false,
  });
}

export function parseStatus(args: readonly string[], env: Env): Parsed<StatusConfig> {
  const read = readFlags("status", shapes.status, args, env);
  const { flags, mistakes } = read;
  return outcome([...mistakes, ...reachMistakes("status", read, env)], {
    ...reachOf(flags, env),
    json: flags.json ?? false,
    links: flags.links ?? false,
    ready: flags.ready ?? false,
  });
}

function parseAt(text: string): readonly Address[] | undefined {
  const found = parseAddresses(text);
  return found !== undefined && found.length <= AT_MAX ? found : undefined;
}

/** A text in which `faultOf` finds no fault. */
function name(faultOf: (field: string, text: string) => string | undefined, said: FlagHelp) {
  return parsedText((given) => faultOf("", given) === undefined ? given : undefined, {
    ...said,
    why: (given) => faultOf("it", given),
  });
}

function parsePatterns(text: string): readonly string[] | undefined {
  return whyNoPatterns(text) === undefined ? patternsIn(text) : undefined;
}

function whyNoPatterns(text: string): string | undefined {
  const patterns = patternsIn(text);
  if (patterns.length > TOPICS_PER_WATCH_MAX) return `they are ${patterns.length}`;
  const faults = patterns.map((pattern) =>
    pattern === "" ? "one is empty" : patternFault(JSON.stringify(pattern), pattern)
  );
  return faults.find((fault) => fault !== undefined);
}

function patternsIn(text: string): readonly string[] {
  return [...new Set(text.split(",").map((pattern) => pattern.trim()))];
}

function selectionOf(
  { topic, latest, records, format }: z.infer<typeof shapes.read | typeof shapes.watch>,
): Selection {
  const wanted = { ...topic !== undefined && { topics: topic }, ...latest && { latest } };
  return { wanted, spell: format ?? (records ? spellRecord : spellValue) };
}

export function reachOf(flags: z.infer<typeof reach>, env: Env): ReachOptions {
  return {
    at: flags.at ?? defaultAt,
    timeoutMs: flags.timeout ?? TIMEOUT_MS,
    verbose: flags.verbose ?? false,
    ...tokenFrom(flags, env),
    ...tlsFrom(flags),
  };
}

export function reachMistakes(
  command: string,
  { flags, given }: Pick<Read<typeof reach>, "flags" | "given">,
  env: Env,
): string[] {
  return [
    ...tokenMistakes(command, flags, given, env, flags.at ?? defaultAt),
    ...tlsMistakes(command, flags, given),
  ];
}
