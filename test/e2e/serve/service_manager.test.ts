/** A node that systemd has started says when it listens and when it stops; a program stands in for systemd-notify. */
import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { inFolder } from "../../shared/in_folder.ts";
import { until } from "../../shared/until.ts";
import { ending, fromSource, plainEnvironment } from "../fixtures/hearsay.ts";

const ARGS = ["serve", "--id", "n1", "--listen", "127.0.0.1:0"];

/** A node with these variables. */
function serve(env: Record<string, string>): ChildProcessWithoutNullStreams {
  const { bin, args } = fromSource();
  return spawn(bin, [...args, ...ARGS], { env: { ...plainEnvironment(), ...env } });
}

function stop({ pid }: ChildProcessWithoutNullStreams): void {
  // Deno's own child.kill() claims that the signal was what ended the child.
  process.kill(pid ?? assert.fail("it does not run"), "SIGTERM");
}

test("a node says READY=1 to its service manager once it listens, and STOPPING=1 when it stops", () =>
  inFolder(async (folder) => {
    const [said, notify] = [join(folder, "said"), join(folder, "systemd-notify")];
    writeFileSync(notify, `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >>'${said}'\n`);
    chmodSync(notify, 0o755);
    const child = serve({ NOTIFY_SOCKET: "/run/x", PATH: `${folder}${delimiter}${process.env["PATH"]}` });
    const ended = ending(child);
    const text = () => existsSync(said) ? readFileSync(said, "utf8") : "";
    await until(() => text() === "/run/x READY=1\n");
    stop(child);
    assert.equal((await ended).status, 0);
    await until(() => text() === "/run/x READY=1\n/run/x STOPPING=1\n");
  }));

test("where the service manager cannot be told, the node says so and serves", () =>
  inFolder(async (folder) => {
    const child = serve({ NOTIFY_SOCKET: "/run/x", PATH: folder });
    const ended = ending(child);
    let log = "";
    child.stderr.on("data", (chunk: string) => log += chunk);
    const fault = "the service manager cannot be told READY=1: systemd-notify is not on the PATH";
    await until(() => log.includes(fault) && log.includes("listens on"));
    stop(child);
    assert.equal((await ended).status, 0);
  }));
