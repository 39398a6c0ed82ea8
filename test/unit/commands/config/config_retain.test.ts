/** --retain: what is meant by it, and what is said where nothing is. */
import assert from "node:assert/strict";
import process from "node:process";
import { test } from "node:test";
import { parseSim } from "../../../../lib/commands/config/exam/exam.ts";
import { parseTest } from "../../../../lib/commands/config/exam/real.ts";
import { parseMaelstrom } from "../../../../lib/commands/config/maelstrom.ts";
import { parseRetain, retainText } from "../../../../lib/commands/config/retain.ts";
import { parseServe } from "../../../../lib/commands/config/serve.ts";
import { replayCommand } from "../../../../lib/commands/exam/describe.ts";
import { ownProgram } from "../../../../lib/commands/exam/processes.ts";
import {
  limitsOf,
  RETAIN_MS_MAX,
  RETAIN_MS_MIN,
  RETAIN_RULES_MAX,
  type Rule,
} from "../../../../lib/core/retention/rules.ts";
import { defaults } from "../../../../lib/workbench/settings.ts";
import { configOf, mistakesOf } from "./parsed.ts";

const serve = (retain: readonly string[], env = {}) =>
  parseServe(["--id", "n1", ...retain.flatMap((rules) => ["--retain", rules])], env);
const rules = (...retain: string[]) => configOf(serve(retain)).retain;

/** The one mistake, without what stands before and behind the reason. */
function reason(...retain: string[]): string {
  const mistakes = mistakesOf(serve(retain));
  assert.equal(mistakes.length, 1, `of ${JSON.stringify(retain)}`);
  return /\*=forever' \((.*)\): current value is/.exec(mistakes[0] ?? "")?.[1] ?? "";
}

test("--retain: an examination tells its nodes, and says so when it is run again", () => {
  const retain = [{ pattern: "*", ageMs: 8_000 }, { pattern: "log", bytes: 1_000, count: 5 }, {
    pattern: "a*",
  }];
  const words = ["--retain", "8s", "--retain", "log=1kB,5 a*=forever"];
  const exams = [{ settings: { ...defaults, retain } }];
  assert.deepEqual(configOf(parseSim(words, {})).exams, exams);
  assert.deepEqual(configOf(parseTest(words, {})).exams, exams);
  assert.deepEqual(configOf(parseMaelstrom(words, {})), { retain });
  const said = retainText(retain);
  assert.equal(said, "*=8s log=1000B,5 a*=forever");
  assert.deepEqual(parseRetain(said), retain);
  assert.equal(
    replayCommand({ settings: { ...defaults, retain } }, 3, []),
    `hearsay sim --seed 3 --retain '${said}'`,
  );
  const { args = [] } = ownProgram({ settings: { ...defaults, retain } });
  assert.deepEqual(args.slice(-2), ["--retain", said]);
});

test("--retain: it is for hearsay's own nodes, and running ones keep what they were told to", () => {
  assert.equal(mistakesOf(parseSim(["--retain", "8s", "--protocol", "flood"], {})).length, 1);
  assert.equal(mistakesOf(parseTest(["--retain", "8s", "--cluster", "n1=a:7000"], {})).length, 1);
  assert.deepEqual(
    mistakesOf(parseTest(["--retain", "8s", "--bin", "sh"], { PATH: process.env["PATH"] })),
    [],
  );
});

test("[G1] limits are ages, bytes and entries, for the topics before the '='", () => {
  const HOUR_MS = 3_600_000;
  const cases: [string, Rule][] = [
    ["1h", { pattern: "*", ageMs: HOUR_MS }],
    ["=1h", { pattern: "", ageMs: HOUR_MS }],
    ["sensor*=90s", { pattern: "sensor*", ageMs: 90_000 }],
    ["log=7d,1GB,1000000", { pattern: "log", ageMs: 7 * 24 * HOUR_MS, bytes: 1e9, count: 1_000_000 }],
    ["log = 7d, 1GB".replaceAll(" = ", "="), { pattern: "log", ageMs: 7 * 24 * HOUR_MS, bytes: 1e9 }],
    ["a.b-c=1.5h,2GiB", { pattern: "a.b-c", ageMs: 1.5 * HOUR_MS, bytes: 2 * 2 ** 30 }],
    ["30m,500kB", { pattern: "*", ageMs: 30 * 60_000, bytes: 500_000 }],
    ["*=forever", { pattern: "*" }],
    ["_*=4w", { pattern: "_*", ageMs: 28 * 24 * HOUR_MS }],
    ["100", { pattern: "*", count: 100 }],
  ];
  for (const [text, rule] of cases) assert.deepEqual(rules(text), [rule], text);
  assert.deepEqual(rules(), []);
});

test("rules come by several flags, by one, or by the environment variable", () => {
  const meant = rules("sensor*=1h", "2d");
  assert.deepEqual(meant.map(({ pattern }) => pattern), ["sensor*", "*"]);
  assert.deepEqual(rules(" sensor*=1h   2d "), meant);
  assert.deepEqual(configOf(serve([], { HEARSAY_RETAIN: "sensor*=1h 2d" })).retain, meant);
  assert.equal(limitsOf(meant, "sensors")?.ageMs, 3_600_000);
});

test("what is wrong is named, and what would be right", () => {
  const cases: [string, RegExp][] = [
    ["1 hour", /^'hour' is none of an age \(90s, .*\), bytes \(500MB, .*\) or 'forever'$/],
    ["log:7d", /^'log:7d' is none of/],
    ["1H", /^'1H' is none of/],
    ["-1h", /^'-1h' is none of/],
    ["1e3", /^'1e3' is none of/],
    ["log=", /^'' is none of/],
    ["log", /^'log' is none of/],
    ["9999999TB", /^'9999999TB' is none of/],
    ["0", /^0 entries would be none$/],
    ["0s", /^an age is from 1s to 36500d$/],
    ["999999999d", /^an age is from 1s to 36500d$/],
    ["log=7d,forever", /^'forever' stands alone behind its '='$/],
    ["log=7d,1h", /^'7d,1h' has two limits of one kind$/],
    ["log=7d,sensor*=1h", /^a space, and no comma, stands before 'sensor\*=1h'$/],
    ["1h,2GB,x=3", /^a space, and no comma, stands before 'x=3'$/],
    ["log=7d log=1GB", /^'log' has limits twice: .* 'log=7d,1GB'$/],
    ["1h 2GB", /^'\*' has limits twice/],
    ["a*b=1h", /^'a\*b' names no topics: a topic, or how topics begin and then '\*'$/],
    ["a/b=1h", /^'a\/b' names no topics/],
    [`${"t".repeat(129)}=1h`, /names no topics/],
  ];
  for (const [text, why] of cases) assert.match(reason(text), why, text);
  assert.match(reason("log=7d", "log=1GB"), /^'log' has limits twice/);
  assert.match(mistakesOf(serve([], { HEARSAY_RETAIN: "x" }))[0] ?? "", /as 'HEARSAY_RETAIN' must be limits/);
});

test("the limits are met", () => {
  assert.equal(rules("1s")[0]?.ageMs, RETAIN_MS_MIN);
  assert.equal(rules("36500d")[0]?.ageMs, RETAIN_MS_MAX);
  const many = Array.from({ length: RETAIN_RULES_MAX }, (_, i) => `t${i}=1h`);
  assert.equal(rules(many.join(" ")).length, RETAIN_RULES_MAX);
  assert.equal(reason([...many, "more=1h"].join(" ")), `at most ${RETAIN_RULES_MAX} of them`);
  assert.equal(rules(`${"t".repeat(128)}=1h`).length, 1);
});
