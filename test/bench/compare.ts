/** `npm run bench:compare -- BASE`: measures another commit and this tree in turns, in one run, and prints the ratios. */
import process from "node:process";
import { COMPARED, type Group } from "./micro/cases.ts";
import { chosen, PATHS } from "./micro/groups.ts";
import type { Report } from "./micro/measure.ts";
import { noGroup, type Options, readOptions } from "./micro/options.ts";
import { type Ratio, ratiosOf, ratiosText, summaryText } from "./micro/ratios.ts";
import { ownRuntime, ROOT, Runner, type Runtime } from "./micro/runtimes.ts";
import { closeWorktree, commitOf, lendBenches, openWorktree, returnBenches } from "./micro/worktree.ts";
import type { Worktree } from "./micro/worktree.ts";
import { messageOf } from "../../transports/errno.ts";
import { refuse, runTool } from "../shared/tool.ts";

const TURNS = 9;

const USAGE = `npm run bench:compare -- BASE [WORDS] [flags]
  BASE              a commit, to be measured beside this tree as it stands
  WORDS             measure only these paths (${PATHS.join(", ")}), or groups with these words in their title
  --turns N         measure each tree so often (${TURNS})
  --runtime NAME    bun or deno (the one that runs this)
  --json            print the ratios as JSON
`;

interface Task {
  readonly commit: string;
  readonly groups: readonly Group[];
  readonly turns: number;
  readonly runtime: Runtime;
  readonly show: (text: string) => void;
}

/** Whoever interrupts wants no worktree left behind: what runs is ended, and with it whatever waits for it. */
const running = new Set<Runner>();
let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    interrupted = true;
    for (const runner of running) runner.close();
  });
}

await runTool({ usage: USAGE, read: readOptions, run: main });

async function main(options: Options): Promise<number | void> {
  const { words: [base, ...words], runtime = ownRuntime(), turns = TURNS, json } = options;
  if (base === undefined) return refuse(["Cannot run as BASE must be given: it is missing"]);
  const commit = commitOf(ROOT, base);
  if (commit === undefined) {
    return refuse([`Cannot run as BASE must be a commit: current value is "${base}"`]);
  }
  const groups = chosen(COMPARED, words);
  if (groups.length === 0) return refuse([noGroup(words)]);
  try {
    const ratios = await compared({ commit, groups, turns, runtime, show: json ? () => {} : print });
    if (json) print(`${JSON.stringify(ratios, undefined, 2)}\n`);
  } catch (error) {
    process.stderr.write(interrupted ? "Interrupted\n" : `${messageOf(error)}\n`);
    return 1;
  }
}

function print(text: string): void {
  process.stdout.write(text);
}

async function compared(task: Task): Promise<Ratio[]> {
  const worktree = openWorktree(ROOT, task.commit);
  try {
    await equip(worktree, task);
    task.show(`This tree beside ${worktree.commit}, under ${task.runtime}, in ${task.turns} turns: `);
    task.show("what it takes here / what it takes there, median and range\n");
    const ratios: Ratio[] = [];
    for (const group of task.groups) {
      const pairs = await inTurns(group, task, worktree.root);
      task.show(ratiosText(group.title, pairs));
      ratios.push(...ratiosOf(pairs));
    }
    task.show(summaryText(ratios));
    return ratios;
  } finally {
    closeWorktree(ROOT, worktree);
  }
}

/** This tree's benches measure both; where they do not run on the other, that one's own do. */
async function equip(worktree: Worktree, { runtime, show }: Task): Promise<void> {
  lendBenches(ROOT, worktree);
  if (await runs(runtime, worktree)) return;
  if (!returnBenches(worktree) || !await runs(runtime, worktree)) {
    throw new Error(`No benches run on ${worktree.commit}: neither those of this tree nor its own`);
  }
  show(`The benches of this tree do not run on ${worktree.commit}, so its own measure it.\n`);
}

async function runs(runtime: Runtime, { root }: Worktree): Promise<boolean> {
  const runner = start(runtime, root, "");
  try {
    await runner.turn(false);
    return true;
  } catch {
    return false;
  } finally {
    stop(runner);
  }
}

/** Both trees are ready at the same time, and each turn begins with the other one. */
async function inTurns({ title, unit }: Group, task: Task, there: string): Promise<[Report, Report][]> {
  // What a heap weighs and what a virtual clock says is the same each time.
  const turns = unit === "ns" ? task.turns : 1;
  const { runtime } = task;
  const [mine, theirs] = [start(runtime, ROOT, title), start(runtime, there, title)];
  const pairs: [Report, Report][] = [];
  try {
    for (let turn = 0; turn < turns; turn++) {
      const again = turn < turns - 1;
      const before = turn % 2 === 0 ? undefined : await theirs.turn(again);
      pairs.push([await mine.turn(again), before ?? await theirs.turn(again)]);
    }
  } finally {
    stop(mine);
    stop(theirs);
  }
  return pairs;
}

function start(runtime: Runtime, root: string, title: string): Runner {
  if (interrupted) throw new Error("it was interrupted");
  const runner = new Runner({ runtime, root }, title, true);
  running.add(runner);
  return runner;
}

function stop(runner: Runner): void {
  running.delete(runner);
  runner.close();
}
