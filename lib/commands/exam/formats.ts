/** What a run can be written as: a page, events, or a log for ShiViz. */
import type { Run } from "../../workbench/report/run.ts";
import { pageScript } from "../../pages/scripts.ts";
import { VERSION } from "../flags/command_names.ts";

export const formats = ["html", "events", "shiviz"] as const;
export type Format = typeof formats[number];

/** How a run is written, piece by piece. Its code is only loaded when it is asked for; rejects with a sentence where something of it is missing. */
export type Writer = (run: Run) => Iterable<string>;

export async function writerOf(format: Format): Promise<Writer> {
  switch (format) {
    case "html": {
      const script = await pageScript("report");
      const { reportHtml } = await import("../../workbench/report/html/report.ts");
      return (run) => [reportHtml(run, script)];
    }
    case "events": {
      const { eventsOf } = await import("../../workbench/report/events/write.ts");
      return (run) => eventsOf(run, VERSION).map((event) => `${JSON.stringify(event)}\n`);
    }
    case "shiviz":
      return (await import("../../workbench/report/events/shiviz.ts")).shivizLog;
  }
}
