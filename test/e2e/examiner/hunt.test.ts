/** A hunt with real processes, as an operator runs it: what is found comes again by the command that it prints. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Ended, hearsay } from "../fixtures/hearsay.ts";
import { script } from "../../shared/script.ts";

/** Nodes that retry after 200 ms need no more time than this, on a busy machine, too. */
const few = ["--node-count", "2", "--recovery", "3"];

function hunt(flaw: string, ...flags: readonly string[]): Promise<Ended> {
  const { bin, args } = script(new URL("../fixtures/nodes/flawed.ts", import.meta.url));
  return hearsay("hunt", "--bin", bin, ...few, ...flags, "--", ...args, flaw);
}

test("hearsay hunt: a broken program is found and made small, and the command that is printed shows it again", async () => {
  const { status, out, err } = await hunt(
    "never-retries",
    "--nemesis",
    "partition",
    "--budget",
    "12",
    "--json",
  );
  assert.equal(status, 1, err);
  const { found, command, script: smallest, ...counts } = JSON.parse(out);
  assert.equal(found, true);
  assert.match(smallest, /broadcast .*cut|cut .*broadcast/);
  assert.ok(
    counts["node-count"] === 2 && counts["operation-count"] <= counts.first["operation-count"],
    smallest,
  );
  assert.ok(counts["failed-count"] > 0 && counts["of-count"] >= counts["failed-count"]);
  const words: string[] = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) =>
    quoted ?? plain
  );
  assert.deepEqual(words.slice(0, 2), ["hearsay", "test"]);
  const again = await hearsay("test", "--json", ...words.slice(2));
  assert.equal(JSON.parse(again.out).valid, again.status === 0);
  assert.equal(JSON.parse(again.out).settings.script, smallest);
});

test("hearsay hunt: a sound program is left in peace", async () => {
  const { status, out, err } = await hunt("", "--budget", "3s");
  assert.equal(status, 0, out);
  assert.match(out, /^PASS {2}Nothing found in \d+\.\d s and \d+ runs\.\n$/);
  assert.match(err, /^0 of 3 s {2}run 1: [a-z ,]+\n/);
});
