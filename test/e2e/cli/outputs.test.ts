/** What each command makes of outputs that fail, that nobody reads, and that the shell's other commands use after it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { commands } from "../../../lib/commands/flags/command_names.ts";
import type { Program } from "../../../lib/workbench/world/process.ts";
import { FakeNode, type Script, withNodes } from "../../unit/client/fake_node.ts";
import { Client } from "../fixtures/client.ts";
import {
  ending,
  fromSource,
  plainEnvironment,
  start,
  underBun,
  underDeno,
  withExecutable,
} from "../fixtures/hearsay.ts";
import { freePorts } from "../../shared/free_ports.ts";
import { eventually, loopback } from "../fixtures/serving.ts";
import { inFolder } from "../../shared/in_folder.ts";
import { needsFile, testNeeding } from "../../shared/needing.ts";

/** In bytes: what Linux keeps for a pipe. */
const PIPE_BYTES = 65_536;
const FAILED = "Cannot write to standard output as there is no room left on the disk\n";
const init = '{"src":"c1","dest":"n0","body":{"type":"init","msg_id":1,"node_id":"n0","node_ids":["n0"]}}\n';
const help = ["--help"];
const told = ["--node-count", "2", "--script", "1 broadcast n0 1"];
const quick = ["--node-count", "1", "--time-limit", "0.1", "--recovery", "0"];

/** One way of each command, at least, to print something; help stands for those that print nothing else soon. */
function printing(at: string): ReadonlyMap<string, readonly (readonly string[])[]> {
  const cluster = ["--cluster", "n1=127.0.0.1:1,n2=127.0.0.2:1", "--dry-run"];
  return new Map<string, readonly (readonly string[])[]>([
    ["maelstrom", [[], help]],
    ["read", [["--at", at], ["--at", at, "--json"]]],
    ["watch", [["--at", at]]],
    ["get", [["t/k", "--at", at]]],
    ["status", [["--at", at], ["--at", at, "--json"]]],
    ["sim", [quick, [...quick, "--json"]]],
    ["test", [[...quick, "--json"]]],
    ["compare", [["--challenge", "3a", "--protocols", "single", "--seeds", "1"]]],
    ["why", [["1", ...told], ["1", ...told, "--json"]]],
    ["play", [["--out", "-"]]],
    ["hunt", [["--node-count", "2", "--budget", "1"]]],
    ["partition", [["one", ...cluster]]],
    ["manifest", [["kubernetes"], ["swarm"], ["systemd"], ["prometheus"], ["alerts"], ["grafana"]]],
    ["completion", [["bash"], ["zsh"], ["fish"]]],
    ["help", [[], ["sim"]]],
    ["version", [[]]],
    ...[
      ...["serve", "broadcast", "put", "delete", "challenges", "report", "heal", "sidecar", "lab"],
      ...["members", "leave", "remove", "token", "ca"],
    ].map((name) => [name, [help]] as const),
  ]);
}

const full = needsFile("/dev/full");

const every = "output that fails is status 1 and said, for every command; without a reader it is status 0";
testNeeding(every, full, async () => {
  const node = await FakeNode.start("n1", answering);
  await withNodes([node], async () => {
    const ways = printing(node.at);
    assert.deepEqual([...ways.keys()].toSorted(), commands.map(({ name }) => name).toSorted());
    for (const [name, lists] of ways) await Promise.all(lists.map((args) => assertFails(name, ...args)));
  });
});

async function assertFails(...args: string[]): Promise<void> {
  const [full, left] = await Promise.all([
    inShell('"$@" >/dev/full; echo "status $?" >&2', ...args),
    inShell('{ "$@"; echo "status $?" >&2; } | head -c 1 >/dev/null', ...args),
  ]);
  assert.ok(full.endsWith(`${FAILED}status 1\n`), `${args.join(" ")}: ${full}`);
  assert.match(left, /status 0\n$/, args.join(" "));
}

test(
  "a watch whose output fails does not count as seen what was not written",
  full,
  () =>
    inFolder(async (folder) => {
      const path = join(folder, "position");
      const node = await FakeNode.start("n1", answering);
      await withNodes([node], async () => {
        const script = '"$@" >/dev/full; echo "status $?" >&2';
        const said = await inShell(script, "watch", "--at", node.at, "--position", path);
        assert.equal(said, `${FAILED}status 1\n`);
        assert.equal(readFileSync(path, "utf8"), "\n");
      });
    }),
);

testNeeding("bad usage stays status 2 where standard error fails", full, async () => {
  assert.equal(await inShell('exec 3>&2; "$@" 2>/dev/full; echo "status $?" >&3', "nope"), "status 2\n");
});

/** By it the machine tells of descriptors. */
const descriptors = needsFile("/proc/self/fdinfo");
const closed = process.versions["deno"] === undefined ? descriptors : { skip: "Deno shows it as /dev/null" };

testNeeding(
  "output that is closed is output that fails, as far as the runtime can tell",
  closed,
  async () => {
    const said = await inShell('"$@" >&-; echo "status $?" >&2', "help");
    assert.equal(said, "Cannot write to standard output as it is closed\nstatus 1\n");
    assert.equal(await inShell('"$@" >/dev/null; echo "status $?" >&2', "help"), "status 0\n");
  },
);

const shared = "a pipe that was inherited still waits for its reader, for whoever writes to it next";
testNeeding(shared, descriptors, async () => {
  const script = '{ "$@"; grep flags /proc/self/fdinfo/4 >&3; } 3>&2 2>&1 4>&1 | cat >/dev/null';
  await withExecutable(async (executable) => {
    for (const program of [underBun, underDeno, executable]) {
      await Promise.all([["help"], ["nope"], ["maelstrom"]].map(async (args) => {
        // O_WRONLY alone, and no O_NONBLOCK.
        const said = await shellOf(program, script, ...args);
        assert.match(said, /^flags:\s*0*1\n$/, `${program.bin} ${args.join(" ")}`);
      }));
    }
  });
});

testNeeding(
  "a reader of the output that takes its time is waited for, until a signal comes",
  descriptors,
  () =>
    inFolder(async (folder) => {
      const waits = await onFullPipe(join(folder, "waits"), 1, "help");
      const ends = await onFullPipe(join(folder, "ends"), 1, "help");
      try {
        for (const { pid } of [waits, ends]) await eventually("it has begun to print", () => hasOwnPipe(pid));
        process.kill(ends.pid, "SIGTERM");
        const [status, signal] = await ends.ended;
        // By the signal, had it not come to its end yet.
        assert.ok(status === 143 || signal === "SIGTERM", `${status} ${signal}`);
        const pipe = openSync(waits.pipe, constants.O_RDONLY | constants.O_NONBLOCK);
        while (readSync(pipe, new Uint8Array(PIPE_BYTES)) === 0);
        assert.deepEqual(await waits.ended, [0, null]);
        closeSync(pipe);
      } finally {
        for (const { kill } of [waits, ends]) kill();
      }
    }),
);

test("serve: a log that nobody reads holds up neither the node nor its end", () =>
  inFolder(async (folder) => {
    const [port = 0] = await freePorts(1);
    const serve = ["serve", "--id", "n1", "--listen", `127.0.0.1:${port}`];
    const node = await onFullPipe(join(folder, "log"), 2, ...serve);
    try {
      await eventually(
        "it answers",
        () => Client.with(loopback(port), (client) => client.broadcast(1)).then(() => true),
      );
      process.kill(node.pid, "SIGTERM");
      assert.deepEqual(await node.ended, [0, null]);
    } finally {
      node.kill();
    }
  }));

/** Runs with an output that is a pipe, full from the start; whoever could read it does not. */
async function onFullPipe(pipe: string, output: 1 | 2, ...args: string[]) {
  const { bin, args: first } = fromSource();
  const script = `mkfifo "$0"; exec 3<>"$0"; head -c ${PIPE_BYTES} /dev/zero >&3; echo >&${
    3 - output
  }; exec "$@" ${output}>&3`;
  const child = spawn("sh", ["-c", script, pipe, bin, ...first, ...args], { env: plainEnvironment() });
  const ended = new Promise<readonly unknown[]>((resolve) => child.once("exit", (...how) => resolve(how)));
  await once(output === 1 ? child.stderr : child.stdout, "data");
  return { pid: child.pid ?? assert.fail(), pipe, ended, kill: () => child.kill("SIGKILL") };
}

/** It has a descriptor that does not wait (O_WRONLY and O_NONBLOCK), as its own end of a pipe is. */
function hasOwnPipe(pid: number): boolean {
  const texts = readdirSync(`/proc/${pid}/fdinfo`).map((fd) =>
    readFileSync(`/proc/${pid}/fdinfo/${fd}`, "utf8")
  );
  const flags = texts.map((text) => parseInt(/^flags:\s*([0-7]+)$/m.exec(text)?.[1] ?? "0", 8));
  return flags.some((each) => (each & 0o4003) === 0o4001);
}

/** Holds one value, and answers what it is asked for. */
const answering: Script = (body, visit) => {
  if (body.type === "status") visit.say(status, body);
  if (body.type === "get") visit.say({ type: "get_ok", value: 1, stamp: 1 }, body);
  if (body.type === "echo") visit.say({ type: "echo_ok", echo: null }, body);
  if (body.type !== "watch") return;
  visit.say({ type: "watch_ok", values: 1 }, body);
  visit.say({ type: "values", runs: [["n1.a", 1, [1]]] }, body);
  if (body["follow"] === false) return visit.say({ type: "watch_end" }, body);
  // A watch without a reader finds out with the next value.
  let seq = 1;
  const more = () => visit.say({ type: "values", runs: [["n1.a", ++seq, [seq]]] }, body);
  const timer = setInterval(() => visit.socket.destroyed ? clearInterval(timer) : more(), 20);
};

const status = {
  ...{ type: "status_ok", id: "n1", cluster: "hearsay", version: "0.1.0", uptime_ms: 1, storage: "memory" },
  ...{ values: 1, entries: 1, relay: null, peers: [], clients: 1, watchers: 0 },
  ...{ messages: { sent: {}, received: {} }, bytes: { sent: 0, received: 0 }, memory_bytes: 1, cpu_ms: 1 },
};

/** What a script says on standard error; in it "$@" is this program with these arguments. */
function inShell(script: string, ...args: string[]): Promise<string> {
  return shellOf(fromSource(), script, ...args);
}

async function shellOf({ bin, args: first }: Program, script: string, ...args: string[]): Promise<string> {
  const child = start({ bin: "sh", args: ["-c", script, "sh", bin, ...first] }, ...args);
  child.stdin.end(init);
  return (await ending(child)).err;
}
