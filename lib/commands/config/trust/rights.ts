/** Rights on the command line, and the settings of the command that makes a token. */
import { z } from "zod";
import { rightFault, RIGHTS_MAX } from "../../../service/access/rights.ts";
import { MEMBER_ID } from "../../../core/membership/member_id.ts";
import { NAME_RULE } from "../address.ts";
import { mustBe, mustBeGiven } from "../../flags/flags.ts";
import { type Env, outcome, type Parsed, readFlags } from "../../flags/read_flags.ts";
import { type FlagHelp, repeated } from "../../flags/schemas.ts";

export interface TokenConfig {
  readonly name: string;
  readonly rights: readonly string[];
}

export const RIGHTS_RULE = `a comma list of publish:TOPICS, watch:TOPICS and admin, at most ${RIGHTS_MAX}`;

/** What a client may do. */
export function rightsFlag(said: Pick<FlagHelp, "about" | "variable">) {
  return repeated(parseRights, { ...said, value: "RIGHT,…", rule: RIGHTS_RULE, why: whyNoRights });
}

export const shapes = {
  token: z.object({
    "rights": rightsFlag({
      about:
        "what it may do; TOPICS may end in *, or be empty, which is the default topic (ask for status alone)",
    }),
  }),
};

export function parseToken(args: readonly string[], env: Env): Parsed<TokenConfig> {
  const read = readFlags("token", shapes.token, args, env, { takesOperands: true });
  const [name, ...more] = read.operands;
  const mistakes = [
    ...read.mistakes,
    ...name === undefined ? [mustBeGiven("token", "NAME", NAME_RULE)] : [],
    ...name !== undefined && !MEMBER_ID.test(name) ? [mustBe("token", "NAME", NAME_RULE, name)] : [],
    ...more.length > 0
      ? [`Cannot run 'token' as it takes one name: more is ${JSON.stringify(more.join(" "))}`]
      : [],
  ];
  return outcome(mistakes, { name: name ?? "", rights: read.flags.rights ?? [] });
}

function parseRights(text: string): readonly string[] | undefined {
  return whyNoRights(text) === undefined ? rightsIn(text) : undefined;
}

function whyNoRights(text: string): string | undefined {
  const rights = rightsIn(text);
  if (rights.length > RIGHTS_MAX) return `they are ${rights.length}`;
  return rights.map((right) => rightFault(JSON.stringify(right), right)).find((fault) => fault !== undefined);
}

function rightsIn(text: string): readonly string[] {
  return [...new Set(text.split(",").map((right) => right.trim()))];
}
