/** Numbers in JSON, at the limits of how they are read: as long as one can be, and one character longer. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { Runs } from "../../../../lib/core/log/runs.ts";
import { scan } from "../../../../lib/core/log/scan.ts";
import {
  EXACT_DIGITS_MAX,
  LEADING_ZEROS_MAX,
  NUMBER_CHARS_MAX,
} from "../../../../lib/core/log/scanning/tokens.ts";
import { DIGITS_MAX, whole, wholeEnd } from "../../../../lib/core/log/scanning/whole.ts";

function isScanned(text: string): boolean {
  return scan(text)?.count === 1;
}

test("wholeEnd() reads whole numbers of up to DIGITS_MAX digits, and none that is longer", () => {
  for (const sign of ["", "-"]) {
    const longest = `${sign}${"9".repeat(DIGITS_MAX)}`;
    deepEqual([wholeEnd(`[${longest}]`, 1), whole], [1 + longest.length, Number(longest)]);
    equal(wholeEnd(`[${longest}9]`, 1), -1);
  }
});

test("scan() takes the longest number that JSON.stringify writes, of NUMBER_CHARS_MAX characters, and none that is longer", () => {
  const longest = "-0.0000012345678901234567";
  deepEqual([longest.length, JSON.stringify(Number(longest))], [NUMBER_CHARS_MAX, longest]);
  equal(isScanned(longest), true);
  equal(isScanned(`${longest}8`), false);
});

test("scan() takes every number of EXACT_DIGITS_MAX digits; a longer one only where it is the shortest of its value", () => {
  const longest = `0.${"7".repeat(EXACT_DIGITS_MAX - 1)}`;
  equal(isScanned(longest), true);
  // Spelled with as many digits, or fewer: 9.100000000000001, 0.3 and 9007199254740992.
  for (const other of ["9.100000000000002", "0.29999999999999999", "9007199254740993"]) {
    equal(isScanned(other), false, other);
  }
  for (const shortest of ["0.30000000000000004", "9007199254740992"]) {
    equal(isScanned(shortest), true, shortest);
  }
});

test("scan() takes a fraction with LEADING_ZEROS_MAX zeros behind its point; a smaller one has an exponent", () => {
  const [written, other] = [LEADING_ZEROS_MAX, LEADING_ZEROS_MAX + 1].map((zeros) =>
    `0.${"0".repeat(zeros)}12`
  );
  deepEqual([isScanned(written ?? ""), isScanned(other ?? "")], [true, false]);
  equal(isScanned("0.0000001"), false);
  equal(isScanned("1e-7"), true);
});

test("the number of an entry may be the largest that is safe, of 16 digits, and no larger [W4]", () => {
  const [run] = Runs.read(`[["n0.1",${Number.MAX_SAFE_INTEGER},[1]]]`, 0)?.runs.runs ?? [];
  equal(run?.seq, Number.MAX_SAFE_INTEGER);
  for (const larger of ["9007199254740992", "10000000000000000"]) {
    equal(Runs.read(`[["n0.1",${larger},[1]]]`, 0), undefined);
  }
});
