/** What `hearsay read` and `watch` print of an entry by --format. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { parseRead, parseWatch } from "../../../../lib/commands/config/client.ts";
import {
  FORMAT_CHARS_MAX,
  formatFault,
  parseFormat,
} from "../../../../lib/commands/terminal/entry_format.ts";
import type { Item } from "../../../../lib/client/watching/item.ts";
import { mistakesOf } from "../config/parsed.ts";

const item: Item = {
  topic: "flags",
  text: '{"a":1}',
  origin: "n1.k3",
  seq: 7,
  key: "a\nb",
  id: "x",
  stamp: 5,
};
const plain: Item = { topic: "", text: "1", origin: "n1.k3", seq: 8 };

function shown(format: string, of = item): string | undefined {
  return (parseFormat(format) ?? (() => "no format"))(of);
}

test("each place stands for what the entry has, and what it has not is empty", () => {
  equal(shown("{origin} {seq} {topic} {key} {id} {stamp} {value}"), 'n1.k3 7 flags a\\nb x 5 {"a":1}');
  equal(shown("{origin} {seq} {topic} {key} {id} {stamp} {value}", plain), "n1.k3 8     1");
  equal(shown("{value}|{deleted}", { ...item, deleted: true }), "|deleted");
  match(shown("{time}") ?? "", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test("braces, tabs, line breaks and backslashes can be printed, too", () => {
  equal(shown('{{"n":{seq},\\t"v":{value}}}\\n\\\\n'), '{"n":7,\t"v":{"a":1}}\n\\n');
  equal(shown("{{value}}"), "{value}");
  equal(shown("é \\x"), "é \\x");
});

test("a format that is none is refused, with what is wrong with it", () => {
  const fault = {
    "": "it is empty",
    "{orgin}": "there is no {orgin}: did you mean {origin}?",
    "{nothing at all}": "there is no {nothing at all}",
    "{toString}": "there is no {toString}",
    "{}": "there is no {}",
    "{seq": "a { stands alone: {{ is one",
    "seq}": "a } stands alone: }} is one",
    ["x".repeat(FORMAT_CHARS_MAX + 1)]: `it has ${FORMAT_CHARS_MAX + 1} characters`,
  };
  for (const [format, why] of Object.entries(fault)) {
    deepEqual([parseFormat(format), formatFault(format)], [undefined, why]);
  }
  ok(parseFormat("x".repeat(FORMAT_CHARS_MAX)));
  const [mistake = ""] = mistakesOf(parseWatch(["--format", "{vlaue}"], {}));
  match(
    mistake,
    /^Cannot run 'watch' as '--format' must be a text with \{value\}.*did you mean \{value\}\?\)/,
  );
});

test("it stands beside nothing else that says what is printed, and in no variable", () => {
  for (const other of ["--records", "--json"]) {
    match(mistakesOf(parseRead(["--format", "{seq}", other], {})).join(), /must be left out with --format/);
  }
  deepEqual(parseRead([], { HEARSAY_FORMAT: "shiviz" }).ok, true);
});
