/** The flag for a script: what it brings along, what may stand beside it, and each mistake in it. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { parseSim } from "../../../../lib/commands/config/exam/exam.ts";
import { parseTest } from "../../../../lib/commands/config/exam/real.ts";
import { SCRIPT_FILE_BYTES_MAX } from "../../../../lib/commands/config/exam/script.ts";
import { describeSettings, replayCommand } from "../../../../lib/commands/exam/describe.ts";
import { isAsPublished } from "../../../../lib/commands/exam/targets.ts";
import { inFolder } from "../../../shared/in_folder.ts";
import { configOf, mistakesOf } from "./parsed.ts";

const sim = (...args: string[]) => parseSim(args, {});

function only(...args: string[]) {
  const [exam] = configOf(sim(...args)).exams;
  assert.ok(exam);
  return exam;
}

test("a script alone: no random load, no nemesis, and the load ends with the last action", () => {
  for (const parse of [parseSim, parseTest]) {
    const [exam] = configOf<{ exams: readonly { settings: unknown }[] }>(
      parse(["--script", "2000 heal; 500 broadcast n0 17"], {}),
    ).exams;
    assert.partialDeepStrictEqual(exam?.settings, {
      rate: 0,
      timeLimitS: 2,
      nemesis: [],
      script: "500 broadcast n0 17; 2000 heal",
    });
  }
});

test("beside a script: what is given, and what a challenge brings along", () => {
  const { settings } = only("--script", "9 read n0", "--rate", "5", "--nemesis", "kill", "--time-limit", "3");
  assert.partialDeepStrictEqual(settings, { rate: 5, nemesis: ["kill"], timeLimitS: 3, script: "9 read n0" });
  const challenged = only("--challenge", "3c", "--script", "9 read n0");
  assert.partialDeepStrictEqual(challenged.settings, { rate: 10, nemesis: ["partition"], timeLimitS: 20 });
  assert.ok(challenged.challenge && !isAsPublished(challenged.challenge, challenged.settings));
});

test("a script in a file, which may be missing", () =>
  inFolder(async (folder) => {
    const file = join(folder, "script");
    await writeFile(file, "# A comment.\n5 read n1\n");
    assert.equal(only("--script", `@${file}`).settings.script, "5 read n1");
    const [mistake, ...more] = mistakesOf(sim("--script", `@${file}s`));
    assert.equal(
      mistake,
      "Cannot run 'sim' as '--script' must be a script in a file that can be read (there is no such file): " +
        `current value is "@${file}s"`,
    );
    assert.deepEqual(more, []);
  }));

test("a script in a file is read up to SCRIPT_FILE_BYTES_MAX", () =>
  inFolder(async (folder) => {
    const file = join(folder, "script");
    const action = "5 read n1\n";
    await writeFile(file, action.padStart(SCRIPT_FILE_BYTES_MAX));
    assert.equal(only("--script", `@${file}`).settings.script, "5 read n1");
    await writeFile(file, action.padStart(SCRIPT_FILE_BYTES_MAX + 1));
    const [mistake] = mistakesOf(sim("--script", `@${file}`));
    assert.match(mistake ?? "", /it is longer than 16777216 bytes/);
  }));

test("a mistake in a script names the action, and is said once", () => {
  assert.deepEqual(mistakesOf(sim("--script", "5 read n1; 7 kill n3", "--node-count", "3")), [
    "Cannot run 'sim' as '--script' must be right in its action 2, and 'kill' takes NODE, one of n0, n1, n2 " +
    '(there is no node "n3"): current value is "7 kill n3"',
  ]);
  assert.deepEqual(mistakesOf(parseSim([], { HEARSAY_SCRIPT: "5 hug n0" })).length, 1);
  assert.match(
    mistakesOf(parseSim([], { HEARSAY_SCRIPT: "5 hug n0" }))[0] ?? "",
    /'HEARSAY_SCRIPT' must be right/,
  );
  assert.match(mistakesOf(sim("--script", "# nothing"))[0] ?? "", /must be actions, as/);
  assert.deepEqual(mistakesOf(sim("--script", "5 read n1; 3001 heal", "--time-limit", "3")), [
    `Cannot run 'sim' as '--script' must be over within --time-limit 3: current value is "3001 heal"`,
  ]);
});

test("a script is said in words, and is part of the command that runs it again", () => {
  const exam = only("--script", '5 broadcast n0 "it\'s"; 2000 cut n0|rest');
  assert.match(describeSettings(exam.settings), /^5 nodes, a script of 2 actions in 2 s, no latency$/);
  const again = replayCommand(exam, 1, []);
  assert.equal(again, `hearsay sim --seed 1 --script '5 broadcast n0 "it'\\''s"; 2000 cut n0|rest'`);
  const more = only("--script", "5 read n0", "--rate", "3", "--nemesis", "pause");
  assert.match(
    describeSettings(more.settings),
    /^5 nodes, 3 operations a second beside a script of 1 action in 0.005 s, no latency, pauses come and go$/,
  );
});
