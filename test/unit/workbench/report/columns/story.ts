/** A small story by hand: values that are told, brought, lost on their way and forgotten, in the columns of a report. */
import type { Body, Json } from "../../../../../lib/core/message.ts";
import { columnsOf } from "../../../../../lib/workbench/report/columns/columns_of.ts";
import { Messages } from "../../../../../lib/workbench/report/columns/messages.ts";
import { toldAtOf, wayOf } from "../../../../../lib/workbench/report/columns/way.ts";
import { Recorder } from "../../../../../lib/workbench/report/recording.ts";
import type { Run } from "../../../../../lib/workbench/report/run.ts";
import { fatesOf } from "../../../../../lib/workbench/report/values/fates.ts";
import type { Drop } from "../../../../../lib/workbench/world/traffic.ts";
import { someRun } from "../../../../shared/some_run.ts";

export class Story {
  readonly recorder = new Recorder();
  #index = 0;

  tells(node: string, value: Json, at: number): this {
    const op = { index: this.#index++, time: at, process: 0, thread: 0, node, value, final: false };
    const invocation = { ...op, f: "broadcast", type: "invoke" } as const;
    this.recorder.operation({ ...invocation, type: "ok" }, invocation);
    const envelope = { src: "c1", dest: node, body: { type: "broadcast", message: value } };
    this.recorder.passed({ envelope, sentAt: at, endedAt: at });
    return this;
  }

  sends(src: string, dest: string, [sentAt, endedAt]: [number, number], body: Body, dropped?: Drop): this {
    this.recorder.passed({ envelope: { src, dest, body }, sentAt, endedAt, dropped });
    return this;
  }

  /** Among results that have nothing to do with it. */
  run(nodes: readonly string[]): Run {
    const run = someRun({ settings: { nodeCount: nodes.length, timeLimitS: 1, recoveryS: 0 } });
    return { ...run, about: { ...run.about, nodes }, recording: this.recorder.recording };
  }

  /** The columns, and the way of each value by its place. */
  told(nodes: readonly string[]) {
    const run = this.run(nodes);
    const columns = columnsOf(run, fatesOf(run));
    const messages = new Messages(columns);
    return { columns, messages, way: (value: number) => wayOf(columns, messages, toldAtOf(columns), value) };
  }
}

export function brings(...values: Json[]): Body {
  return { type: "push", runs: [["n0", 1, values]] };
}
