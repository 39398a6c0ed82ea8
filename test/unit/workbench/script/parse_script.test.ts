/** Scripts are read and printed: every action, comments and separators, and each mistake with what is expected. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseScript } from "../../../../lib/workbench/script/parse_script.ts";
import {
  type Action,
  firstValueBeside,
  printScript,
  type Script,
  SCRIPT_ACTIONS_MAX,
  SCRIPT_AT_MS_MAX,
  SCRIPT_RATE_MAX,
  SLOW_MS_MAX,
} from "../../../../lib/workbench/script/script.ts";

const nodes = ["n0", "n1", "n2"];

function read(text: string): Script {
  const parsed = parseScript(text, nodes);
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.mistake.rule);
  return parsed.script;
}

/** "2: the rule" */
function mistake(text: string): string {
  const parsed = parseScript(text, nodes);
  return parsed.ok ? "none" : `${parsed.mistake.action}: ${parsed.mistake.rule}`;
}

test("parseScript(): every action, in order of time; those of one moment as they stand", () => {
  const text = `
    500 broadcast n0 17            # a comment; no action
    2000 heal; 1000 cut n0|rest    ; ;
    1000 kill n1; 1000 start n1
    1500.5 slow n2 80; 1600 loss 0.25; 1700 duplicate 1; 1800 pause n0; 1900 resume n0; 1950 read n2
    3000 cut n0-n1; 3100 rate 2.5; 3200 slow n2-n1 80`;
  assert.deepEqual(
    read(text),
    [
      { at: 500, kind: "broadcast", node: "n0", value: 17 },
      { at: 1000, kind: "cut", grudge: "n0|rest" },
      { at: 1000, kind: "kill", node: "n1" },
      { at: 1000, kind: "start", node: "n1" },
      { at: 1500.5, kind: "slow", node: "n2", ms: 80 },
      { at: 1600, kind: "loss", share: 0.25 },
      { at: 1700, kind: "duplicate", share: 1 },
      { at: 1800, kind: "pause", node: "n0" },
      { at: 1900, kind: "resume", node: "n0" },
      { at: 1950, kind: "read", node: "n2" },
      { at: 2000, kind: "heal" },
      { at: 3000, kind: "cut", grudge: "n0-n1" },
      { at: 3100, kind: "rate", rate: 2.5 },
      { at: 3200, kind: "slow", link: "n1-n2", ms: 80 },
    ] satisfies Script,
  );
  assert.deepEqual(read(" # nothing\n;"), []);
});

test("parseScript(): a string of JSON may hold what parts actions elsewhere", () => {
  const value = { "a;b": ["# no comment", 'a "quoted" word', "a\nb\\"] };
  assert.deepEqual(read(`1 broadcast n0 ${JSON.stringify(value)} # a "comment"\n2 heal`), [
    { at: 1, kind: "broadcast", node: "n0", value },
    { at: 2, kind: "heal" },
  ]);
});

test("parseScript(): a mistake names its action, and says what is expected", () => {
  const one = "'kill' takes NODE, one of n0, n1, n2";
  assert.equal(mistake("1 heal; 5 kill n3"), `2: ${one} (there is no node "n3")`);
  assert.equal(mistake("5 kill"), `1: ${one}`);
  assert.equal(mistake("5 kill n0 n1"), `1: ${one}`);
  const value = "and VALUE, which is JSON and nested at most 128 deep";
  for (const bad of ["n0", "n0 hello", "n0 1 2", 'n0 "a', `n0 ${"[".repeat(129)}${"]".repeat(129)}`]) {
    assert.equal(mistake(`5 broadcast ${bad}`), `1: 'broadcast' takes NODE, one of n0, n1, n2, ${value}`);
  }
  assert.match(mistake("5 broadcast n7 1"), /^1: 'broadcast' takes NODE.*\(there is no node "n7"\)$/);
  assert.match(mistake("5 cut n0|n9"), /^1: 'cut' takes the sides by name.*\(there is no node "n9"\)$/);
  assert.match(
    mistake("5 slow n0-n0 1"),
    /'slow' takes NODE.*, or a link, as n0-n1, and MS.*\(there is no node "n0-n0"\)$/,
  );
  assert.match(mistake("5 cut n0-n0"), /^1: 'cut' takes/);
  assert.equal(mistake("5 heal n0"), "1: 'heal' takes nothing: it ends the cut");
  assert.match(
    mistake("5 explode n0"),
    /^1: after its time an action names one of broadcast, read, cut, heal/,
  );
  assert.match(mistake("heal"), /^1: an action begins with its time, in ms from 0/);
  assert.match(mistake("-5 heal"), /^1: an action begins with its time/);
});

test("parseScript(): its limits", () => {
  assert.equal(read(`${SCRIPT_AT_MS_MAX} heal`).length, 1);
  assert.match(mistake(`${SCRIPT_AT_MS_MAX + 1} heal`), /in ms from 0 to 86400000$/);
  assert.equal(read(`1 slow n0 ${SLOW_MS_MAX}`).length, 1);
  assert.match(mistake(`1 slow n0 ${SLOW_MS_MAX + 1}`), /MS, a whole number from 0 to 60000$/);
  assert.equal(read(`1 rate ${SCRIPT_RATE_MAX}`).length, 1);
  assert.match(mistake(`1 rate ${SCRIPT_RATE_MAX + 1}`), /'rate' takes HZ, a number from 0 to 100000$/);
  assert.match(mistake("1 loss 1.1"), /'loss' takes SHARE, a number from 0 to 1$/);
  const most = "1 heal;".repeat(SCRIPT_ACTIONS_MAX);
  assert.equal(read(most).length, SCRIPT_ACTIONS_MAX);
  assert.equal(mistake(`${most}2 heal`), "10001: a script has at most 10000 actions");
});

const node = fc.constantFrom(...nodes);
const deed = fc.oneof(
  fc.record({ kind: fc.constant("broadcast" as const), node, value: fc.jsonValue({ maxDepth: 3 }) }),
  fc.record({ kind: fc.constantFrom("read" as const, "pause", "resume", "kill", "start"), node }),
  fc.record({
    kind: fc.constant("cut" as const),
    grudge: fc.constantFrom("n0|rest", "n0>n1,n2", "n0-n1,n1-n2", "one"),
  }),
  fc.record({ kind: fc.constant("heal" as const) }),
  fc.record({ kind: fc.constant("slow" as const), node, ms: fc.nat(SLOW_MS_MAX) }),
  fc.record({
    kind: fc.constant("slow" as const),
    link: fc.constantFrom("n0-n1", "n1-n2"),
    ms: fc.nat(SLOW_MS_MAX),
  }),
  fc.record({ kind: fc.constant("rate" as const), rate: fc.nat(1e6).map((n) => n / 1e3) }),
  fc.record({ kind: fc.constantFrom("loss" as const, "duplicate"), share: fc.nat(1e6).map((n) => n / 1e6) }),
);

test("printScript(): what is printed is read as the same script again", () => {
  const at = fc.nat(SCRIPT_AT_MS_MAX * 1000).map((n) => n / 1000);
  const action = fc.tuple(at, deed).map(([at, deed]) => ({ at, ...deed }) as Action);
  fc.assert(fc.property(fc.array(action), (actions) => {
    const script = read(printScript(actions));
    const plain = JSON.parse(JSON.stringify(actions.toSorted((a, b) => a.at - b.at)));
    assert.deepEqual(JSON.parse(JSON.stringify(script)), plain);
    assert.deepEqual(read(printScript(script)), script);
  }));
});

test("firstValueBeside(): above every number of the script", () => {
  assert.equal(firstValueBeside([]), 0);
  assert.equal(firstValueBeside(read('1 broadcast n0 17.5; 2 broadcast n1 "99"; 3 broadcast n2 1e99')), 18);
});
