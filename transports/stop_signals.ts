/** The signals that ask a node to stop, and those that must not end it. */
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import process from "node:process";

export type StopSignal = "SIGTERM" | "SIGINT" | "SIGHUP" | "SIGQUIT";

/** A shell ignores SIGINT for commands in the background, but a SIGINT that is sent to a node all the same is meant. */
const always: readonly StopSignal[] = ["SIGTERM", "SIGINT"];
/** Where one of these is ignored from the start, as under nohup, it stays so; left to itself, Deno ends by it. */
const unlessIgnored: readonly StopSignal[] = ["SIGHUP", "SIGQUIT"];
/** Sent by hand or by a log rotation to programs that have a use for them. */
const harmless = ["SIGUSR1", "SIGUSR2"] as const;

export interface StopSignals {
  /** Resolves to the first one that comes; a second one of the same kind ends the process at once. */
  readonly came: Promise<StopSignal>;
  /** From here on the signals have their default effect again. */
  release(): void;
}

/** With `onHangUp`, SIGHUP calls that, and is no signal to stop. */
export function listenForStop(onHangUp?: () => void): StopSignals {
  const { promise: came, resolve } = Promise.withResolvers<StopSignal>();
  const ignored = [...harmless, ...unlessIgnored.filter(isIgnored)];
  const heeded = [...always, ...unlessIgnored].filter((name) => !ignored.includes(name));
  const stopping = heeded.filter((name) => name !== "SIGHUP" || onHangUp === undefined);
  const handlers = stopping.map((name) => [name, () => resolve(name)] as const);
  const hangUp = heeded.includes("SIGHUP") ? onHangUp : undefined;
  const ignore = () => {};
  for (const [name, onSignal] of handlers) process.once(name, onSignal);
  for (const name of ignored) process.on(name, ignore);
  if (hangUp !== undefined) process.on("SIGHUP", hangUp);
  const release = () => {
    for (const [name, onSignal] of handlers) process.off(name, onSignal);
    for (const name of ignored) process.off(name, ignore);
    if (hangUp !== undefined) process.off("SIGHUP", hangUp);
  };
  return { came, release };
}

/** Only Linux tells. */
function isIgnored(name: StopSignal): boolean {
  try {
    const mask = /^SigIgn:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
    return (BigInt(`0x${mask}`) >> BigInt(constants.signals[name] - 1) & 1n) === 1n;
  } catch {
    return false;
  }
}
