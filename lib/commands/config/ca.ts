/** The settings of `hearsay ca`, from words, flags and variables: what is certified, for how long, and where it is kept. */
import { isIP } from "node:net";
import { z } from "zod";
import { complain, type Given, mustBe, mustBeGiven } from "../flags/flags.ts";
import { type Env, outcome, type Parsed, readFlags } from "../flags/read_flags.ts";
import { parsedText, repeated, text, toggle, whole } from "../flags/schemas.ts";
import { MEMBER_ID } from "../../core/membership/member_id.ts";
import { NAME_RULE } from "./address.ts";
import { RIGHTS_RULE, rightsFlag } from "./trust/rights.ts";

/** An authority is valid for ten years, a certificate that it issues for one, unless it is told otherwise. */
const AUTHORITY_DAYS = 3_650;
const CERTIFICATE_DAYS = 365;
export const DAYS_MAX = 36_500;
/** One certificate names so many hosts. */
export const HOSTS_MAX = 64;

interface Common {
  readonly dir: string;
  readonly days: number;
  /** Files of the same names are replaced. */
  readonly force: boolean;
}

export type CaConfig =
  & Common
  & (
    | { readonly verb: "init"; readonly name: string | undefined }
    | { readonly verb: "issue"; readonly name: string; readonly hosts: readonly string[] }
    | { readonly verb: "client"; readonly name: string; readonly rights: readonly string[] }
  );

/** What each verb is about, its rule, and the flags that mean nothing beside it. */
export const verbs = {
  init: { subject: "DIR", rule: "a directory", idle: ["dir", "host", "rights"] },
  issue: { subject: "ID", rule: NAME_RULE, idle: ["name", "rights"] },
  client: { subject: "NAME", rule: NAME_RULE, idle: ["name", "host"] },
} as const;

type Verb = keyof typeof verbs;

const VERB_RULE = "one of init DIR, issue ID or client NAME";
const HOSTS_RULE = `a comma list of DNS names and IP addresses, at most ${HOSTS_MAX}`;

export const shapes = {
  ca: z.object({
    "dir": text(
      "DIR",
      "a directory",
      "where the authority is, and its certificates go (the working directory)",
    ),
    "name": parsedText((given) => MEMBER_ID.test(given) ? given : undefined, {
      ...{ value: "NAME", rule: NAME_RULE, variable: false },
      about: "init: the name of the authority, for people (hearsay- and 8 digits)",
    }),
    "host": repeated(parseHosts, {
      ...{ value: "HOST", rule: HOSTS_RULE, variable: false },
      about:
        "issue: a DNS name or an IP address by which the node is reached (its id, where that is a DNS name)",
    }),
    "rights": rightsFlag({
      about: "client: what it may do; TOPICS may end in *, or be empty, which is the default topic",
      variable: false,
    }),
    "days": whole(
      1,
      DAYS_MAX,
      "N",
      `for how long it is valid (init: ${AUTHORITY_DAYS}, else ${CERTIFICATE_DAYS})`,
    ),
    "force": toggle("replace files that are there already", { variable: false }),
  }),
};

export function parseCa(args: readonly string[], env: Env): Parsed<CaConfig> {
  const { flags, given, operands: [word = "", subject = "", ...more], ...read } = readFlags(
    "ca",
    shapes.ca,
    args,
    env,
    { takesOperands: true },
  );
  const verb = verbOf(word);
  const mistakes = [
    ...verb === undefined ? [wrongVerb(word)] : subjectMistakes(verb, subject, more),
    ...read.mistakes,
    ...verb === undefined ? [] : idleMistakes(verb, given),
    ...verb === "client" && !given.has("rights") ? [mustBeGiven("ca client", "--rights", RIGHTS_RULE)] : [],
  ];
  const { dir = ".", host: hosts = [], rights = [], force = false } = flags;
  const { days = verb === "init" ? AUTHORITY_DAYS : CERTIFICATE_DAYS } = flags;
  if (verb === "issue") return outcome(mistakes, { verb, name: subject, hosts, dir, days, force });
  if (verb === "client") return outcome(mistakes, { verb, name: subject, rights, dir, days, force });
  return outcome(mistakes, { verb: "init", name: flags.name, dir: subject, days, force });
}

/** Whether a certificate may name it as a DNS name; the label `*` stands for any first one. */
export function isDnsName(name: string): boolean {
  const label = "[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
  const form = new RegExp(`^(\\*\\.)?(${label}\\.)*(?!\\d+$)${label}$`);
  return name.length <= 253 && form.test(name);
}

function parseHosts(given: string): readonly string[] | undefined {
  const hosts = [...new Set(given.split(",").map((host) => host.trim()))];
  const isRight = hosts.length <= HOSTS_MAX && hosts.every((host) => isIP(host) !== 0 || isDnsName(host));
  return isRight ? hosts : undefined;
}

function verbOf(word: string): Verb | undefined {
  return word === "init" || word === "issue" || word === "client" ? word : undefined;
}

function wrongVerb(word: string): string {
  return word === "" ? mustBeGiven("ca", "VERB", VERB_RULE) : mustBe("ca", "VERB", VERB_RULE, word);
}

function subjectMistakes(verb: Verb, subject: string, more: readonly string[]): string[] {
  const { subject: name, rule } = verbs[verb];
  const command = `ca ${verb}`;
  const fault = verb === "init" ? undefined : whyNoFile(subject);
  if (subject === "") return [mustBeGiven(command, name, rule)];
  if (more.length > 0) return [mustBe(command, name, `one alone (${rule})`, [subject, ...more].join(" "))];
  if (verb !== "init" && !MEMBER_ID.test(subject)) return [mustBe(command, name, rule, subject)];
  return fault === undefined ? [] : [mustBe(command, name, `another (${fault})`, subject)];
}

/** Keys stand beside certificates, under names that no other certificate may have. */
function whyNoFile(id: string): string | undefined {
  if (id === "ca") return "ca.pem is the authority itself";
  return id.endsWith("-key") ? `${id}.pem would be taken for a key` : undefined;
}

function idleMistakes(verb: Verb, given: ReadonlyMap<string, Given>): string[] {
  const rule = `left out with 'ca ${verb}', to which it means nothing`;
  const flags: readonly string[] = verbs[verb].idle;
  return flags.filter((flag) => given.get(flag)?.source.startsWith("-"))
    .flatMap((flag) => complain("ca", given, flag, rule));
}
