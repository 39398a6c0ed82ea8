/** The live line of an examination: how far it has come, and what is going on. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { liveLine } from "../../../../lib/commands/exam/live_line.ts";
import type { ExaminationProgress } from "../../../../lib/workbench/progress.ts";
import { Examination } from "../../../../lib/workbench/examination.ts";
import { defaults } from "../../../../lib/workbench/settings.ts";
import { VirtualScheduler } from "../../../../lib/workbench/world/scheduler.ts";
import { echoes } from "../../../sim/workloads/nodes.ts";

test("the live line says what is counted, by the workload", () => {
  const scheduler = new VirtualScheduler();
  const settings = { ...defaults, workload: "echo", timeLimitS: 2, recoveryS: 1 } as const;
  const seen: ExaminationProgress[] = [];
  const hosts = echoes.right(1, scheduler, {});
  const onProgress = (now: ExaminationProgress): unknown => seen.push(now);
  new Examination({ settings, scheduler, hosts, seesInside: true, onProgress }).start(() => {});
  scheduler.run();
  const lines = seen.map((now) => liveLine(now, "mine"));
  assert.equal(lines[0], "mine  bringing up the nodes");
  assert.match(lines.at(-1) ?? "", /^mine {3}3 of 3 s {2}done: (\d+) operations, \1 echoes, 0 messages$/);
});
