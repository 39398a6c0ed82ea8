/** Test results as others read them: JUnit's XML for a file, and GitHub's annotations for its log. */

export interface TestCase {
  readonly name: string;
  /** How long it took, ms; in virtual time where the run is simulated. */
  readonly timeMs: number;
  /** Why it fails, a sentence each; empty where it does not. */
  readonly reasons: readonly string[];
  /** The command that runs it again. */
  readonly command?: string | undefined;
}

/** One suite of these cases, a document in pieces. */
export function* junitXml(suite: string, cases: readonly TestCase[]): Generator<string> {
  const counts = attributes({
    name: suite,
    tests: cases.length,
    failures: cases.filter(({ reasons }) => reasons.length > 0).length,
    errors: 0,
    time: seconds(cases.reduce((sum, { timeMs }) => sum + timeMs, 0)),
  });
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${counts}>\n  <testsuite${counts}>\n`;
  for (const each of cases) yield caseXml(suite, each);
  yield "  </testsuite>\n</testsuites>\n";
}

/** A line for each case that fails, as GitHub's runner reads it from a log. */
export function annotations(suite: string, cases: readonly TestCase[]): string[] {
  return cases.filter(({ reasons }) => reasons.length > 0).map((each) =>
    `::error title=${property(`${suite}: ${each.name}`)}::${data(textOf(each))}`
  );
}

function caseXml(suite: string, { name, timeMs, ...told }: TestCase): string {
  const head = `    <testcase${attributes({ name, classname: suite, time: seconds(timeMs) })}`;
  const [first] = told.reasons;
  if (first === undefined) return `${head}/>\n`;
  const failure = `<failure${attributes({ message: first, type: first.split(":")[0] ?? "" })}>`;
  return `${head}>\n      ${failure}${
    escaped(textOf({ name, timeMs, ...told }))
  }</failure>\n    </testcase>\n`;
}

/** Every reason, then how to see it again. */
function textOf({ reasons, command }: TestCase): string {
  return [...reasons, ...command === undefined ? [] : [`Run it again: ${command}`]].join("\n");
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values).map(([name, value]) => ` ${name}="${inAttribute(String(value))}"`).join("");
}

/** A reader of XML takes line breaks and tabs in attributes for spaces. */
function inAttribute(text: string): string {
  return escaped(text).replaceAll(/[\n\t]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\r": "&#13;",
};

// deno-lint-ignore no-control-regex
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

/** What no XML document may hold, whatever its escape, shows as a replacement character. */
function escaped(text: string): string {
  return text.toWellFormed().replaceAll(FORBIDDEN, "\ufffd").replaceAll(
    /[&<>"'\r]/g,
    (mark) => entities[mark] ?? mark,
  );
}

function data(text: string): string {
  return text.replaceAll(/[%\r\n]/g, encodeURIComponent);
}

function property(text: string): string {
  return text.replaceAll(/[%\r\n:,]/g, encodeURIComponent);
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}
