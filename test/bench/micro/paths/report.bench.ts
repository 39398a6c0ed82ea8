/** How long the page of a run takes to write, and how long it is. */
import { Recorder } from "../../../../lib/workbench/report/recording.ts";
import type { Run } from "../../../../lib/workbench/report/run.ts";
import { defaults, type ProtocolName } from "../../../../lib/workbench/settings.ts";
import { simulate } from "../../../../lib/workbench/world/sim.ts";
import { type Case, figure, type Group, type Sizes, timed, written } from "../cases.ts";

// Another tree may not have it yet.
const report = await import("../../../../lib/workbench/report/html/report.ts").catch(() => undefined);

const NODES = 25;

export function reports({ messages }: Sizes): Group[] {
  const title = `report of ${figure(messages)} messages among ${NODES} nodes`;
  // Each value goes to all others once by each node that hears of it first, or by the one that was told.
  const runs = [
    { name: "flood, few values", protocol: "flood", values: messages / (NODES - 1) ** 2 },
    { name: "first-forwarder, many values", protocol: "first-forwarder", values: messages / (NODES - 1) },
  ] as const;
  const cases = (work: (run: Run) => unknown) => (): readonly Case[] =>
    runs.map(({ name, protocol, values }) => ({
      name,
      start: () => {
        const run = recorded(protocol, Math.ceil(values), messages);
        return () => work(run);
      },
    }));
  return [
    timed(`${title}: time`, "report", 1, cases(pageOf)),
    written(`${title}: size`, "report", 1, cases((run) => pageOf(run).length)),
  ];
}

function pageOf(run: Run): string {
  if (report === undefined) throw new Error("there are no reports");
  return report.reportHtml(run, "");
}

function recorded(protocol: ProtocolName, values: number, messages: number): Run {
  const recorder = new Recorder();
  const timeLimitS = 10;
  const rate = values / timeLimitS;
  const load = { rate, readShare: 0.01, timeLimitS, recoveryS: 1 };
  const settings = { ...defaults, ...load, nodeCount: NODES, protocol, latencyMs: 20, startUpMs: 0 };
  const results = simulate(settings, { recorder });
  const { recording } = recorder;
  const said = { headline: "A bench.", verdict: "Valid.", passed: true, reasons: [], command: undefined };
  const nodes = Array.from({ length: NODES }, (_, i) => `n${i}`);
  return {
    about: { ...said, world: "sim", nodes, limits: [] },
    recording: { ...recording, passages: recording.passages.slice(0, messages) },
    results,
  };
}
