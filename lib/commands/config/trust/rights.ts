/** Rights on the command line, and the settings of the command that makes a token. */
import { z } from "zod";
import { rightFault, RIGHTS_MAX } from "../../../service/access/rights.ts";
import { MEMBER_ID } from "../../../core/membership/member_id.ts";
import { NAME_RULE } from "../address.ts";
import { mustBe, mustBeGiven } from "../../flags/flags.ts";
import { type Env, outcome, type Parsed, readFlags } from "../../flags/read_flags.ts";
import { repeated } from "../../flags/schemas.ts";

export interface TokenConfig {
  readonly name: string;
  readonly rights: readonly string[];
}

/** What a client may do, as a comma list. */
export const rightsFlag = repeated(parseRights, {
  value: "RIGHT,…",
  about:
    "publish:TOPICS, watch:TOPICS and admin; TOPICS may end in *, or be empty, which is the default topic (none)",
  rule: `a comma list of rights, at most ${RIGHTS_MAX}`,
  why: whyNoRights,
});

export const shapes = { token: z.object({ "rights": rightsFlag }) };

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
