/** What is kept of an examination, where that is asked for, and the files that it is written to. */
import { type FileHandle, open } from "node:fs/promises";
import { codeOf, messageOf } from "../../../transports/errno.ts";
import { eventsOf } from "../../workbench/report/events/write.ts";
import { Recorder } from "../../workbench/report/recording.ts";
import type { About, Limit, Run } from "../../workbench/report/run.ts";
import { VERSION } from "../flags/command_names.ts";
import { fail, FAILED, type Io } from "../terminal/io.ts";
import { figureNames } from "./figures.ts";
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

interface Target {
  readonly path: string;
  readonly file: FileHandle;
  /** "the events", as people read it. */
  readonly what: string;
  readonly pieces: (run: Run) => Iterable<string>;
}

/** Text is gathered up to about so many characters before it is written. */
const PIECE_CHARS = 262_144;

/** Examines with files that are open, and writes them; resolves to the exit status. */
export async function withFiles(
  wanted: Wanted,
  io: Io,
  examine: (files: RunFiles) => Promise<number>,
): Promise<number> {
  const targets: Target[] = [];
  try {
    // Before the run, so that nobody waits for a run that cannot be written.
    for (const { path, ...target } of targetsOf(wanted)) {
      targets.push({ ...target, path, file: await opened(path) });
    }
    const files = new RunFiles(targets);
    const status = await examine(files);
    return await files.write(io) ? status : FAILED;
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

  /** Resolves to false where a file could not be written, and says why. */
  async write(io: Io): Promise<boolean> {
    if (this.#kept?.recorder === undefined) return true;
    const { run: { results }, recorder } = this.#kept;
    const run: Run = { about: aboutOf(this.#kept), recording: recorder.recording, results };
    for (const target of this.#targets) {
      const fault = await written(target, run);
      if (fault !== undefined) {
        io.err(`Cannot write ${JSON.stringify(target.path)}: ${fault}\n`);
        return false;
      }
      io.err(`Wrote ${target.path}: ${target.what} of seed ${results.seed}.\n`);
    }
    return true;
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
    nodes: nodes ?? Array.from({ length: exam.settings.nodeCount }, (_, i) => `n${i}`),
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

function targetsOf({ events }: Wanted): Omit<Target, "file">[] {
  return events === undefined ? [] : [{ path: events, what: "the events", pieces: lines }];
}

function* lines(run: Run): Iterable<string> {
  for (const event of eventsOf(run, VERSION)) yield `${JSON.stringify(event)}\n`;
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path, "w");
  } catch (error) {
    throw new Error(`Cannot write ${JSON.stringify(path)}: ${whyNot(error)}`, { cause: error });
  }
}

/** Resolves to what went wrong, if anything. */
async function written({ file, pieces }: Target, run: Run): Promise<string | undefined> {
  try {
    let piece = "";
    for (const text of pieces(run)) {
      piece += text;
      if (piece.length < PIECE_CHARS) continue;
      await file.write(piece);
      piece = "";
    }
    await file.write(piece);
    return undefined;
  } catch (error) {
    return whyNot(error);
  }
}

const faults: Readonly<Record<string, string>> = {
  ENOENT: "there is no such directory",
  ENOTDIR: "what should be a directory is none",
  EISDIR: "it is a directory",
  EACCES: "permission is denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
};

function whyNot(error: unknown): string {
  return faults[codeOf(error) ?? ""] ?? messageOf(error);
}
