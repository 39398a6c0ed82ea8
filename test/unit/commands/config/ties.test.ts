/** What flags demand of each other: every tie of every command, each with the sentence that says so. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCompare } from "../../../../lib/commands/config/exam/compare.ts";
import {
  parseBroadcast,
  parseRead,
  parseStatus,
  parseWatch,
} from "../../../../lib/commands/config/client.ts";
import { parseHeal, parsePartition, parseSidecar } from "../../../../lib/commands/config/cut.ts";
import { parseChallenges } from "../../../../lib/commands/config/exam/challenges.ts";
import { parseSim } from "../../../../lib/commands/config/exam/exam.ts";
import { parseMaelstrom } from "../../../../lib/commands/config/maelstrom.ts";
import { parseLab } from "../../../../lib/commands/config/lab.ts";
import { parseTest } from "../../../../lib/commands/config/exam/real.ts";
import { parseServe } from "../../../../lib/commands/config/serve.ts";
import { flagsOf } from "../../../../lib/commands/flags/every_flag.ts";
import type { Env, FlagLine, Parsed } from "../../../../lib/commands/flags/read_flags.ts";
import { mistakesOf } from "./parsed.ts";

type Parse = (args: readonly string[], env: Env) => Parsed<unknown>;

const parsers: Readonly<Record<string, Parse>> = {
  ...{ broadcast: parseBroadcast, read: parseRead, watch: parseWatch, status: parseStatus },
  ...{ serve: parseServe, sim: parseSim, test: parseTest, compare: parseCompare },
  ...{ partition: parsePartition, heal: parseHeal, sidecar: parseSidecar, lab: parseLab },
  ...{ maelstrom: parseMaelstrom, challenges: parseChallenges },
};

/** A good value of each flag that is tied to another, or that another is tied to. */
const values: Readonly<Record<string, string>> = {
  ...{ "bandwidth": "2m", "bin": "/bin/sh", "challenge": "3b", "cluster": "n1=a:1,n2=b:2", "cuts": "5" },
  ...{
    "delivery-budget": "9",
    "duplicate": "0.5",
    "from": "n1.k:1-5",
    "format": "{seq}",
    "grudge": "one",
    "id": "n1",
  },
  ...{ "latency": "5", "latency-dist": "uniform", "loss": "0.5", "node-count": "2", "port": "9001" },
  ...{ "protocol": "flood", "script": "5 read n0", "seed": "3", "sidecars": "n1=a:3", "topology": "line" },
  ...{ "advertise": "a:1", "dns": "a:53", "join": "dns+a:1", "peer": "n2=a:1", "http": "[::1]:80" },
  ...{ "http-origin": "*" },
  ...{ "within": "10.0.0.1", "retain": "8s", "outages": "1", "secret-file": "LICENSE", "spares": "3" },
};

function words(name: string, { value }: Pick<FlagLine, "value">): string[] {
  if (value === undefined) return [`--${name}`];
  assert.ok(values[name], `a good value of --${name} is known`);
  return [`--${name}`, values[name]];
}

const tied = Object.entries(parsers).flatMap(([command, parse]) => {
  const flags = flagsOf(command);
  const named = (name: string) => {
    const flag = flags.find((flag) => flag.name === name);
    assert.ok(flag !== undefined, `${command} has --${name}`);
    return words(name, flag);
  };
  const needed = flags.filter(({ required }) => required).map(({ name }) => name);
  const given = (...names: string[]) => [...new Set([...needed, ...names])].flatMap(named);
  return flags.map((flag) => ({ command, parse, flag, needed, given }));
});

const said = (command: string, name: string, rule: string, value: string) =>
  `Cannot run '${command}' as '${name}' must be ${rule}: current value is "${value}"`;

test("a flag that must be given is missed", () => {
  const required = tied.filter(({ flag }) => flag.required);
  assert.deepEqual(required.map(({ command, flag }) => `${command} --${flag.name}`), [
    ...["serve --id", "partition --cluster", "heal --cluster", "sidecar --within"],
  ]);
  for (const { command, parse, flag } of required) {
    const sentence =
      `Cannot run '${command}' as '--${flag.name}' must be given, as ${flag.rule}: it is missing`;
    assert.ok(mistakesOf(parse([], {})).includes(sentence), sentence);
  }
});

test("a flag that needs another is a mistake without it, and none with it", () => {
  // Partitions come with the challenge that compare takes by default.
  const needing = tied.filter(({ command, flag }) => flag.requires && command !== "compare");
  assert.deepEqual(needing.map(({ command, flag }) => `${command} --${flag.name}`), [
    ...["serve --dns", "serve --http-origin"],
    ...["sim --grudge", "sim --cuts", "sim --outages", "sim --loss", "sim --duplicate", "sim --spares"],
    ...[
      "test --grudge",
      "test --cuts",
      "test --outages",
      "test --loss",
      "test --duplicate",
      "test --sidecars",
      "test --secret-file",
      "lab --port",
    ],
  ]);
  for (const { command, parse, flag: { name, requires }, given } of needing) {
    const { flag = "", value } = requires ?? {};
    const other = value === undefined ? `--${flag}` : `--${flag} ${value}`;
    assert.deepEqual(mistakesOf(parse(given(name), {})), [
      said(command, `--${name}`, `given together with ${other}`, values[name] ?? ""),
    ]);
    const together = value === undefined ? given(name, flag) : [...given(name), `--${flag}`, value];
    assert.deepEqual(mistakesOf(parse(together, {})), []);
  }
});

test("what must be left out beside a flag is named, each thing once, and a switch that is off shuts nothing out", () => {
  const excluding = tied.filter(({ flag }) => flag.excludes);
  assert.deepEqual(excluding.map(({ command, flag }) => `${command} --${flag.name}`), [
    ...[
      "broadcast --event",
      "read --format",
      "watch --format",
      "watch --new",
      "status --links",
      "serve --join",
      "serve --bootstrap",
      "serve --advertise",
    ],
    ...["serve --leave-on-stop", "test --bin", "test --cluster", "partition --show", "lab --keep"],
  ]);
  for (const { command, parse, flag, given } of excluding) {
    const { flags = [], words, why } = flag.excludes ?? { why: "" };
    const more = words === undefined ? [] : [words];
    const behind = words === undefined ? [] : words === "--" ? ["--", "x"] : ["x"];
    const rule = `left out with --${flag.name}, ${why}`;
    const all = [...given(flag.name, ...flags), ...behind];
    assert.deepEqual(
      mistakesOf(parse(all, {})).toSorted(),
      [
        ...flags.map((name) => said(command, `--${name}`, rule, values[name] ?? "true")),
        ...more.map((name) => said(command, name, rule, "x")),
      ].toSorted(),
    );
    if (flag.value !== undefined) continue;
    const off = mistakesOf(parse([...given(...flags), `--${flag.name}=false`], {}));
    assert.ok(off.every((mistake) => !mistake.includes(rule)), off.join("\n"));
  }
});

test("what a challenge brings along is there, and a variable is tied as the flag is", () => {
  assert.deepEqual(mistakesOf(parseSim(["--challenge", "3c", "--grudge", "one"], {})), []);
  assert.deepEqual(mistakesOf(parseSim([], { HEARSAY_LOSS: "0.5" })), [
    said("sim", "HEARSAY_LOSS", "given together with --nemesis loss", "0.5"),
  ]);
  assert.deepEqual(mistakesOf(parseSim(["--nemesis", "fire", "--loss", "0.5"], {})).length, 1);
});
