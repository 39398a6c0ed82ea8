/** What is kept of an examination, where that is asked for, and the files that it is written to. */
import { beforeEnding } from "../../workbench/ending_signals.ts";
import { placesOf } from "../../workbench/settings.ts";
import { unjudged } from "../../workbench/report/events/unjudged.ts";
import { Recorder } from "../../workbench/report/recording.ts";
import type { About, Limit, Run } from "../../workbench/report/run.ts";
import type { Exam } from "../config/exam/exam.ts";
import { fail, type Io } from "../terminal/io.ts";
import { OutputFile } from "../terminal/output_file.ts";
import { figureNames } from "./figures.ts";
import { type Format, type Writer, writerOf } from "./formats.ts";
import { judgedRun } from "./outcome.ts";
import { headline, type JudgedRun, passed, reasons, verdictText } from "./report.ts";
import type { Figure } from "./targets.ts";
import type { Wanted } from "./wanted.ts";

export interface Recorded {
  readonly run: JudgedRun;
  readonly world: About["world"];
  /** Absent: n0, n1, …, as many as the settings say. */
  readonly nodes?: readonly string[];
  /** Runs it once more; absent: what gives the same result, if anything does. */
  readonly command?: string;
  readonly recorder: Recorder | undefined;
}

/** A run that is not over. */
export interface Begun extends Omit<Recorded, "run"> {
  readonly exam: Exam;
  readonly subject: string;
}

const INTERRUPTED = "The run was interrupted: nothing is judged.";

interface Target {
  readonly path: string;
  /** "the events", as people read it. */
  readonly what: string;
  readonly writer: Writer;
  readonly file: OutputFile;
}

/** Examines with files that are open, and writes them; resolves to the exit status. */
export async function withFiles(
  wanted: Wanted,
  io: Io,
  examine: (files: RunFiles) => Promise<number>,
): Promise<number> {
  const targets: Target[] = [];
  try {
    // Before the run, so that nobody waits for a run that cannot be written.
    for (const [path, format, what] of filesOf(wanted)) {
      targets.push({ path, what, writer: await writerOf(format), file: await OutputFile.open(path) });
    }
    const files = new RunFiles(targets);
    const status = await examine(files);
    await files.write(io);
    return status;
  } catch (error) {
    return fail(io, error);
  } finally {
    for (const { file } of targets) await file.close();
  }
}

/** Keeps the one run of those examined that is written. */
export class RunFiles {
  readonly #targets: readonly Target[];
  #kept: Recorded | undefined;
  /** Resolves once what happened before the signal is written. */
  #interrupted: Promise<void> | undefined;

  constructor(targets: readonly Target[]) {
    this.#targets = targets;
  }

  /** For the next run; undefined where nothing is to be written. */
  recorder(): Recorder | undefined {
    return this.#targets.length === 0 ? undefined : new Recorder();
  }

  /** The run is over. */
  offer(recorded: Recorded): void {
    const isBetter = this.#kept === undefined || (passed(this.#kept.run) && !passed(recorded.run));
    if (isBetter && recorded.recorder !== undefined) this.#kept = recorded;
  }

  /** A run begins: if a signal ends it, what happened until then is written. Returns what ends this care. */
  whileRunning(begun: Begun, io: Io): () => void {
    if (this.#targets.length === 0) return () => {};
    return beforeEnding(() => this.#interrupted = this.#writeUnfinished(begun, io));
  }

  /** Rejects with a sentence where a file cannot be written. */
  async write(io: Io): Promise<void> {
    if (this.#interrupted !== undefined) await this.#interrupted;
    else if (this.#kept !== undefined) await this.#write(this.#kept, io);
    else for (const { path } of this.#targets) io.err(`${path} is empty: there is no run to write.\n`);
  }

  async #writeUnfinished(begun: Begun, io: Io): Promise<void> {
    const { exam, subject, recorder } = begun;
    recorder?.ended();
    const run = judgedRun({ subject, exam, results: unjudged(exam.settings, INTERRUPTED) }, "test");
    await this.#write({ ...begun, run }, io).catch((error: unknown) => fail(io, error));
    await io.errDrained();
  }

  async #write(recorded: Recorded, io: Io): Promise<void> {
    const { run: { results }, recorder } = recorded;
    if (recorder === undefined) return;
    const run: Run = { about: aboutOf(recorded), recording: recorder.recording, results };
    for (const { path, what, writer, file } of this.#targets) {
      await file.write(writer(run));
      io.err(`Wrote ${path}: ${what} of seed ${results.seed}.\n`);
    }
  }
}

export function aboutOf({ run, world, nodes, command = run.replay }: Omit<Recorded, "recorder">): About {
  const { exam, results, subject, must } = run;
  return {
    world,
    headline: headline(subject, exam, "", results.watched),
    verdict: verdictText(run),
    passed: passed(run),
    reasons: reasons(run),
    nodes: nodes ?? placesOf(exam.settings),
    command,
    limits: must.map(({ bound: { figure, limit }, value }): Limit => {
      const [name, unit] = figureNames[figure];
      const of = charted[figure];
      return { name, unit: unit.trim(), most: limit, value, ...of !== undefined && { of } };
    }),
  };
}

const charted: Partial<Readonly<Record<Figure, NonNullable<Limit["of"]>>>> = {
  "msgs-per-op": "messages-per-op",
  "median": "stable-median",
  "max": "stable-max",
  "true-max": "true-max",
};

function filesOf({ report, events }: Wanted): (readonly [path: string, format: Format, what: string])[] {
  return [
    ...report === undefined ? [] : [[report, "html", "the report"] as const],
    ...events === undefined ? [] : [[events, "events", "the events"] as const],
  ];
}
