/** Runs of entries as text and back: read from a line, and from JSON. */
import { deepEqual, equal } from "node:assert/strict";
import { test } from "node:test";
import { VALUE_DEPTH_MAX } from "../../../../lib/core/log/canonical.ts";
import { NAMES_MAX, ORIGIN_CHARS_MAX, Runs } from "../../../../lib/core/log/runs.ts";
import { Texts } from "../../../../lib/core/log/texts.ts";

const WRITTEN = [
  "[]",
  '[["n0.1",1,[1]]]',
  '[["n0.1",1,[1,"a]",{"b":[2]}]],["n1.é",9007199254740991,[null]]]',
  '[["n0.1",1,[]]]',
  '[["n0.1",3,[["v","id"],[null,null,"key",5,true]],"topic"],["n0.1",5,[[1]],""]]',
  '[["n0.1",1,[1]],["n0.1",2,1000]]',
  '[["n0.1",7,1]]',
  '[["n0.1",1,[0,-7,999999999999999]]]',
  '[["n0.1",1,[7,1e+21,1234567890123456,-1.5]]]',
];

test("runs are read from where they begin in a line, and are written again as they were [W4]", () => {
  for (const text of WRITTEN) {
    for (const [before, behind] of [["", ""], ['{"runs":', "}}"], ["]", ',"x":[1]}']] as const) {
      const read = Runs.read(before + text + behind, before.length);
      equal(read?.end, before.length + text.length, text);
      equal(read?.runs.text, text);
      const { runs = [], gaps = [] } = read?.runs ?? {};
      equal(new Runs(runs, gaps).text, text);
      deepEqual(read?.runs.toJSON(), JSON.parse(text));
    }
  }
});

test("what is read from a line is what is read from JSON [W4]", () => {
  for (const text of WRITTEN) {
    const json = Runs.fromJson(JSON.parse(text));
    const read = Runs.read(text, 0)?.runs;
    deepEqual(read?.gaps, json?.gaps);
    deepEqual(read?.runs.map(plain), json?.runs.map(plain));
  }
});

test("what is not written like this is not read, wherever it ends too early [W4]", () => {
  for (const text of WRITTEN) {
    for (let end = 0; end < text.length; end++) equal(Runs.read(text.slice(0, end), 0), undefined);
  }
  const origin = "n".repeat(ORIGIN_CHARS_MAX + 1);
  const bad = [
    "",
    "{}",
    "[[]]",
    '["n0.1"]',
    '[["n0.1",1]]',
    '[["",1,[1]]]',
    '[["n0.1",0,[1]]]',
    '[["n0.1",01,[1]]]',
    ...["01", "-0", "-", "1,", ",1", "1 ", "+1", "1e5", "12345678901234567890"].map((n) =>
      `[["n0.1",1,[${n}]]]`
    ),
  ];
  bad.push(
    '[["n0.1",-1,[1]]]',
    '[["n0.1",1.5,[1]]]',
    '[["n0.1",9007199254740992,[1]]]',
    `[["${origin}",1,[1]]]`,
  );
  bad.push(
    '[["n0.1","1",[1]]]',
    '[["n0.1",1,[1]],]',
    '[["n0.1",1,[1,]]]',
    '[["n0.1",1,0]]',
    '[["n0.1",1,[1],7]]',
  );
  bad.push(
    '[["n0.1",1,5,"topic"]]',
    '[["n0.1",1,[1],"t","u"]]',
    '[[ "n0.1",1,[1]]]',
    '[["n0.1",1,[1]]',
    "[[1,1,[1]]]",
  );
  bad.push(
    '[["n0.1",1,{"a":1}]]',
    '[["n0.1",1,"ab"]]',
    '[["n\n",1,[1]]]',
    '[["n0.1",99999999999999999999,[1]]]',
  );
  bad.push('[["n0.1",1,[1.0]]]', '[["n0.1",,[1]]]', '[["n0.1",1,[1]', '[["n0.1');
  bad.push('[["n0.1",1,[[1]],"a/b"]]', '[["n0.1",1,[[1]],7]]');
  // A parser takes these, and they are rare.
  bad.push('[["n\\"0.1",1,[1]]]', '[["n\\u00300.1",1,[1]]]', '[["n0.1",1,[[1]],"\\n"]]');
  for (const text of bad) equal(Runs.read(text, 0), undefined, text);
});

test("an origin of ORIGIN_CHARS_MAX characters is read on both ways, and none that is longer [W4]", () => {
  for (const [chars, isGood] of [[ORIGIN_CHARS_MAX, true], [ORIGIN_CHARS_MAX + 1, false]] as const) {
    for (const char of ["n", "é"]) {
      const text = `[["${char.repeat(chars)}",1,[1]]]`;
      equal(Runs.read(text, 0) !== undefined, isGood);
      equal(Runs.fromJson(JSON.parse(text)) !== undefined, isGood);
    }
  }
});

test("values nested too deep are refused on both ways [L6]", () => {
  for (const [depth, isGood] of [[VALUE_DEPTH_MAX, true], [VALUE_DEPTH_MAX + 1, false]] as const) {
    const text = `[["n0.1",1,[${"[".repeat(depth)}${"]".repeat(depth)}]]]`;
    equal(Runs.read(text, 0) !== undefined, isGood);
    equal(Runs.fromJson(JSON.parse(text)) !== undefined, isGood);
  }
});

test("of a long line the values are still what they were [W4]", () => {
  const long = `"${"x".repeat(100_000)}"`;
  const text = `[["n0.1",1,[1,2]],["n1.1",1,[${long}]],["n2.1",8,["é"]]]`;
  const read = Runs.read(text, 0)?.runs;
  deepEqual(read?.runs.map(({ texts }) => [...texts]), [["1", "2"], [long], ['"é"']]);
});

test("values from JSON are written as JSON.stringify does [L3]", () => {
  const runs = Runs.fromJson(JSON.parse('[["n0.1",1,[ -0, 1e999, "\\u0041", 1.50 ]]]'));
  equal(runs?.text, '[["n0.1",1,[0,null,"A",1.5]]]');
  equal(Runs.fromJson(runs), runs);
});

function plain({ origin, seq, texts, topic }: Runs["runs"][number]): unknown {
  return { origin, seq, topic, texts: [...texts], scanned: texts.length > 0 && texts.scanned };
}

test("runs of the same texts have the same text, whoever made them [W4]", () => {
  const run = { origin: "n0.1", seq: 1, texts: Texts.of(["1", '"b"']) };
  equal(new Runs([run]).text, '[["n0.1",1,[1,"b"]]]');
  equal(
    new Runs([run, { ...run, topic: "" }], [{ origin: "a", seq: 2, count: 3 }]).text,
    '[["n0.1",1,[1,"b"]],["n0.1",1,[1,"b"],""],["a",2,3]]',
  );
});

test("more origins than are remembered are read as they were written [W4]", () => {
  const texts = Texts.of(["1"]);
  const origins = Array.from({ length: NAMES_MAX + 2 }, (_, i) => `n${i}.1`);
  const { text } = new Runs([...origins, ...origins].map((origin) => ({ origin, seq: 1, texts })));
  deepEqual(Runs.read(text, 0)?.runs.runs.map(({ origin }) => origin), [...origins, ...origins]);
});
