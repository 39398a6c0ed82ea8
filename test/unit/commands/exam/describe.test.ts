/** Settings in words, and the command that makes the same run again. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSim } from "../../../../lib/commands/config/exam/exam.ts";
import { describeSettings, replayCommand } from "../../../../lib/commands/exam/describe.ts";
import { defaults } from "../../../../lib/workbench/settings.ts";

test("the replay command names what differs, and parses to the same examination", () => {
  const command = [
    ...["--challenge", "3d", "--nemesis", "loss,partition", "--grudge", "n0|rest", "--loss", "0.2"],
    ...["--delivery-budget", "900", "--topology", "line", "--cuts", "5,2.5", "--bandwidth", "2.5m"],
  ];
  const before = parseSim([...command, "--data", "--without", "retry"], {});
  assert.ok(before.ok);
  const [exam] = before.config.exams;
  assert.ok(exam);
  const again = replayCommand(exam, 7, before.config.without);
  assert.equal(
    again,
    "hearsay sim --seed 7 --challenge 3d --bandwidth 2500000 --topology line --nemesis loss,partition --grudge 'n0|rest' --cuts 5,2.5 " +
      "--loss 0.2 --data --delivery-budget 900 --without retry",
  );
  const words = again.replaceAll("'", "").split(" ").slice(2);
  const after = parseSim(words, {});
  const seeded = { ...exam, settings: { ...exam.settings, seed: 7 } };
  assert.deepEqual(after, { ok: true, config: { ...before.config, exams: [seeded] } });
});

test("settings are said in words", () => {
  const settings = {
    ...defaults,
    nodeCount: 1,
    latencyMs: 100,
    latencyDist: "uniform",
    bandwidthBps: 512_000,
  } as const;
  assert.equal(
    describeSettings({ ...settings, nemesis: ["partition", "loss", "kill"] }),
    "1 node, 10 operations a second for 20 s, 100 ms latency (uniform), 512 kbit/s a link, partitions and kills come and go, 10 % loss",
  );
  const cuts = { nemesis: ["partition"], cutsS: [5, 1.5], grudge: "one" } as const;
  assert.equal(
    describeSettings({ ...defaults, ...cuts }, true),
    "5 nodes, 10 operations a second for 20 s, partitions of 5, 1.5 s (one) come and go",
  );
  const logs = "5 nodes with logs, 10 operations a second for 20 s, no latency";
  assert.equal(describeSettings({ ...defaults, durable: true }), `${logs}, no faults`);
  assert.equal(
    describeSettings({ ...defaults, nemesis: ["disk", "stall"] }),
    `${logs}, failing disks and stalls come and go`,
  );
  assert.equal(
    describeSettings({ ...defaults, durable: true, nemesis: ["membership", "kill"] }),
    `${logs}, members and kills come and go`,
  );
});
