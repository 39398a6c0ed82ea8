/** What is taken in of a message: nothing that could not be passed on. */
import { deepEqual, ok } from "node:assert/strict";
import { test } from "node:test";
import { decode, encode } from "../../../../lib/core/codec.ts";
import { Node, VALUE_BYTES_MAX } from "../../../../lib/core/node.ts";
import { ENTRY_BYTES_MAX } from "../../../../lib/core/replication/apply.ts";
import { recordText } from "../../../../lib/core/keys/record.ts";
import { seeded } from "../../../../lib/core/random.ts";
import { byteLength } from "../../../../lib/core/size.ts";
import { assert } from "../../../../lib/core/assert.ts";
import { LINE_BYTES_MAX } from "../../../../transports/lines/reader.ts";

test("an entry of a member over ENTRY_BYTES_MAX is not taken in, as no line may have room to pass it on [N6]", () => {
  const node = new Node({ random: seeded(1), incarnation: 1 });
  const sent: string[] = [];
  const step = (line: string, now: number) => {
    const decoded = decode(line);
    assert(decoded.ok, "it is an envelope");
    const effects = [
      ...node.step({ kind: "receive", envelope: decoded.envelope }, now),
      ...node.step({ kind: "wake" }, now),
    ];
    for (const effect of effects) if (effect.kind === "send") sent.push(encode(effect.envelope));
  };
  step(
    '{"src":"c","dest":"n0","body":{"type":"init","msg_id":1,"node_id":"n0","node_ids":["n0","n1","n2"]}}',
    0,
  );
  const textOf = (bytes: number) => JSON.stringify("v".repeat(bytes - 2));
  const tell = (seq: number, bytes: number) =>
    step(
      `{"src":"n2","dest":"n0","body":{"type":"delta","incarnation":1,"seq":${seq},"digest":[],"runs":[["n2.1",${seq},[${
        textOf(bytes)
      }]]]}}`,
      10 * seq,
    );
  const longest = LINE_BYTES_MAX - 100;
  for (const [i, bytes] of [longest, ENTRY_BYTES_MAX + 1, ENTRY_BYTES_MAX].entries()) tell(i + 1, bytes);
  for (let now = 100; now < 5_000; now += 100) {
    for (const effect of node.step({ kind: "wake" }, now)) {
      if (effect.kind === "send") sent.push(encode(effect.envelope));
    }
  }
  for (const line of sent) ok(line.length <= LINE_BYTES_MAX, `a line of ${line.length}`);
  step('{"src":"c","dest":"n0","body":{"type":"read","msg_id":2}}', 5_000);
  const read = sent.find((line) => line.includes("read_ok")) ?? "{}";
  deepEqual(JSON.parse(read).body.messages.map((value: string) => byteLength(value)), [ENTRY_BYTES_MAX]);
});

test("the longest entry that a client can make is under ENTRY_BYTES_MAX [N6]", () => {
  const record = recordText({
    text: JSON.stringify("v".repeat(VALUE_BYTES_MAX - 2)),
    id: "\u0001".repeat(128),
    key: "\u0001".repeat(512),
    stamp: Number.MAX_SAFE_INTEGER - 1,
  });
  ok(record.length <= ENTRY_BYTES_MAX);
});
