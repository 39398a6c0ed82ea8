/** The values of the throughput bench: JSON as it is written again, as long as it says, and with a number that is found. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { numberAt, payloads } from "../../bench/throughput/payloads.ts";

const numbers = [0, 7, 4_096, 19_999_999];

test("each kind of value is JSON as JSON.stringify writes it, and has the length that it says", () => {
  for (const { encode, ...payload } of Object.values(payloads)) {
    for (const number of numbers) {
      const text = encode(number);
      assert.equal(JSON.stringify(JSON.parse(text)), text);
      assert.equal(text.length, "length" in payload ? payload.length : String(number).length);
    }
  }
});

test("the number of a value is found in a text, in bytes, and where more stands before and behind", () => {
  for (const payload of Object.values(payloads)) {
    for (const number of numbers) {
      const text = payload.encode(number);
      assert.equal(numberAt(payload, text), number);
      assert.equal(numberAt(payload, new TextEncoder().encode(text)), number);
      assert.equal(numberAt(payload, `[${text},1]`, 1), number);
    }
  }
});
