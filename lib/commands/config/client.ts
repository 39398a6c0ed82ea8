/** The settings of the commands that ask running nodes, from flags and environment variables. */
import { z } from "zod";
import { parseAddresses } from "./address.ts";
import { parsedText, repeated, text, tied, toggle, whole } from "../flags/schemas.ts";
import type { ReachOptions } from "../../client/nodes.ts";
import { parsePosition } from "../../client/position.ts";
import type { Digest } from "../../core/log/digest.ts";
import { type Env, outcome, type Parsed, readFlags } from "../flags/read_flags.ts";
import type { Address } from "../../../transports/address.ts";

/** So many nodes may be named. */
export const AT_MAX = 64;
export const TIMEOUT_MS_MAX = 3_600_000;
export const TIMEOUT_MS = 5_000;

/** Where the nodes of the compose file listen for clients. */
export const defaultAt: readonly Address[] = [7001, 7002, 7003, 7004, 7005].map((port) => ({
  host: "127.0.0.1",
  port,
}));

export interface BroadcastConfig extends ReachOptions {
  /** None: one per line of standard input. */
  readonly values: readonly string[];
  readonly asStrings: boolean;
}

export interface ReadConfig extends ReachOptions {
  readonly json: boolean;
}

export interface WatchConfig extends ReachOptions {
  readonly from?: Digest;
  readonly positionFile?: string;
  readonly onlyNew: boolean;
}

export interface StatusConfig extends ReachOptions {
  readonly json: boolean;
}

const AT_RULE = `a comma list of host:port, at most ${AT_MAX}`;
const POSITION_RULE = "a position, as n1.k3:1-50;n2.x:1-7,9-12";

const reach = z.object({
  "at": repeated(parseAt, {
    value: "HOST:PORT",
    about: "nodes to ask, one after the other (127.0.0.1:7001 to 7005)",
    rule: AT_RULE,
  }),
  "timeout": whole(1, TIMEOUT_MS_MAX, "MS", `how long a node may take to answer (${TIMEOUT_MS})`),
  "verbose": toggle("say on standard error which node answered, and why others did not"),
});

export const shapes = {
  broadcast: reach.extend({ "string": toggle("take every value as a string, even if it is JSON") }),
  read: reach.extend({ "json": toggle("print one JSON array instead of a line for each value") }),
  watch: reach.extend({
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
  status: reach.extend({ "json": toggle("print a JSON array, one element for each node asked") }),
};

export function parseBroadcast(args: readonly string[], env: Env): Parsed<BroadcastConfig> {
  const read = readFlags("broadcast", shapes.broadcast, args, env, { takesOperands: true });
  const { flags, mistakes, operands: values } = read;
  return outcome(mistakes, { ...reachOf(flags), values, asStrings: flags.string ?? false });
}

export function parseRead(args: readonly string[], env: Env): Parsed<ReadConfig> {
  const { flags, mistakes } = readFlags("read", shapes.read, args, env);
  return outcome(mistakes, { ...reachOf(flags), json: flags.json ?? false });
}

export function parseWatch(args: readonly string[], env: Env): Parsed<WatchConfig> {
  const { flags, mistakes } = readFlags("watch", shapes.watch, args, env);
  return outcome(mistakes, {
    ...reachOf(flags),
    ...flags.from !== undefined && { from: flags.from },
    ...flags.position !== undefined && { positionFile: flags.position },
    onlyNew: flags.new ?? false,
  });
}

export function parseStatus(args: readonly string[], env: Env): Parsed<StatusConfig> {
  const { flags, mistakes } = readFlags("status", shapes.status, args, env);
  return outcome(mistakes, { ...reachOf(flags), json: flags.json ?? false });
}

function parseAt(text: string): readonly Address[] | undefined {
  const found = parseAddresses(text);
  return found !== undefined && found.length <= AT_MAX && found.every(({ port }) => port > 0)
    ? found
    : undefined;
}

function reachOf(flags: z.infer<typeof reach>): ReachOptions {
  return {
    at: flags.at ?? defaultAt,
    timeoutMs: flags.timeout ?? TIMEOUT_MS,
    verbose: flags.verbose ?? false,
  };
}
