/** `hearsay play` writes its page to a file or to standard output, and says what is wrong. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { play } from "../../../lib/commands/play.ts";
import type { Io } from "../../../lib/commands/terminal/io.ts";
import { inFolder } from "../../shared/in_folder.ts";

async function run(...args: readonly string[]) {
  let [out, err] = ["", ""];
  const io: Io = {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    outDrained: () => Promise.resolve(true),
    outGivenUp: () => {},
    errDrained: () => Promise.resolve(),
    onErrDropped: () => {},
    env: {},
    input: () => assert.fail("nothing is read"),
    ...{ inputIsTerminal: true, outIsTerminal: true, errIsTerminal: true },
  };
  const status = await play(args, io);
  return { status, out, err };
}

test("the same page is written to a file and to standard output", () =>
  inFolder(async (folder) => {
    const file = join(folder, "play.html");
    assert.deepEqual(await run("--out", file), {
      status: 0,
      out: "",
      err: `Wrote ${file}: open it in a browser.\n`,
    });
    const { status, out } = await run("--out", "-");
    assert.equal(status, 0);
    assert.equal(out, readFileSync(file, "utf8"));
    assert.match(out, /^<!doctype html>/);
    assert.equal(out.match(/<\/script/g)?.length, 1, "the script does not end its own element");
    assert.doesNotMatch(out, /(src|href)="?https?:/, "nothing is asked for elsewhere");
  }));

test("a file that cannot be written is a failure, and none is bad usage", async () => {
  const { status, err } = await run("--out", "/no/such/folder/play.html");
  assert.equal(status, 1);
  assert.equal(err, 'Cannot write "/no/such/folder/play.html": there is no such directory\n');
  assert.deepEqual(await run(), {
    status: 2,
    out: "",
    err:
      "Cannot run 'play' as '--out' must be given, as a file's name, or - for standard output: it is missing\n",
  });
});
