/** The settings of the commands about members of a running cluster. */
import { addressFault, NAME_RULE, NODE_RULE, parseNode } from "../address.ts";
import { MEMBER_ID } from "../../../core/membership/member_id.ts";
import { type ReachOptions, TIMEOUT_MS_MAX } from "../../../client/nodes.ts";
import { mustBe, mustBeGiven } from "../../flags/flags.ts";
import { type Env, outcome, type Parsed, readFlags } from "../../flags/read_flags.ts";
import { parsedText, tied, toggle, whole } from "../../flags/schemas.ts";
import { reach, reachMistakes, reachOf } from "../client.ts";

export interface MembersConfig extends ReachOptions {
  readonly json: boolean;
}

export interface RemoveConfig extends ReachOptions {
  readonly id: string;
  /** Also where it is in reach. */
  readonly force: boolean;
}

/** A node that leaves has first to hand over what it holds. */
export const LEAVE_TIMEOUT_MS = 60_000;

const ONE_RULE = `the one node that is to leave, as ${NODE_RULE}`;

export const shapes = {
  members: reach.extend({ "json": toggle("print a JSON object") }),
  leave: reach.extend({
    "at": tied(
      parsedText(parseNode, {
        value: "HOST[:PORT]",
        about: "the node that is to leave",
        rule: ONE_RULE,
        why: addressFault,
      }),
      { required: true },
    ),
    "timeout": whole(1, TIMEOUT_MS_MAX, "MS", `how long the node may take to leave (${LEAVE_TIMEOUT_MS})`),
  }),
  remove: reach.extend({
    "force": toggle("also a member that is in reach, and could leave", { variable: false }),
  }),
};

export function parseMembers(args: readonly string[], env: Env): Parsed<MembersConfig> {
  const read = readFlags("members", shapes.members, args, env);
  const { flags, mistakes } = read;
  return outcome([...mistakes, ...reachMistakes("members", read, env)], {
    ...reachOf(flags, env),
    json: flags.json ?? false,
  });
}

export function parseLeave(args: readonly string[], env: Env): Parsed<ReachOptions> {
  const read = readFlags("leave", shapes.leave, args, env);
  const { at, timeout = LEAVE_TIMEOUT_MS, ...others } = read.flags;
  const flags = { ...others, at: at && [at], timeout };
  const mistakes = [...read.mistakes, ...reachMistakes("leave", { ...read, flags }, env)];
  return outcome(mistakes, reachOf(flags, env));
}

export function parseRemove(args: readonly string[], env: Env): Parsed<RemoveConfig> {
  const read = readFlags("remove", shapes.remove, args, env, { takesOperands: true });
  const [id, ...more] = read.operands;
  const rule = `the id of a member, which is ${NAME_RULE}`;
  const faults = [
    ...id === undefined ? [mustBeGiven("remove", "ID", rule)] : [],
    ...id !== undefined && !MEMBER_ID.test(id) ? [mustBe("remove", "ID", rule, id)] : [],
    ...more.length > 0
      ? [`Cannot run 'remove' as it takes one ID: more is ${JSON.stringify(more.join(" "))}`]
      : [],
  ];
  const mistakes = [...read.mistakes, ...reachMistakes("remove", read, env), ...faults];
  return outcome(mistakes, {
    ...reachOf(read.flags, env),
    id: id ?? "",
    force: read.flags.force ?? false,
  });
}
