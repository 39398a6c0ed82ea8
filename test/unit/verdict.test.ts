/** What the runners of the tests print, read; and the last words of the whole run, which end in one sum. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { type Half, lastWords, read } from "../verdict.ts";

const bun = `bun test v1.4.4 (38afee6c8)

test/e2e/lab.test.ts:
SKIPPED: lab: a cut: there is no iptables: none
(pass) one [0.26ms]
(skip) lab: a cut
(skip) another
(fail) two [3] [1549.80ms]

1 tests failed:
(skip) lab: a cut
(fail) two [3] [1549.80ms]

 865 pass
 2 skip
 1 fail
 3 expect() calls
Ran 868 tests across 105 files. [180.90s]
`;

const deno = `SKIPPED: lab: a cut: there is no iptables: none
\u001b[0m\u001b[38;5;245m----- pre-test output end -----\u001b[0m
one ... \u001b[0m\u001b[32mok\u001b[0m \u001b[0m\u001b[38;5;245m(0ms)\u001b[0m
lab: a cut ... \u001b[0m\u001b[33mignored\u001b[0m \u001b[0m\u001b[38;5;245m(0ms)\u001b[0m
two [3] ... \u001b[0m\u001b[31mFAILED\u001b[0m \u001b[0m\u001b[38;5;245m(9ms)\u001b[0m

FAILED | 864 passed | 1 failed | 1 ignored (3m1s)
`;

const found = [read(bun), read(deno)] as const;

test("read() finds the counts, the failures, and the skipped tests with their reasons", () => {
  deepEqual(found, [
    {
      counts: { passed: 865, failed: 1, skipped: 2 },
      failures: ["two [3]"],
      skips: ["lab: a cut: there is no iptables: none", "another: it does not say why"],
    },
    {
      counts: { passed: 864, failed: 1, skipped: 1 },
      failures: ["two [3]"],
      skips: ["lab: a cut: there is no iptables: none"],
    },
  ]);
});

test("read() counts what is left out as none, and an error between tests as a failure", () => {
  const counts = (text: string) => read(text).counts;
  deepEqual(counts(" 6 pass\n 0 fail\nRan 6 tests across 1 file. [85.00ms]\n"), {
    passed: 6,
    failed: 0,
    skipped: 0,
  });
  deepEqual(counts(" 6 pass\n 0 fail\n 1 error\nRan 6 tests across 1 file. [85.00ms]\n")?.failed, 1);
  deepEqual(counts("ok | 1 passed (2 steps) | 0 failed (9ms)\n"), { passed: 1, failed: 0, skipped: 0 });
  equal(counts("(pass) one [1ms]\n"), undefined);
});

test("read() finds what is said of a failure: Bun tells it before the name, that it took too long after, Deno at the end", () => {
  const ofBun = `Error: a node may print this
(pass) one [0.26ms]
3 | throw new Error("never came true: two");
          ^
error: never came true: two
at once
      at deep (/there/a.test.ts:3:29)
      at <anonymous> (/there/a.test.ts:4:59)
(fail) two [3.03ms]
AssertionError: they differ

1 !== 2

      at run (node:async_hooks:144:29)
      at /there/a.test.ts:9:36
(fail) three [0.43ms]
(fail) four [2000.18ms]
  ^ this test timed out after 2000ms, before its done callback was called.
(fail) five
`;
  const ofDeno = `two ... FAILED (2ms)
three ... FAILED (6ms)

 ERRORS 

two => ./a.test.ts:4:1
error: Error: kill ESRCH
    at process.kill (node:process:1:8074)
    at deep (file:///there/a.test.ts:3:25)

three => ./a.test.ts:10:1
error: "text"

 FAILURES 

two => ./a.test.ts:4:1
three => ./a.test.ts:10:1
`;
  deepEqual(read(ofBun).failures, [
    "two: error: never came true: two, at /there/a.test.ts:3:29",
    "three: AssertionError: they differ, at /there/a.test.ts:9:36",
    "four: this test timed out after 2000ms",
    "five",
  ]);
  deepEqual(read(ofDeno).failures, [
    "two: Error: kill ESRCH, at /there/a.test.ts:3:25",
    'three: error: "text"',
  ]);
});

test("lastWords() end with both verdicts and their sum, whatever came of the first half", () => {
  const well: Half = {
    name: "Deno",
    status: "status 0",
    counts: { passed: 5, failed: 0, skipped: 1 },
    failures: [],
    skips: ["a: why"],
  };
  deepEqual(lastWords([{ name: "Bun", status: "status 1", ...found[0] }, well]), {
    lines: [
      "skipped under Bun: lab: a cut: there is no iptables: none",
      "skipped under Bun: another: it does not say why",
      "failed under Bun: two [3]",
      "skipped under Deno: a: why",
      "Bun: 865 passed, 1 failed, 2 skipped",
      "Deno: 5 passed, 0 failed, 1 skipped",
      "total: 870 passed, 1 failed, 3 skipped",
    ],
    failed: true,
  });
  const gone: Half = { ...well, name: "Bun", status: "SIGKILL", counts: undefined, skips: [] };
  deepEqual(lastWords([gone, well]), {
    lines: [
      "skipped under Deno: a: why",
      "Bun: it did not come to its end (SIGKILL)",
      "Deno: 5 passed, 0 failed, 1 skipped",
      "total: 5 passed, 1 failed, 1 skipped",
    ],
    failed: true,
  });
  const doubtful = lastWords([{ ...well, skips: [] }, { ...well, skips: [], status: "status 1" }]);
  deepEqual(doubtful.failed, true);
  deepEqual([doubtful.lines[0], doubtful.lines.at(-1)], [
    "failed under Deno: its runner, with status 1",
    "total: 10 passed, 1 failed, 2 skipped",
  ]);
  equal(lastWords([well, well]).failed, false);
});
