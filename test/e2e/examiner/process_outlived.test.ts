/** No process of a process host outlives its caller, however that one ends. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import process from "node:process";
import { test } from "node:test";
import { processHosts } from "../../../lib/workbench/world/process.ts";
import { listening } from "../../shared/listening.ts";
import { fixture } from "../fixtures/programs.ts";
import { script } from "../../shared/script.ts";

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  test(`a caller that ends by ${signal} takes its processes along`, async () => {
    const { caller, held, close } = await start("");
    const ended = ending(caller);
    process.kill(caller.pid ?? assert.fail(), signal);
    await Promise.all([ended, once(held, "close")]);
    assert.deepEqual(await ended, [null, signal]);
    close();
  });
}

test("a caller that exits takes its processes along", async () => {
  const { caller, held, close } = await start("exit");
  const ended = ending(caller);
  caller.stdin?.write("now\n");
  await once(held, "close");
  assert.deepEqual(await ended, [7, null]);
  close();
});

test("a caller with a handler of its own for a signal decides how it ends", async () => {
  const { caller, held, close } = await start("handle");
  const ended = ending(caller);
  process.kill(caller.pid ?? assert.fail(), "SIGTERM");
  await once(held, "close");
  assert.deepEqual(await ended, [7, null]);
  close();
});

test("a kill reaches the program behind a wrapper script", async () => {
  const { port, connected, close } = await listen();
  const { bin, args } = fixture("holds_a_connection");
  const wrapped = ["-c", '"$@"; echo after', "sh", bin, ...args, port];
  const hosts = processHosts({ bin: "sh", args: wrapped });
  const faults: string[] = [];
  const nothing = () => {};
  const misbehaved = (kind: string) => faults.push(kind);
  const host = hosts("n0", {
    sent: nothing,
    misbehaved,
    delivered: nothing,
    gone: nothing,
    back: nothing,
    lost: nothing,
  });
  host.start();
  const held = await connected;
  host.kill();
  await Promise.all([once(held, "close"), hosts.stopped()]);
  assert.deepEqual(faults, []);
  close();
});

interface Running {
  readonly caller: ChildProcess;
  /** A connection that the program keeps open as long as it lives. */
  readonly held: Socket;
  close(): void;
}

async function start(how: string): Promise<Running> {
  const { port, connected, close } = await listen();
  const { bin, args } = script(new URL("../fixtures/runs_a_host.ts", import.meta.url));
  const caller = spawn(bin, [...args, port, how], { stdio: ["pipe", "inherit", "inherit"] });
  return { caller, held: await connected, close };
}

/** A port to connect to, and the first connection. */
async function listen(): Promise<{ port: string; connected: Promise<Socket>; close: () => void }> {
  const server = createServer();
  const connected = new Promise<Socket>((resolve) => server.once("connection", resolve));
  server.on("connection", (socket) => socket.on("error", () => {}).resume());
  const { port } = await listening(server);
  return { port: `${port}`, connected, close: () => server.close() };
}

function ending(child: ChildProcess): Promise<[number | null, string | null]> {
  return new Promise((resolve) => child.once("exit", (status, signal) => resolve([status, signal])));
}
