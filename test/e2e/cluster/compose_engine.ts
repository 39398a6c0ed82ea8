/** Docker Compose: whether this machine has it, and the cluster of docker-compose.yml as hosts of the suite. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { ending, plainEnvironment } from "../fixtures/hearsay.ts";
import { type Hosts, ids, type Place } from "./hosts.ts";
import type { Needs } from "../../shared/needing.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The file needs no engine to be read. */
export const needsCompose = whyNot("Docker Compose", ["compose", "version"]);
export const needsEngine = whyNot("Docker engine that answers", ["info"]);

/** Options of a test that asks this of Docker. Under CI=true it is never skipped, and fails where there is none. */
function whyNot(what: string, args: readonly string[]): Needs {
  if (process.env["CI"] === "true" || docker(args).status === 0) return {};
  return { skip: `there is no ${what} on this machine` };
}

export function compose(...args: readonly string[]) {
  return docker(["compose", ...args]);
}

function docker(args: readonly string[]) {
  return spawnSync("docker", args, { cwd: root, encoding: "utf8", env: plainEnvironment() });
}

/** Beside the cluster and the volumes of whoever works here; not at the same time, as addresses and ports are the same. */
const own = ["compose", "--project-name", "hearsay-suite"];

export const onCompose: Place = {
  name: "compose",
  async open(): Promise<Hosts> {
    // What a run that was killed left behind.
    await close();
    try {
      await tell("up", "--detach", "--wait", "--build");
    } catch (error) {
      await close();
      throw error;
    }
    return {
      at: new Map(ids.map((id, i) => [id, { host: "127.0.0.1", port: 7001 + i }])),
      spawn: (args) => start("run", "--rm", "--no-TTY", "examiner", ...args),
      kill: (ids) => tell("kill", "--signal", "KILL", ...ids),
      start: (ids) => tell("start", ...ids),
      close,
    };
  },
};

function close(): Promise<void> {
  return tell("--profile", "examiner", "down", "--volumes", "--remove-orphans", "--timeout", "2");
}

async function tell(...args: readonly string[]): Promise<void> {
  const child = start(...args);
  child.stdin.end();
  const { status, out, err } = await ending(child);
  assert.equal(status, 0, `docker compose ${args.join(" ")}: ${err}${out}`);
}

function start(...args: readonly string[]) {
  return spawn("docker", [...own, ...args], { cwd: root, env: plainEnvironment() });
}
