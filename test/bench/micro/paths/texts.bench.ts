/** Values as texts: a list of them scanned and a message of them read, beside parsers, and written once for all who get it. */
import { do_not_optimize } from "mitata";
import { decode, encode } from "../../../../lib/core/codec.ts";
import { Runs } from "../../../../lib/core/log/runs.ts";
import { scan } from "../../../../lib/core/log/scan.ts";
import type { Json } from "../../../../lib/core/message.ts";
import { type Group, timed } from "../cases.ts";
import { ORIGIN } from "../rig.ts";

/** So many values to a list. */
const VALUES = 100;
const LONG_CHARS = 4_096;
const FIRST_AT = 1_764_128_252_000;

const lists: readonly (readonly [what: string, value: (i: number) => Json])[] = [
  ["numbers", (i) => 100_000 + i],
  // 67 bytes each.
  ["objects", (i) => ({ id: 100_000 + i, name: `sensor-${10 + i % 90}`, at: FIRST_AT + i, v: 5, ok: true })],
  ["strings of 4 KB", (i) => `${i} `.padEnd(LONG_CHARS, "lorem ipsum ")],
];

export function texts(): Group[] {
  return lists.flatMap(([what, value]) => {
    const values = Array.from({ length: VALUES }, (_, i) => value(i));
    const title = `${VALUES} ${what}`;
    return [scanned(title, values), read(title, values), written(title, values)];
  });
}

function scanned(title: string, values: readonly Json[]): Group {
  const list = JSON.stringify(values);
  const text = list.slice(1, -1);
  return timed(`scan of ${title}`, "value", VALUES, () => [
    { name: "scan", start: () => () => do_not_optimize(scan(text)) },
    { name: "JSON.parse", start: () => () => do_not_optimize(JSON.parse(list)) },
    { name: "JSON.parse and JSON.stringify", start: () => () => JSON.stringify(JSON.parse(list)) },
  ]);
}

function read(title: string, values: readonly Json[]): Group {
  const line = JSON.stringify(push([[ORIGIN, 1, values]]));
  return timed(`runs in a line, ${title}`, "value", VALUES, () => [
    { name: "decode", start: () => () => do_not_optimize(decode(line)) },
    {
      name: "JSON.parse and Runs.fromJson",
      start: () => () => do_not_optimize(Runs.fromJson(JSON.parse(line).body.runs)),
    },
  ]);
}

function written(title: string, values: readonly Json[]): Group {
  const runs = Runs.fromJson([[ORIGIN, 1, values]]);
  return timed(`text of a run of ${title}, for one more who gets it`, "value", VALUES, () => [
    { name: "encode", start: () => () => flat(encode(push(runs))) },
    { name: "JSON.stringify", start: () => () => JSON.stringify(push([[ORIGIN, 1, values]])) },
  ]);
}

/** Runtimes put off writing a text that is put together until somebody looks into it. */
function flat(text: string): number {
  return text.charCodeAt(0);
}

function push(runs: unknown) {
  return { src: "n0", dest: "n1", body: { type: "push", runs } };
}
