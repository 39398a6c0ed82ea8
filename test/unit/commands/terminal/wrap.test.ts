/** Lines and tables at the width of a terminal. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { help } from "../../../../lib/commands/help.ts";
import { columnsOf, printLines } from "../../../../lib/commands/terminal/io.ts";
import { table, tables } from "../../../../lib/commands/terminal/table.ts";
import { definitions, flowed, width, wrapped } from "../../../../lib/commands/terminal/wrap.ts";
import { commands } from "../../../../lib/commands/flags/command_names.ts";
import { listen } from "../../../shared/io.ts";

test("a line that is too long is broken between words, below its own text", () => {
  deepEqual(wrapped("a line that fits", 16), ["a line that fits"]);
  deepEqual(wrapped("a line that does not", 16), ["a line that does", "not"]);
  deepEqual(wrapped("  label    some text that is long", 24), [
    "  label    some text",
    "           that is long",
  ]);
  deepEqual(wrapped("  label                 text here", 30), ["  label                 text", "  here"]);
  deepEqual(wrapped("  - a reason why it fails", 16), ["  - a reason why", "    it fails"]);
  deepEqual(wrapped("see /a/very/long/path there", 10), ["see", "/a/very/long/path", "there"]);
});

test("colours take no room, commands stay whole, and rows of tables are left alone", () => {
  const red = "\x1b[31mred\x1b[0m";
  equal(width(red), 3);
  deepEqual(wrapped(`${red} ${red} ${red}`, 7), [`${red} ${red}`, red]);
  deepEqual(wrapped("  Run it again: hearsay sim --seed 5", 20), [
    "  Run it again:",
    "  hearsay sim --seed 5",
  ]);
  deepEqual(wrapped("  hearsay sim --seed 5", 10), ["  hearsay sim --seed 5"]);
  deepEqual(wrapped("hearsay sim: examine nodes", 20), ["hearsay sim: examine", "nodes"]);
  deepEqual(wrapped("| a | b |", 5), ["| a | b |"]);
});

test("terms have their texts beside them, and long ones below them", () => {
  deepEqual(definitions([["-a", "one two three"], ["--much-longer", "four"]], 21), [
    ...["  -a       one two", "           three"],
    ...["  --much-longer", "           four"],
  ]);
});

test("lines of a text flow together, and others stand as they are", () => {
  deepEqual(flowed(["one", "two", "", "three", "  four", "  five", "six"]), [
    ...["one two", "", "three", "  four", "  five", "six"],
  ]);
});

test("a table that is too wide is one of plain columns, of narrower ones, or comes in parts that fit", () => {
  const rows = [["id", "none", "what it is"], ["n1", "", "a node of five words"]];
  deepEqual(table(rows, 36), table(rows));
  deepEqual(table(rows, 35), [
    ...["| id | what it is           |", "| -- | -------------------- |"],
    "| n1 | a node of five words |",
  ]);
  deepEqual(table(rows, 28), [
    ...["id  what it is", "--  --------------------", "n1  a node of five words"],
  ]);
  deepEqual(table(rows, 23), [
    "id  what it is",
    "--  -------------------",
    "n1  a node of five",
    "    words",
  ]);
  const wide = [["id", "of", "alpha", "beta", "gamma"], ["n1", "n2", "1", "2", "3"]];
  deepEqual(table(wide, 19, 2), [
    ...["id  of  alpha  beta", "--  --  -----  ----", "n1  n2  1      2"],
    ...["", "id  of  gamma", "--  --  -----", "n1  n2  3"],
  ]);
  const units = [["id", "at", "up for"], ["n1", "host1:7000", "4.0 s"]];
  deepEqual(table(units, 20), [
    ...["id  at", "--  ----------", "n1  host1:7000"],
    ...["", "id  up for", "--  ------", "n1  4.0 s"],
  ]);
  const heads = [["id", "at", "after heals ms"], ["n1", "host1:7000", "41"]];
  deepEqual(table(heads, 27), [
    "id  at          after heals",
    "                ms".trimEnd(),
    "--  ----------  -----------",
    "n1  host1:7000  41",
  ]);
  const many = [["id", "a text of many words", "other"], ["n1", "a b c d e f g h i j k l m n o p q", "x"]];
  for (const columns of [12, 16, 20, 24]) {
    ok(table(many, columns).every((line) => width(line) <= columns), table(many, columns).join("\n"));
  }
});

test("what all rows have in common is told beneath a table that is too wide, and nothing of empty columns", () => {
  const rows = [["id", "cluster", "none", "up for", "storage"], ["n1", "lab", "", "4 s", "disk"], [
    ...["n2", "lab", "", "5 s", "disk"],
  ]];
  deepEqual(table(rows, 42), table(rows));
  deepEqual(table(rows, 41), [
    ...["| id | up for |", "| -- | ------ |", "| n1 | 4 s    |", "| n2 | 5 s    |"],
    "All: cluster lab, storage disk",
  ]);
  deepEqual(table(rows, 14), [
    ...["id  up for", "--  ------", "n1  4 s", "n2  5 s", "All: cluster", "lab, storage", "disk"],
  ]);
});

test("tables that are shown together are framed, or none is", () => {
  const [small, large] = [[["id", "a"], ["n1", "1"]], [["id", "alpha", "beta"], ["n1", "1", "2"]]];
  const both = [{ rows: small, names: 1 }, { rows: large, names: 1 }];
  deepEqual(tables(both, 21), [table(small), table(large)]);
  deepEqual(tables(both, 20), [["id  a", "--  -", "n1  1"], [
    "id  alpha  beta",
    "--  -----  ----",
    "n1  1      2",
  ]]);
});

test("lines are as wide as the terminal, or as COLUMNS says, and whole where nobody looks", () => {
  const columns = (changes: Parameters<typeof listen>[1]) => columnsOf(listen("", changes).io);
  equal(columns({ outIsTerminal: true, outColumns: 120 }), 120);
  equal(columns({ outIsTerminal: true, outColumns: 120, env: { COLUMNS: "40" } }), 120);
  equal(columns({ outIsTerminal: true, outColumns: 0 }), Infinity);
  equal(columns({ env: { COLUMNS: "40" } }), 40);
  for (const COLUMNS of ["", "x", "0", "-1", "1000000"]) equal(columns({ env: { COLUMNS } }), Infinity);
  const { io, out } = listen("", { outIsTerminal: true, outColumns: 10 });
  printLines(io, ["one two three"]);
  deepEqual(out, ["one two\nthree\n"]);
});

test("help fits terminals of every width but for its examples and what cannot be broken", async () => {
  const longest = async (name: string | undefined, changes: Parameters<typeof listen>[1]) => {
    const { io, out } = listen("", changes);
    await help(name === undefined ? [] : [name], io);
    const lines = out.join("").split("\nExamples:\n")[0]?.split("\n") ?? [];
    return Math.max(...lines.filter((line) => /^ *(?!hearsay [a-z]+ \[)\S+ /.test(line)).map(width));
  };
  for (const name of [undefined, ...commands.map(({ name }) => name)]) {
    for (const outColumns of [60, 80, 120]) {
      const found = await longest(name, { outIsTerminal: true, outColumns });
      ok(found <= outColumns, `${name} at ${outColumns} is ${found} wide`);
    }
    ok(await longest(name, { outIsTerminal: true, outColumns: 200 }) <= 120);
    ok(await longest(name, {}) <= 80);
  }
});
