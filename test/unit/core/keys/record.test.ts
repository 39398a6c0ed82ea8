/** Records: the text of an entry with a topic, an id or a key, and its parts. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { readRecord, recordText } from "../../../../lib/core/keys/record.ts";
import { ID_BYTES_MAX, KEY_BYTES_MAX } from "../../../../lib/core/keys/names.ts";
import { STAMP_MAX } from "../../../../lib/core/keys/hybrid_clock.ts";

test("a record is as short as its parts allow", () => {
  equal(recordText({ text: '{"a":1}' }), '[{"a":1}]');
  equal(recordText({ text: "7", id: "x" }), '[7,"x"]');
  equal(recordText({ text: "7", key: "k", stamp: 5 }), '[7,null,"k",5]');
  equal(recordText({ text: "7", id: 'x"', key: "k\n", stamp: 5 }), '[7,"x\\"","k\\n",5]');
  equal(recordText({ text: "null", key: "k", stamp: 5, deleted: true }), '[null,null,"k",5,true]');
  equal(recordText({ text: "null", id: "x", key: "k", stamp: 5, deleted: true }), '[null,"x","k",5,true]');
});

test("the parts of a record are read back, its value as text", () => {
  const records = [
    { text: '{"b":1,"a":"],[\\""}' },
    { text: "null" },
    { text: "[[]]", id: 'x",é\u{1f680}' },
    { text: '"a,b"', key: "k/\\", stamp: 1 },
    { text: "-1.5e+30", id: "null", key: "[", stamp: STAMP_MAX },
    { text: "null", key: "k", stamp: 5, deleted: true },
    { text: "null", id: "x", key: "k", stamp: 5, deleted: true },
  ];
  for (const parts of records) {
    deepEqual(readRecord(recordText(parts)), parts);
  }
});

test("what spells no record is none", () => {
  const long = (bytes: number) => JSON.stringify("a".repeat(bytes));
  const malformed = [
    ...'[] 1 {} null [1,null] [1,2] [1,""] [1,null,"k"] [1,null,null,5] [1,null,7,5] [1,null,"",5]'.split(
      " ",
    ),
    ...['[1,["x"]]', '[1,{"x":1},"k",5]', '[1,null,"k",0]', '[1,null,"k",1.5]', '[1,null,"k","5"]'],
    ...[`[1,null,"k",${STAMP_MAX + 1}]`, '[1,null,"k",1e300]', '[1,null,"k",null]', '[1,null,"k",[5]]'],
    ...['[1,null,"k",5,true]', '[null,null,"k",5,false]', '[null,null,"k",5,1]', '[null,null,"k",5,true,1]'],
    ...[
      `[1,${long(ID_BYTES_MAX + 1)}]`,
      `[1,null,${long(KEY_BYTES_MAX + 1)},5]`,
      '[1,"\\ud800"]',
      "[1",
      "[1]1",
    ],
  ];
  for (const text of malformed) equal(readRecord(text), undefined, text);
  equal(readRecord(`[1,${long(ID_BYTES_MAX)},${long(KEY_BYTES_MAX)},5]`)?.stamp, 5);
});
