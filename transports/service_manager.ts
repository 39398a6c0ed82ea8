/** Tells the service manager that has started this process, as systemd does with Type=notify, how the process stands. */
import { spawn } from "node:child_process";
import { codeOf, messageOf } from "./errno.ts";

/** The program that comes with systemd: what it sends goes to a socket of a kind that no runtime opens by itself. */
const NOTIFY = "systemd-notify";

/** `onFault` is called with a sentence where the manager wants to be told and cannot be; without a manager nothing happens. */
export function tellServiceManager(
  state: "READY=1" | "STOPPING=1",
  env: Readonly<Record<string, string | undefined>>,
  onFault: (text: string) => void,
): void {
  if ((env["NOTIFY_SOCKET"] ?? "") === "") return;
  const fail = (why: string) => onFault(`the service manager cannot be told ${state}: ${why}`);
  const child = spawn(NOTIFY, [state], { env: { ...env }, stdio: "ignore" });
  child.on("error", (error) => {
    fail(codeOf(error) === "ENOENT" ? `${NOTIFY} is not on the PATH` : messageOf(error));
  });
  child.on("exit", (status) => status !== 0 && fail(`${NOTIFY} ends with ${status ?? "a signal"}`));
}
