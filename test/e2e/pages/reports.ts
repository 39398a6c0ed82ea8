/** Reports for the browser of the tests, with the page's script as it is in the sources now. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { examineProcesses } from "../../../lib/commands/exam/processes.ts";
import { pageScript } from "../../../lib/pages/scripts.ts";
import { reportHtml } from "../../../lib/workbench/report/html/report.ts";
import { Recorder } from "../../../lib/workbench/report/recording.ts";
import type { Run } from "../../../lib/workbench/report/run.ts";
import { defaults, type Settings } from "../../../lib/workbench/settings.ts";
import type { Program } from "../../../lib/workbench/world/process.ts";
import { aboutOf } from "../../shared/some_run.ts";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

let script: Promise<string> | undefined;

/** Bundled once, so that no stale one is tested. */
export function freshScript(): Promise<string> {
  return script ??= bundled();
}

async function bundled(): Promise<string> {
  const { status, stderr } = spawnSync(`${root}node_modules/.bin/bun`, ["lib/pages/bundle.ts"], {
    cwd: root,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  return await pageScript("report");
}

export function write(folder: string, name: string, run: Run, script: string): string {
  const file = join(folder, `${name}.html`);
  writeFileSync(file, reportHtml(run, script));
  return file;
}

/** Somebody's program, in real time. */
export async function foreignRun(program: Program, changes: Partial<Settings>): Promise<Run> {
  const recorder = new Recorder();
  const settings = { ...defaults, ...changes };
  const results = await examineProcesses({
    ...{ settings, program, recorder },
    onProgress: () => {},
  });
  return { about: aboutOf(settings, results), recording: recorder.recording, results };
}
