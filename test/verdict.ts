/** What came of the tests under one runtime, read from what its runner printed; and what is said of both at the end. */

/** How many tests came out how; and those that failed or were skipped, by name. */
export interface Found {
  /** Undefined where the runner did not come to its end. */
  readonly counts: Counts | undefined;
  /** With the first line of the error and its place, where the runner tells them. */
  readonly failures: readonly string[];
  /** With the reason, where it was said. */
  readonly skips: readonly string[];
}

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Half extends Found {
  readonly name: string;
  /** How its runner ended: "status 0", or the name of a signal. */
  readonly status: string;
}

// deno-lint-ignore no-control-regex
const COLOURS = /\u001b\[[0-9;]*m/g;
const FAILED_BUN = /^\(fail\) (.*?)(?: \[[\d.]+m?s\])?$/;
const FAILED_DENO = /^(.*) \.\.\. FAILED \(/;

/** Reads what `bun test` or `deno test` printed, its two streams together. */
export function read(printed: string): Found {
  const lines = printed.replaceAll(COLOURS, "").split(/\r?\n/);
  const told = lines.flatMap((line) => /^SKIPPED: (.*)$/.exec(line)?.[1] ?? []);
  const skipped = unique(lines.flatMap((line) => named(line, /^\(skip\) (.*)$/, /^(.*) \.\.\. ignored \(/)));
  const errors = errorsOf(lines);
  return {
    counts: bunCounts(lines) ?? denoCounts(lines),
    failures: unique(lines.flatMap((line) => named(line, FAILED_BUN, FAILED_DENO))).map((name) => {
      const error = errors.get(name);
      return error === undefined ? name : `${name}: ${error}`;
    }),
    skips: skipped.map((name) =>
      told.find((it) => it.startsWith(`${name}: `)) ?? `${name}: it does not say why`
    ),
  };
}

/** What is said when all is over; the last line is the sum. */
export function lastWords(
  halves: readonly Half[],
): { readonly lines: readonly string[]; readonly failed: boolean } {
  const said = halves.flatMap(({ name, status, counts, failures, skips }) => [
    ...skips.map((skip) => `skipped under ${name}: ${skip}`),
    ...failures.map((failure) => `failed under ${name}: ${failure}`),
    ...counts?.failed === 0 && status !== "status 0"
      ? [`failed under ${name}: its runner, with ${status}`]
      : [],
  ]);
  const counts = halves.map(countsOf);
  const verdicts = halves.map((half, i) => {
    return half.counts === undefined
      ? `${half.name}: it did not come to its end (${half.status})`
      : `${half.name}: ${sentence(counts[i])}`;
  });
  const total = counts.reduce((sum, one) => ({
    passed: sum.passed + one.passed,
    failed: sum.failed + one.failed,
    skipped: sum.skipped + one.skipped,
  }));
  return { lines: [...said, ...verdicts, `total: ${sentence(total)}`], failed: !halves.every(isWell) };
}

/** A runner that ended badly counts as one failure where it names none. */
function countsOf(half: Half): Counts {
  const { passed, failed, skipped } = half.counts ?? { passed: 0, failed: 0, skipped: 0 };
  return { passed, skipped, failed: isWell(half) ? failed : Math.max(failed, 1) };
}

function isWell({ counts, status }: Half): boolean {
  return counts?.failed === 0 && status === "status 0";
}

function sentence({ passed, failed, skipped }: Counts = { passed: 0, failed: 0, skipped: 0 }): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Bun ends with a line for each outcome, and leaves those out that did not occur. */
function bunCounts(lines: readonly string[]): Counts | undefined {
  const end = lines.findLastIndex((line) => /^Ran \d+ tests? across \d+ files?\./.test(line));
  if (end === -1) return undefined;
  const count = (what: string): number => {
    const found = lines.slice(Math.max(0, end - 8), end).findLast((line) => line.endsWith(` ${what}`));
    return Number(/^ *(\d+) /.exec(found ?? "")?.[1] ?? 0);
  };
  // An error between two tests belongs to none of them.
  const errors = Math.max(count("error"), count("errors"));
  return { passed: count("pass"), failed: count("fail") + errors, skipped: count("skip") };
}

function denoCounts(lines: readonly string[]): Counts | undefined {
  const end = lines.findLast((line) => /^(ok|FAILED) \| \d+ passed/.test(line));
  if (end === undefined) return undefined;
  const count = (what: string): number => Number(new RegExp(`(\\d+) ${what}`).exec(end)?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed"), skipped: count("ignored") };
}

/** By the names of tests. Bun tells an error before it names its test, or that it took too long after; Deno at the end. */
function errorsOf(lines: readonly string[]): ReadonlyMap<string, string> {
  const errors = new Map<string, string>();
  let error: string | undefined;
  let test: string | undefined;
  const note = (name: string | undefined) => {
    if (name !== undefined && error !== undefined && !errors.has(name)) errors.set(name, error);
  };
  for (const line of lines) {
    const [outcome] = named(line, /^\((?:pass|skip)\) (.*)$/, FAILED_BUN);
    const [heading] = named(line, /^(.*) => \.\/\S+:\d+:\d+$/);
    const [late] = named(line, /^ +\^ (this test timed out after \w+)/);
    const [place] = named(line, /^ +at (?!.*node:)(?:.*\()?(?:file:\/\/)?(\/\S+:\d+:\d+)\)?$/);
    if (outcome !== undefined || heading !== undefined) {
      note(outcome ?? test);
      [test, error] = [outcome ?? heading, undefined];
    } else if (late !== undefined) {
      error = late;
      note(test);
      error = undefined;
    } else if (place !== undefined && error !== undefined && !error.includes(", at ")) {
      error += `, at ${place}`;
    } else {
      error ??= named(line, /^(?:error: )?(\w*[eE]rror: .*)$/, /^error: (.*)$/)[0];
    }
  }
  return errors;
}

function named(line: string, ...patterns: readonly RegExp[]): string[] {
  return patterns.flatMap((pattern) => pattern.exec(line)?.[1] ?? []);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
