/** The small parts of what people read: columns, figures in one cell, and guesses at misspelt words. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { figuresInShort } from "../../../../lib/commands/exam/outcome.ts";
import { table } from "../../../../lib/commands/terminal/table.ts";
import { editDistance, nearest } from "../../../../lib/commands/flags/suggest.ts";

test("columns stand in line, whatever their colours", () => {
  assert.deepEqual(table([["a", "bb"], ["\x1b[32mccc\x1b[0m", "d"]]), [
    "| a   | bb |",
    "| --- | -- |",
    "| \x1b[32mccc\x1b[0m | d  |",
  ]);
});

test("figures share a cell: those of cuts together, as median and maximum", () => {
  assert.equal(
    figuresInShort(["heal", "cut-median", "cut-max"], (figure) => String(figure.length)),
    "after heals 4, during cuts 10 · 7",
  );
});

test("nearest() guesses what was meant, and nothing that is far", () => {
  assert.equal(nearest("tset", ["test", "sim"]), "test");
  assert.equal(nearest("--node-cuont", ["--node-count", "--rate"]), "--node-count");
  assert.equal(nearest("xyz", ["test", "sim"]), undefined);
  assert.deepEqual([editDistance("", "abc"), editDistance("abc", "acb"), editDistance("kitten", "sitting")], [
    3,
    1,
    3,
  ]);
});
