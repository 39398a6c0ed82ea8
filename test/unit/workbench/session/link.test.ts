/** A link and a command hold a whole story: what is printed is read as the same one, and what is wrong is refused in words. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
import { parseSim } from "../../../../lib/commands/config/exam/exam.ts";
import type { Json } from "../../../../lib/core/message.ts";
import { SCRIPT_ACTIONS_MAX } from "../../../../lib/workbench/script/script.ts";
import { LINK_CHARS_MAX, parseLink, printLink } from "../../../../lib/workbench/session/link.ts";
import * as limits from "../../../../lib/workbench/session/story.ts";
import { commandOf, emptyStory, settingsOf, type Story } from "../../../../lib/workbench/session/story.ts";
import { latencyDists, protocolNames, topologyNames } from "../../../../lib/workbench/settings.ts";

/** As it comes out of JSON: -0 is 0 there. */
const json = fc.jsonValue({ maxDepth: 2 }).map((it): Json => JSON.parse(JSON.stringify(it)));

const action = fc.oneof(
  fc.record({
    kind: fc.constant("broadcast" as const),
    node: fc.constant("n0"),
    value: json,
  }),
  fc.record({ kind: fc.constant("broadcast" as const), node: fc.constant("n1"), value: fc.string() }),
  fc.record({ kind: fc.constantFrom("pause" as const, "resume", "kill", "start"), node: fc.constant("n1") }),
  fc.record({ kind: fc.constant("cut" as const), grudge: fc.constantFrom("n0|rest", "n0-n1", "n0>n1") }),
  fc.record({ kind: fc.constant("rate" as const), rate: fc.nat(200) }),
  fc.record({ kind: fc.constant("heal" as const) }),
);

const story = fc.record({
  seed: fc.nat(limits.SEED_MAX),
  nodeCount: fc.integer({ min: 2, max: limits.NODES_MAX }),
  protocol: fc.constantFrom(...protocolNames),
  topology: fc.constantFrom(...topologyNames),
  latencyMs: fc.nat(limits.LATENCY_MS_MAX * 10).map((n) => n / 10),
  latencyDist: fc.constantFrom(...latencyDists),
  rate: fc.nat(limits.RATE_MAX * 1000).map((n) => n / 1000),
  untilMs: fc.integer({ min: 60_000, max: limits.UNTIL_MS_MAX }),
  script: fc.array(fc.tuple(fc.nat(60_000_000), action)).map((actions) =>
    actions.map(([at, deed]) => ({ at: at / 1000, ...deed })).toSorted((a, b) => a.at - b.at)
  ),
}).map((it): Story => JSON.parse(JSON.stringify(it)));

test("a link is read as the story that was printed, also by a browser's own reading of addresses", () => {
  fc.assert(fc.property(story, (story) => {
    const link = printLink(story);
    const hash = new URL(`file:///play.html#${link}`).hash;
    for (const given of [link, `#${link}`, hash]) assert.deepEqual(parseLink(given), { ok: true, story });
  }));
  assert.equal(printLink(emptyStory), "");
  assert.deepEqual(parseLink(""), { ok: true, story: emptyStory });
  const told: Story = {
    ...emptyStory,
    script: [{ at: 1.5, kind: "broadcast", node: "n0", value: "a;b" }],
    untilMs: 2,
  };
  assert.equal(printLink(told), "until=2&script=1.5+broadcast+n0+%22a;b%22");
});

test("`hearsay sim` reads the command as the same settings, out of a shell", () => {
  const read = (command: string) => {
    // What a shell makes of it, a word a line.
    const words = execFileSync("sh", ["-c", `printf '%s\\0' ${command}`], { encoding: "utf8" }).split("\0");
    const parsed = parseSim(words.slice(2, -1), {});
    assert.ok(parsed.ok, parsed.ok ? "" : parsed.mistakes.join());
    return parsed.config.exams[0]?.settings;
  };
  fc.assert(
    fc.property(story, (story) => {
      fc.pre(story.rate === 0 || story.rate >= 0.001);
      const command = commandOf(story);
      if (command === undefined) return;
      assert.deepEqual(read(command), settingsOf(story));
    }),
    { numRuns: 60 },
  );
  assert.equal(commandOf(emptyStory), undefined);
  assert.equal(
    commandOf({
      ...emptyStory,
      untilMs: 1,
      script: [{ at: 0.5, kind: "broadcast", node: "n0", value: "it's" }],
    }),
    `hearsay sim --seed 1 --node-count 9 --latency 100 --time-limit 0.1 --script '0.5 broadcast n0 "it'\\''s"'`,
  );
});

test("what is wrong with a link is said, each mistake in a sentence", () => {
  const mistakes = (link: string) => {
    const parsed = parseLink(link);
    return parsed.ok ? [] : parsed.mistakes;
  };
  assert.deepEqual(mistakes("#seed=-1&node-count=51&latency=1e3&rate=501&protocol=raft"), [
    'In the link, node-count must be a whole number from 1 to 50, and is "51".',
    'In the link, seed must be a whole number from 0 to 4294967295, and is "-1".',
    `In the link, protocol must be one of ${protocolNames.join(", ")}, and is "raft".`,
    'In the link, latency must be a number from 0 to 10000, and is "1e3".',
    'In the link, rate must be a number from 0 to 500, and is "501".',
  ]);
  assert.deepEqual(mistakes("script=1+kill+n9&node-count=3"), [
    'In the script, action 1 ("1 kill n9"): \'kill\' takes NODE, one of n0, n1, n2 (there is no node "n9").',
  ]);
  assert.deepEqual(mistakes(`script=${limits.UNTIL_MS_MAX + 1}+heal`), [
    "In the script, no action may be later than 600000 ms.",
  ]);
  assert.deepEqual(
    mistakes("until=600001"),
    ['In the link, until must be a whole number from 0 to 600000, and is "600001".'],
  );
  assert.deepEqual(mistakes("<b>=1&<b>=2"), ['The link has an unknown field "<b>".']);
  assert.match(
    mistakes(`script=${"1+heal;".repeat(SCRIPT_ACTIONS_MAX + 1)}`)[0] ?? "",
    /at most 10000 actions/,
  );
  assert.deepEqual(mistakes(`#${"x".repeat(LINK_CHARS_MAX)}`), [
    "The link is longer than 200000 characters.",
  ]);
  assert.equal(mistakes(`seed=${"9".repeat(1000)}`)[0]?.includes("9…"), true);
});

const name = fc.constantFrom("seed", "node-count", "latency", "script", "protocol", "until", "evil");
const fields = fc.array(fc.tuple(name, fc.string())).map((pairs) => new URLSearchParams(pairs).toString());

test("whatever a link says, reading it ends, and a story that is read is within all limits", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fields), (link) => {
    const parsed = parseLink(link);
    if (parsed.ok) assert.ok(parsed.story.nodeCount <= limits.NODES_MAX);
    else assert.ok(parsed.mistakes.length > 0 && parsed.mistakes.every((each) => each.endsWith(".")));
  }));
});
