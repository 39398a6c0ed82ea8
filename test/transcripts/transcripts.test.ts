/** The transcripts of this folder: what is written under each command follows from it, to the letter. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { difference, replayed } from "./transcript.ts";

const folder = new URL(".", import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith(".txt"));

test("there are transcripts, and each opens with what it shows", () => {
  assert.ok(files.length >= 7, `${files.length}`);
  for (const name of files) {
    assert.match(readFileSync(new URL(name, folder), "utf8"), /^# [A-Z][^\n]*:/, name);
  }
});

for (const name of files) {
  test(`transcript ${name}`, () => {
    const written = readFileSync(new URL(name, folder), "utf8");
    const fault = difference(name, written, replayed(written));
    if (fault !== undefined) assert.fail(fault);
  });
}

test("a transcript that says something else is told from what follows, by its first line", () => {
  const right = replayed('cluster n0..n1 latency=100\nrun 1s\n\n# A value.\nn1 broadcast "a"\nrun 1s\n');
  const wrong = right.replace('n0 persists and delivers n1:1 "a"', 'n0 persists and delivers n1:2 "a"');
  assert.notEqual(wrong, right);
  assert.equal(difference("x.txt", right, replayed(right)), undefined);
  const told = difference("x.txt", wrong, replayed(wrong)) ?? "";
  assert.match(told, /^x\.txt:\d+ /);
  assert.match(told, /^- .*n0 persists and delivers n1:2 "a"\n/m);
  assert.match(told, /^\+ .*n0 persists and delivers n1:1 "a"$/m);
});

test("what is no command is said to be none", () => {
  assert.throws(() => replayed("cluster n0..n1 latency=100\nn1 sings"), /no such command: n1 sings/);
  assert.throws(() => replayed("run 1s"), /begins with its cluster/);
  assert.throws(() => replayed("cluster n0..n1 latency=100\nrun 1h"), /no such time: 1h/);
  assert.throws(() => replayed("cluster n0..n1 latency=100\nkill n7"), /n7 does not run/);
  assert.throws(() => replayed("cluster n0..n1 latency=100\ncut n0 | n7"), /there is no n7/);
});
