/** Another commit of this repository, checked out beside this tree for as long as it is needed. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Worktree {
  readonly root: string;
  /** Its short hash. */
  readonly commit: string;
}

/** The commit's short hash; undefined where there is no such commit. */
export function commitOf(repository: string, name: string): string | undefined {
  try {
    return git(
      repository,
      "rev-parse",
      "--verify",
      "--quiet",
      "--short",
      "--end-of-options",
      `${name}^{commit}`,
    );
  } catch {
    return undefined;
  }
}

/** With the packages of the repository's own tree. */
export function openWorktree(repository: string, commit: string, within = tmpdir()): Worktree {
  const folder = mkdtempSync(join(within, "hearsay-bench-"));
  const root = join(folder, "tree");
  try {
    git(repository, "worktree", "add", "--quiet", "--detach", root, commit);
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
  symlinkSync(join(repository, "node_modules"), join(root, "node_modules"), "dir");
  return { root, commit };
}

export function closeWorktree(repository: string, { root }: Worktree): void {
  // First of all the way into this tree's packages, lest anybody follow it.
  unlinkSync(join(root, "node_modules"));
  git(repository, "worktree", "remove", "--force", root);
  rmSync(join(root, ".."), { recursive: true });
}

/** What measures one group, where it stands today and where earlier commits have it. */
const RUNS = ["test/bench/micro/run.ts", "test/bench/run.ts"];

/** That of a tree. */
export function runIn(root: string): string {
  const [today = ""] = RUNS;
  return join(root, RUNS.find((path) => existsSync(join(root, path))) ?? today);
}

/** Both trees are to be measured by the same benches. */
export function lendBenches(repository: string, { root }: Worktree): void {
  rmSync(join(root, "test/bench"), { recursive: true, force: true });
  cpSync(join(repository, "test/bench"), join(root, "test/bench"), { recursive: true });
}

/** Puts back the commit's own benches. Returns whether it has any. */
export function returnBenches({ root }: Worktree): boolean {
  rmSync(join(root, "test/bench"), { recursive: true, force: true });
  if (git(root, "ls-tree", "HEAD", ...RUNS) === "") return false;
  git(root, "restore", "test/bench");
  return existsSync(runIn(root));
}

function git(folder: string, ...args: readonly string[]): string {
  return execFileSync("git", [...args], { cwd: folder, encoding: "utf8", stdio: "pipe" }).trim();
}
