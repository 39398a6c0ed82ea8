/** The ablation: what it is told to switch off, what it calls a change, and the table that it prints. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { mechanisms } from "../../../lib/core/mechanisms.ts";
import { defaults } from "../../../lib/workbench/settings.ts";
import { readOptions } from "../../bench/ablate/options.ts";
import { type Answer, run } from "../../bench/ablate/run.ts";
import { type Scene, scenes } from "../../bench/ablate/scenes.ts";
import { changesOf, storyText, tableOf } from "../../bench/ablate/table.ts";

const scene: Scene = {
  title: "a scene",
  settings: (seed) => ({ ...defaults, seed }),
  figures: ["msgs-per-op", "heal", "busiest"],
};

function answer(...figures: Answer["figures"]): Answer {
  return { valid: true, figures };
}

test("readOptions(): everything by default, or some of it; what is wrong is said", () => {
  assert.deepEqual(readOptions([]), { only: mechanisms, seeds: 2, least: 0.1 });
  assert.deepEqual(readOptions(["--only", "retry,repair", "--seeds", "5", "--least", "0.05"]), {
    only: ["retry", "repair"],
    seeds: 5,
    least: 0.05,
  });
  for (const args of [["--only", "retry,magic"], ["--seeds", "0"], ["--least", "1"], ["--rows", "3d"]]) {
    const mistakes = readOptions(args);
    assert.ok("length" in mistakes && mistakes.length === 1, args.join(" "));
  }
});

test("run(): each scene has the figures that it names, and is what a mechanism matters in", () => {
  const index = scenes.findIndex(({ title }) => title === "3b");
  const [whole, lacking] = [
    run({ scene: index, seed: 1 }),
    run({ scene: index, seed: 1, without: "retry" }),
  ];
  assert.equal(whole.valid, true);
  assert.equal(whole.figures.length, scenes[index]?.figures.length);
  assert.deepEqual(run({ scene: index, seed: 1 }), whole);
  assert.equal(lacking.valid, true);
});

test("changesOf(): the mean of the seeds, where it differs by more than chance", () => {
  const whole = [answer(1, 200, 50), answer(2, 400, 50)];
  const changes = (...lacking: Answer[]) => changesOf({ scene, whole, lacking }).map(({ text }) => text);
  assert.deepEqual(changes(...whole), []);
  assert.deepEqual(changes(answer(1.02, 210, 51), answer(2.02, 410, 51)), []);
  assert.deepEqual(changes(answer(3, 100, 100), answer(4, 200, 100)), [
    "msgs/op 1.50 (3.50)",
    "after heals 300 (150)",
    "busiest/s 50 (100)",
  ]);
  // One seed says the opposite of the other.
  assert.deepEqual(changes(answer(0.5, 100, 50), answer(4, 600, 50)), []);
  assert.deepEqual(changes(answer(1, "never", 50), answer(2, 400, 50)), ["after heals 300 (never)"]);
  assert.deepEqual(changes({ ...answer(1, null, 50), valid: false }, answer(2, 400, 50)), [
    "valid 2 of 2 (1)",
  ]);
});

test("storyText(): three figures of a number, and what never comes", () => {
  const figure = (without: readonly string[]) => without.length > 0 ? Infinity : 1_234.5;
  assert.equal(
    storyText({ tells: "a cut", unit: "ms", figure, most: 2_000 }, "retry"),
    "a cut; ms: 1230 (never)",
  );
});

test("tableOf(): what gets worse is what a mechanism buys, what gets better is what it costs", () => {
  const table = tableOf(
    new Map([
      ["retry", [{ scene, whole: [answer(1, 200, 50)], lacking: [answer(2, 100, 50)] }]],
      ["repair", [{ scene, whole: [answer(1, 200, 50)], lacking: [answer(1, 200, 50)] }]],
    ]),
    new Map([["retry", "a story; ms: 1 (2)"]]),
    0.1,
  );
  assert.deepEqual(table.split("\n").slice(2), [
    "| retry | a story; ms: 1 (2) | a scene: msgs/op 1.00 (2.00) | a scene: after heals 200 (100) |",
    "| repair | – | – | – |",
    "",
  ]);
});
