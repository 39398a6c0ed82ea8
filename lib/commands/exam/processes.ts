/** Examines real processes, started here: one for each node. */
import { Examination, type ExaminationOptions } from "../../workbench/examination.ts";
import { isWorkload } from "../../runtime/workloads/names.ts";
import type { ExaminationProgress } from "../../workbench/progress.ts";
import type { Recorder } from "../../workbench/report/recording.ts";
import type { Settings } from "../../workbench/settings.ts";
import type { NetLog } from "../../workbench/world/network.ts";
import type { Results } from "../../workbench/verdict/results.ts";
import { itself, processHosts, type ProcessOptions } from "../../workbench/world/process.ts";
import { RealScheduler } from "../../workbench/world/scheduler.ts";
import { retainText } from "../config/retain.ts";
import type { Exam } from "../config/exam/exam.ts";

export interface ProcessesExam extends Pick<ExaminationOptions, "hurried" | "loads"> {
  readonly settings: Settings;
  readonly program: ProcessOptions;
  readonly onProgress: (now: ExaminationProgress) => void;
  readonly recorder?: Recorder | undefined;
  readonly netLog?: NetLog | undefined;
}

/** One examination in real time; resolves when every process is gone. */
export async function examineProcesses({ program, ...options }: ProcessesExam): Promise<Results> {
  const hosts = processHosts(program);
  const scheduler = new RealScheduler();
  const results = await new Promise<Results>((resolve) => {
    new Examination({ ...options, scheduler, hosts, seesInside: false }).start(resolve);
  });
  scheduler.close();
  await hosts.stopped();
  return results;
}

/** Our own node, told of a protocol, a workload, what it keeps and a budget if there are any, and `args` do not say so. */
export function ownProgram(
  { settings: { protocol, workload, retain }, deliveryBudgetMs }: Pick<Exam, "settings" | "deliveryBudgetMs">,
  args: readonly string[] = [],
): ProcessOptions {
  const { bin, args: first } = itself();
  const runs = protocol === undefined ? [] : ["--protocol", protocol];
  const isSaid = args.some((arg) => /^(-w|--workload)(=|$)/.test(arg));
  const serves = workload === undefined || !isWorkload(workload) || isSaid ? [] : ["--workload", workload];
  const keeps = retain === undefined ? [] : ["--retain", retainText(retain)];
  const budget = deliveryBudgetMs === undefined ? [] : ["--delivery-budget", String(deliveryBudgetMs)];
  return { bin, args: [...first, ...runs, ...serves, ...keeps, ...budget, ...args] };
}
