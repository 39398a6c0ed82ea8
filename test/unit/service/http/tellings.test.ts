/** Watchers that stand at one place and are told the same share its bytes, and nobody else gets them [U5]. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Runs } from "../../../../lib/core/log/runs.ts";
import { Texts } from "../../../../lib/core/log/texts.ts";
import { BATCH_BYTES_MAX } from "../../../../lib/core/replication/pacing.ts";
import {
  type Format,
  SHARED_BYTES_MAX,
  SHARED_TELLINGS_MAX,
  Tellings,
} from "../../../../lib/service/http/handlers/tellings.ts";

const events: Format = {
  type: "",
  begin: "",
  alive: "",
  entry: ({ members }, { position }) => `${position} ${members}\n`,
  moved: ({ position }) => `${position}\n`,
  end: "",
};
const values: Format = { ...events, entry: ({ members }) => `${members}\n`, moved: () => "" };

function told(seq: number, ...texts: string[]) {
  return { type: "values", runs: new Runs([{ origin: "n1.k", seq, texts: Texts.of(texts) }]) };
}

function saidBy({ bytes, position }: ReturnType<Tellings["write"]>): [string, string] {
  return [new TextDecoder().decode(bytes), position];
}

test("whoever stands elsewhere, is told other entries, or in another format, is told its own", () => {
  const tellings = new Tellings();
  const first = tellings.write(events, "", told(1, "1", "2"));
  const line = (seq: number, value = seq) => `"value":${value},"topic":"","origin":"n1.k","seq":${seq}\n`;
  assert.deepEqual(saidBy(first), [`n1.k:1 ${line(1)}n1.k:1-2 ${line(2)}`, "n1.k:1-2"]);
  assert.equal(tellings.write(events, "", told(1, "1", "2")), first);
  assert.deepEqual(saidBy(tellings.write(events, "", told(1, "1"))), [`n1.k:1 ${line(1)}`, "n1.k:1"]);
  assert.deepEqual(saidBy(tellings.write(events, "", told(2, "2"))), [`n1.k:2 ${line(2)}`, "n1.k:2"]);
  assert.deepEqual(saidBy(tellings.write(events, "n2.x:7", told(2, "2"))), [
    `n2.x:7;n1.k:2 ${line(2)}`,
    "n2.x:7;n1.k:2",
  ]);
  assert.deepEqual(saidBy(tellings.write(values, "", told(1, "1", "2"))), [
    `${line(1)}${line(2)}`,
    "n1.k:1-2",
  ]);
});

test("a batch is shared whatever it is made of: many runs, and as many bytes as a batch may have", () => {
  const tellings = new Tellings();
  const half = JSON.stringify("x".repeat(BATCH_BYTES_MAX / 2));
  const run = (origin: string) => ({ origin, seq: 1, texts: Texts.of([half]) });
  const batch = (...origins: string[]) => ({ type: "values", runs: new Runs(origins.map(run)) });
  const first = tellings.write(events, "", batch("n1.k", "n2.x"));
  assert.ok(first.bytes.length > BATCH_BYTES_MAX);
  assert.equal(tellings.write(events, "", batch("n1.k", "n2.x")), first);
  assert.notEqual(tellings.write(events, "", batch("n1.k", "n3.x")), first);
  assert.notEqual(tellings.write(events, "", batch("n1.k")), first);
});

test("what is passed over, and gaps, are told to each", () => {
  const tellings = new Tellings();
  const passed = { ...told(1, "1"), had: [["n2.x", [1, 3]]] };
  const first = tellings.write(events, "", passed);
  assert.match(saidBy(first)[0], /\nn1\.k:1;n2\.x:1-3\n$/);
  assert.equal(first.position, "n1.k:1;n2.x:1-3");
  assert.notEqual(tellings.write(events, "", passed), first);
  const gap = { type: "values", runs: new Runs([], [{ origin: "n1.k", seq: 1, count: 2 }]) };
  assert.deepEqual(saidBy(tellings.write(events, "", gap)), [
    `n1.k:1-2 "gap":{"origin":"n1.k","seq":1,"count":2}\n`,
    "n1.k:1-2",
  ]);
});

test("no more than SHARED_TELLINGS_MAX are kept, of no more than SHARED_BYTES_MAX each", () => {
  const tellings = new Tellings();
  const first = tellings.write(events, "", told(1, "1"));
  for (let seq = 2; seq <= SHARED_TELLINGS_MAX; seq++) tellings.write(events, "", told(seq, "1"));
  assert.equal(tellings.write(events, "", told(1, "1")), first);
  tellings.write(events, "", told(SHARED_TELLINGS_MAX + 1, "1"));
  assert.notEqual(tellings.write(events, "", told(1, "1")), first);
  const long = told(1, JSON.stringify("x".repeat(SHARED_BYTES_MAX)));
  assert.notEqual(tellings.write(values, "", long), tellings.write(values, "", long));
});
