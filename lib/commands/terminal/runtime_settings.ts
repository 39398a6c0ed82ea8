/** How a node that lives long takes memory and compiles. Bun reads that from the environment as a process begins, and at no other time. */
import process from "node:process";
import { isCompiled } from "../../runtime/compiled.ts";

type Settings = Readonly<Record<string, string>>;

const ALL: Settings = {
  // Pages that are free within a block of the heap stay with the process: given back, they are touched again soon, a fault each.
  BUN_JSC_decommitUnusedMarkedBlockPages: "0",
  // Only small functions are compiled once more, by the slowest compiler: for large ones it takes seconds of CPU from the node.
  BUN_JSC_maximumFTLCandidateBytecodeCost: "2000",
  // What is compiled stays: collections would throw some of it away, by its age or for what it names, to be compiled anew from the start.
  BUN_JSC_forceCodeBlockLiveness: "1",
  // A young collection after 32 MiB, in place of what is twice the heap.
  BUN_JSC_gcMaxHeapSize: "33554432",
};
const IN_MEMORY: Settings = {
  // A full collection once the heap has grown by some tenths, in place of twice or three times its size: where there are less than 16 GB, too.
  BUN_JSC_heapGrowthMaxIncrease: "0.7",
  BUN_JSC_heapGrowthFunctionThresholdInMB: "0",
  // Gaps between what is in use stay with the process, too: values take far more memory than gaps do.
  MIMALLOC_PURGE_HOLES: "0",
};
const ON_DISK: Settings = {
  // As on a machine of 200 MiB: the heap grows to twice its size while the process takes less than 160, to 1.24 times from 180 on.
  // Most of it is tables of hashes by then, and what it grows by beside them is garbage.
  BUN_JSC_forceRAMSize: "209715200",
  // Gaps go back to the system, so often, ms: as often as Bun does it is a fault for every fifth value.
  MIMALLOC_PURGE_HOLES_MIN_INTERVAL: "1000",
};

/**
 * What each buys is measured in test/bench/README.md. Names and effects belong to the Bun that is compiled in: another
 * one may refuse to start with a name that it does not know, so source is left alone.
 */
export function runtimeSettings(isOnDisk: boolean): Settings {
  return { ...ALL, ...isOnDisk ? ON_DISK : IN_MEMORY };
}

/** Begins the same process anew with the settings that its environment lacks; what that says already stays. */
export function takeRuntimeSettings(): void {
  const { argv, env, execPath } = process;
  // As flags are only read once all is loaded, which would be in vain.
  const isOnDisk = env["HEARSAY_DATA"] !== undefined || argv.some((arg) => /^--data(=|$)/.test(arg));
  const settings = runtimeSettings(isOnDisk);
  const isSettled = Object.keys(settings).every((name) => env[name] !== undefined);
  if (isSettled || !isCompiled()) return;
  try {
    process.execve?.(execPath, [execPath, ...argv.slice(2)], { ...settings, ...env });
  } catch {
    // Where no process may begin anew, it goes on as it is, with more memory and more work.
  }
}
