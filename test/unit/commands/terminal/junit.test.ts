/** Runs as test cases: XML that every reader takes, whatever the texts hold, annotations, and the commands that write them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { casesOf } from "../../../../lib/commands/challenges.ts";
import { compare } from "../../../../lib/commands/compare.ts";
import { sim } from "../../../../lib/commands/sim.ts";
import { annotations, junitXml, type TestCase } from "../../../../lib/commands/terminal/junit.ts";
import { inFolder } from "../../../shared/in_folder.ts";
import { listen } from "../../../shared/io.ts";
import { results } from "../exam/some_results.ts";

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const named: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

// deno-lint-ignore no-control-regex
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

/** Reads XML as strictly as a parser does, as far as such documents go. */
function parse(xml: string): Element {
  assert.equal(xml.search(FORBIDDEN), -1, "characters that no document may hold");
  assert.ok(!xml.includes("\r"), "a bare carriage return");
  assert.ok(xml.isWellFormed(), "no half of a pair");
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  const token =
    /<\?xml version="1\.0" encoding="UTF-8"\?>\n|<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>|([^<>]+)/y;
  while (token.lastIndex < xml.length) {
    const at = token.lastIndex;
    const found = token.exec(xml);
    assert.ok(found, `no token: ${xml.slice(at, at + 60)}`);
    const [, closes, name, attributes = "", isEmpty, text] = found;
    const parent = open.at(-1) ?? assert.fail("more ends than beginnings");
    if (text !== undefined) parent.text += unescaped(text);
    else if (closes === "/") assert.equal(open.pop()?.name, name);
    else if (name !== undefined) {
      const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(([, key = "", value = ""]) =>
        [key, unescaped(value)] as const
      );
      const element: Element = { name, attributes: Object.fromEntries(pairs), children: [], text: "" };
      parent.children.push(element);
      if (isEmpty !== "/") open.push(element);
    }
  }
  assert.equal(open.length, 1, "every element ends");
  return root.children[0] ?? assert.fail("an element");
}

function unescaped(text: string): string {
  assert.doesNotMatch(text, /&(?!(amp|lt|gt|quot|apos|#\d+);)/);
  return text.replaceAll(
    /&(#?)(\w+);/g,
    (_, isCode, name) => isCode === "#" ? String.fromCharCode(Number(name)) : named[name] ?? "",
  );
}

const good: TestCase = { name: "3 nodes, seed 1", timeMs: 30_254, reasons: [] };
const bad: TestCase = {
  name: "3 nodes, seed 2",
  timeMs: 1_000,
  reasons: ['Lost: 1 value & more: "<a>".', "Crash: 100 %\nlast words"],
  command: "hearsay sim --seed 2 --script '1 cut n0|n1'",
};

test("junitXml(): a suite of cases, each failure with its texts and the command that shows it again", () => {
  const [head, ...lines] = [...junitXml("hearsay sim", [good, bad])].join("").split("\n");
  assert.equal(head, '<?xml version="1.0" encoding="UTF-8"?>');
  assert.deepEqual(lines.slice(0, 5), [
    '<testsuites name="hearsay sim" tests="2" failures="1" errors="0" time="31.254">',
    '  <testsuite name="hearsay sim" tests="2" failures="1" errors="0" time="31.254">',
    '    <testcase name="3 nodes, seed 1" classname="hearsay sim" time="30.254"/>',
    '    <testcase name="3 nodes, seed 2" classname="hearsay sim" time="1.000">',
    '      <failure message="Lost: 1 value &amp; more: &quot;&lt;a&gt;&quot;." type="Lost">' +
    "Lost: 1 value &amp; more: &quot;&lt;a&gt;&quot;.",
  ]);
  assert.deepEqual(lines.slice(5), [
    "Crash: 100 %",
    "last words",
    "Run it again: hearsay sim --seed 2 --script &apos;1 cut n0|n1&apos;</failure>",
    ...["    </testcase>", "  </testsuite>", "</testsuites>", ""],
  ]);
});

test("junitXml(): whatever the texts hold, a strict reader gets them back", () => {
  const text = fc.string({ unit: "binary", minLength: 1 });
  fc.assert(fc.property(text, fc.array(text, { minLength: 1 }), (name, reasons) => {
    const suite = parse([...junitXml("x", [{ ...good, name, reasons }])].join("")).children[0];
    const found = suite?.children[0];
    const shown = (text: string) => text.replaceAll(FORBIDDEN, "\ufffd");
    assert.equal(found?.attributes["name"], shown(name));
    assert.equal(found?.children[0]?.attributes["message"], shown(reasons[0] ?? ""));
    assert.equal(found?.children[0]?.text, shown(reasons.join("\n")));
  }));
  assert.match([...junitXml("x", [{ ...good, name: "half \ud800" }])].join(""), /name="half \ufffd"/);
});

test("annotations(): a line for each case that fails, with what GitHub's runner takes for its own escaped", () => {
  assert.deepEqual(annotations("hearsay sim", [good, bad]), [
    '::error title=hearsay sim%3A 3 nodes%2C seed 2::Lost: 1 value & more: "<a>".%0ACrash: 100 %25%0Alast words' +
    "%0ARun it again: hearsay sim --seed 2 --script '1 cut n0|n1'",
  ]);
});

/** It fails, by a mechanism that is off. */
const failing = ["--node-count", "3", "--latency", "20", "--without", "repair", "--script"];
const script = "100 cut n0|n2,n1; 100 broadcast n1 1; 200 heal";

test("sim --junit: a case for each seed; annotations under GitHub's runner; the exit status as ever", () =>
  inFolder(async (folder) => {
    const file = join(folder, "junit.xml");
    const heard = listen("", { env: { GITHUB_ACTIONS: "true" } });
    assert.equal(await sim([...failing, script, "--seeds", "2", "--junit", file], heard.io), 1);
    const suites = parse(readFileSync(file, "utf8"));
    assert.partialDeepStrictEqual(suites.attributes, { name: "hearsay sim", tests: "2", failures: "2" });
    const [first] = suites.children[0]?.children ?? [];
    assert.match(
      first?.attributes["name"] ?? "",
      /^3 nodes, a script of 3 actions .*without repair, seed 1$/,
    );
    assert.match(
      first?.children[0]?.text ?? "",
      /^Lost: 1 value.*\nRun it again: hearsay sim --seed 1 .*'100 cut/s,
    );
    const lines = heard.out.join("").split("\n").filter((line) => line.startsWith("::error"));
    assert.equal(lines.length, 2);
    const json = listen("", { env: { GITHUB_ACTIONS: "true" } });
    assert.equal(await sim([...failing, script, "--json"], json.io), 1);
    assert.equal(JSON.parse(json.out.join("")).valid, false);
    assert.match(json.err.join(""), /^::error title=hearsay sim%3A/);
    const plain = listen();
    assert.equal(await sim(["--script", script, "--junit", file], plain.io), 0);
    assert.equal(parse(readFileSync(file, "utf8")).attributes["failures"], "0");
    assert.ok(!plain.out.join("").includes("::error"));
  }));

test("compare --junit: the runs that decide are its cases", () =>
  inFolder(async (folder) => {
    const file = join(folder, "junit.xml");
    const flags = ["--protocols", "flood", "--seeds", "2", "--time-limit", "5"];
    assert.equal(await compare([...flags, "--junit", file], listen().io), 0);
    const cases = parse(readFileSync(file, "utf8")).children[0]?.children.map(({ attributes }) => attributes);
    assert.deepEqual(cases?.map(({ classname }) => classname), ["hearsay compare", "hearsay compare"]);
  }));

test("challenges: a run fails by its verdict, and by the targets of its row", () => {
  const bounds = [{ figure: "msgs-per-op", kind: "most", limit: 1 }] as const;
  const runs = [results(), results({ valid: false, failures: ["Lost: 1 value: 1."] })];
  assert.deepEqual(casesOf("3b", { runs, bounds }).map(({ name, reasons }) => [name, ...reasons]), [
    ["3b, seed 1", "The messages per operation must be ≤ 1: it is 2.00."],
    ["3b, seed 2", "Lost: 1 value: 1.", "The messages per operation must be ≤ 1: it is 2.00."],
  ]);
  assert.deepEqual(casesOf("3b", { runs: [results()], bounds: [] })[0]?.reasons, []);
});

test("--junit: a file that cannot be written is said before the run, one that is another's is bad usage", async () => {
  const heard = listen();
  assert.equal(await sim(["--junit", "/no/such/folder/x"], heard.io), 1);
  assert.deepEqual([heard.out, heard.err], [[], [
    'Cannot write "/no/such/folder/x": there is no such directory\n',
  ]]);
  const twice = listen();
  assert.equal(await sim(["--junit", "x", "--events", "x"], twice.io), 2);
  assert.match(twice.err.join(""), /'--junit' must be another file than --events: current value is "x"/);
});
