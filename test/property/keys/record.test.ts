/** Records survive the trip through their text. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { STAMP_MAX } from "../../../lib/core/keys/hybrid_clock.ts";
import { readRecord, recordText } from "../../../lib/core/keys/record.ts";
import { holds } from "../holds.ts";
import { json } from "../json.ts";

const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });
const stamp = fc.integer({ min: 1, max: STAMP_MAX });

test("a record is read back as it was written, and the value is not touched", () => {
  const keyed = fc.option(fc.record({ key: name, stamp, deleted: fc.boolean() }), { nil: undefined });
  holds(
    fc.property(json, fc.option(name, { nil: undefined }), keyed, (value, id, put) => {
      const text = put?.deleted === true ? "null" : JSON.stringify(value);
      const written = recordText({ text, id, ...put });
      deepEqual(JSON.parse(written)[0], JSON.parse(text));
      const deleted = put?.deleted === true;
      deepEqual(readRecord(written), {
        text,
        ...id !== undefined && { id },
        ...put && { key: put.key, stamp: put.stamp },
        ...deleted && { deleted },
      });
    }),
    500,
  );
});
