/** How a node that lives long takes memory and compiles. Bun reads that from the environment as a process begins, and at no other time. */
import process from "node:process";
import { isCompiled } from "../../runtime/compiled.ts";

/**
 * What each buys is measured in test/bench/README.md. Names and effects belong to the Bun that is compiled in: another
 * one may refuse to start with a name that it does not know, so source is left alone.
 */
export const RUNTIME_SETTINGS: Readonly<Record<string, string>> = {
  // Gaps between what is in use stay with the process: given back, they are touched again soon, a fault each page.
  MIMALLOC_PURGE_HOLES: "0",
  BUN_JSC_decommitUnusedMarkedBlockPages: "0",
  // Only small functions are compiled once more, by the slowest compiler: for large ones it takes seconds of CPU from the node.
  BUN_JSC_maximumFTLCandidateBytecodeCost: "2000",
};

/** Begins the same process anew with the settings that its environment lacks; what that says already stays. */
export function takeRuntimeSettings(): void {
  const { env, execPath } = process;
  const isSettled = Object.keys(RUNTIME_SETTINGS).every((name) => env[name] !== undefined);
  if (isSettled || !isCompiled()) return;
  try {
    process.execve?.(execPath, [execPath, ...process.argv.slice(2)], { ...RUNTIME_SETTINGS, ...env });
  } catch {
    // Where no process may begin anew, it goes on as it is, with more memory and more work.
  }
}
