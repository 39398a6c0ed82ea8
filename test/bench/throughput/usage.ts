/** What processes take of the machine, as the kernel counts it. */
import { readFileSync } from "node:fs";

/** Of /proc/PID/stat; the same on every Linux that is not built by oneself. */
const TICKS_PER_SECOND = 100;
/** Of what stands behind the name, which may hold anything. */
const UTIME = 11;
const STIME = 12;

/** Seconds of processor time, over all threads, also those that have ended. */
export function cpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ticksOf(pid), 0) / TICKS_PER_SECOND;
}

function ticksOf(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return Number(fields[UTIME]) + Number(fields[STIME]);
}

export interface Memory {
  readonly residentMb: number;
  /** The most it ever was. */
  readonly peakMb: number;
}

export function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/status`, "utf8");
  const mb = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, "m").exec(text)?.[1]) / 1024;
  return { residentMb: mb("VmRSS"), peakMb: mb("VmHWM") };
}
