/** A broadcast whose value is scanned: it says what parsing it says, or is left to the parser. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { decode, decodeAsked } from "../../../../lib/core/codec.ts";
import { below, seeded } from "../../../../lib/core/random.ts";
import { ScannedValue } from "../../../../lib/core/raw.ts";

const HEAD = '{"src":"c1","dest":"*","body":{"type":"broadcast","message":';

/** What it decodes to, and whether its value was scanned. */
function asked(line: string): readonly [decoded: unknown, isScanned: boolean] {
  const decoded = decodeAsked(line);
  if (!decoded.ok) return [decoded, false];
  const message = decoded.envelope.body["message"];
  if (!(message instanceof ScannedValue)) return [decoded, false];
  const { envelope } = decoded;
  return [
    { ok: true, envelope: { ...envelope, body: { ...envelope.body, message: message.toJSON() } } },
    true,
  ];
}

const taken = [
  `${HEAD}{"a":1,"b":[true,null,"x"]},"msg_id":7}}`,
  `${HEAD}"é€𝄞\\n\\"","msg_id":0}}`,
  `${HEAD}[],"msg_id":123456789012345}}`,
  `${HEAD}["],\\"msg_id\\":9}}"]}}`,
  `${HEAD}{"message":{"message":1}},"topic":"t","id":"a","msg_id":7}}`,
  `${HEAD}"x","key":null,"more":{"a":[]}}}`,
  `${HEAD}"x","msg_id":-1}}`,
  `${HEAD}"x"},"id":5}`,
  `${HEAD}"x","msg_id":7}} `,
];

test("a value is scanned in a line as clients write it, whatever stands behind the value", () => {
  for (const line of taken) deepEqual(asked(line), [decode(line), true], line);
});

const numbers = [
  ...["0", "7", "123456789012345", "1234567890123456", "1.5", "5e3", "-5", "-0", "01", "00", "1_0", "5 "].map(
    (number) => `${HEAD}${number},"msg_id":7}}`,
  ),
  ...[`,"topic":"t","msg_id":7}}`, `}}`, `,"msg_id":7}`, `,"message":0,"msg_id":7}}`, `},"id":5}`].map((
    end,
  ) => `${HEAD}5${end}`),
];

test("a number is what parsing says that it is", () => {
  for (const line of numbers) deepEqual(asked(line), [decode(line), false], line);
});

test("what is in doubt is left to the parser: other spellings, fields that come twice, and what is no JSON", () => {
  const lines = [
    `${HEAD}5,"msg_id":7}}`,
    `${HEAD}{"a": 1},"msg_id":7}}`,
    `${HEAD}["\\u0041"],"msg_id":7}}`,
    `${HEAD}{"a":1,"a":2},"msg_id":7}}`,
    `${HEAD}${"[".repeat(129)}${"]".repeat(129)},"msg_id":7}}`,
    `${HEAD}"x","message":0}}`,
    `${HEAD}"x","messag\\u0065":0}}`,
    `${HEAD}"x","type":"echo","message":0}}`,
    `${HEAD}"x"},"body":{"type":"echo"}}`,
    `${HEAD}"x","msg_id":01}}`,
    `${HEAD}"x","msg_id":1.5}}`,
    `${HEAD}"x","msg_id":7}`,
    `${HEAD}"x","msg_id":7}}}`,
    `${HEAD}"x"`,
    `${HEAD}"x`,
    `${HEAD}`,
    '{"src":"c1","dest":"*","body":{"type":"echo","message":"x"}}',
    '{"src":"c1","dest":"*","body":{"type":"broadcast","more":1,"message":"x"}}',
    '{"dest":"*","src":"c1","body":{"type":"broadcast","message":"x"}}',
    '{"src":"","dest":"*","body":{"type":"broadcast","message":"x"}}',
    '{"src":"\\"message\\":","dest":"*","more":{"message":"x"}}',
  ];
  for (const line of lines) deepEqual(asked(line), [decode(line), false], line);
});

test("another client's lines are its own", () => {
  const other = taken.map((line) => line.replace('"c1"', '"c\\"2"'));
  for (const [i, line] of taken.entries()) {
    deepEqual(asked(line), [decode(line), true]);
    deepEqual(asked(other[i] ?? ""), [decode(other[i] ?? ""), true]);
  }
});

test("a line that was changed anywhere says what parsing it says", () => {
  const random = seeded(3);
  let scanned = 0;
  for (let round = 0; round < 20_000; round++) {
    const lines = round % 4 === 0 ? numbers : taken;
    const line = lines[below(random, lines.length)] ?? "";
    const at = below(random, line.length);
    const piece = ['"', "}", "{", ",", "0", "\\", "]", "", ' "', '"message":'][below(random, 10)] ?? "";
    const changed = line.slice(0, at) + piece + line.slice(at + below(random, 3));
    const [decoded, isScanned] = asked(changed);
    if (isScanned) scanned++;
    deepEqual(decoded, decode(changed), changed);
  }
  equal(scanned > 2_000, true);
});
