/** The commands that ask running nodes, as operators run them: in pipes, with signals, and while nodes die. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { IN_FLIGHT_BYTES_MAX } from "../../../lib/client/requests.ts";
import type { Body } from "../../../lib/core/message.ts";
import type { Program } from "../../../lib/workbench/world/process.ts";
import {
  deadAddress,
  FakeNode,
  type Script,
  until,
  type Visit,
  withNodes,
} from "../../unit/client/fake_node.ts";
import { ending, fromSource, hearsay, run, start } from "../fixtures/hearsay.ts";
import { inFolder } from "../../shared/in_folder.ts";

type Child = ReturnType<typeof start>;

/** A node that holds these values of one origin, tells what a watch lacks of them, and then does as told. */
function holding(values: readonly unknown[], then: (visit: Visit, body: Body) => void = () => {}): Script {
  return (body, visit) => {
    if (body.type === "echo") visit.say({ type: "echo_ok", echo: null }, body);
    if (body.type !== "watch") return;
    visit.say({ type: "watch_ok", values: values.length }, body);
    const had = Array.isArray(body["from"]) ? Number(body["from"][0]?.[1]?.[1] ?? 0) : 0;
    for (let i = had; i < values.length; i += 100) {
      visit.say({ type: "values", runs: [["n1.a", i + 1, values.slice(i, i + 100)]] }, body);
    }
    then(visit, body);
  };
}

function end(visit: Visit, body: Body): void {
  visit.say({ type: "watch_end" }, body);
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

function lines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}

/** What is printed so far. */
function printed(child: Child): () => string {
  let text = "";
  child.stdout.on("data", (chunk) => text += String(chunk));
  return () => text;
}

/** Deno's own child.kill() claims that the signal was what ended the child. */
function signal(child: Child, name: NodeJS.Signals): void {
  process.kill(child.pid ?? assert.fail(), name);
}

for (const name of ["SIGTERM", "SIGINT"] as const) {
  test(`a watch ends with status 0 on ${name}, and one that is started again goes on where it was`, () =>
    inFolder(async (folder) => {
      const path = join(folder, "position");
      const held = numbers(1, 250);
      const node = await FakeNode.start("n1", (body, visit) => holding(held)(body, visit));
      await withNodes([node], async () => {
        const watch = () => start(fromSource(), "watch", "--at", node.at, "--position", path);
        for (const more of [[], numbers(251, 300)]) {
          const from = node.count("watch") === 0 ? 0 : held.length;
          held.push(...more);
          const child = watch();
          const out = printed(child);
          const ended = ending(child);
          await until(() => out() === lines(held.slice(from)), "all that is new was printed");
          signal(child, name);
          const { status, err } = await ended;
          assert.deepEqual([status, err], [0, ""]);
          assert.equal(readFileSync(path, "utf8"), `n1.a:1-${held.length}\n`);
        }
      });
    }));
}

/** Its reader counts lines, and begins to read once the input of all ends; its pid comes first on stderr. */
const stuck = `exec 3<&0
{ sh -c 'echo "pid $$" >&2; exec "$@"' sh "$@" </dev/null; echo "status $?" >&2; } | { cat <&3 >/dev/null; wc -l; }`;

test("a watch whose output is stuck ends on SIGTERM, and its position lacks all values that did not leave", () =>
  inFolder(async (folder) => {
    const path = join(folder, "position");
    const values = numbers(1, 2_000).map((n) => `${n} ${"x".repeat(100)}`);
    const node = await FakeNode.start("n1", holding(values));
    await withNodes([node], async () => {
      const { bin, args } = fromSource();
      const sh: Program = { bin: "sh", args: ["-c", stuck, "sh", bin, ...args] };
      const child = start(sh, "watch", "--at", node.at, "--position", path);
      const ended = ending(child);
      let said = "";
      child.stderr.on("data", (chunk) => said += String(chunk));
      const kept = () => existsSync(path) ? readFileSync(path, "utf8").trim() : "";
      await until(() => kept() !== "", "it has printed something");
      process.kill(Number(/pid (\d+)/.exec(said)?.[1]), "SIGTERM");
      await until(() => said.includes("status 1"), "it has ended, and something was lost");
      child.stdin.end();
      const printed = Number((await ended).out);
      const last = Number(/^n1\.a:1-(\d+)$/.exec(kept())?.[1]);
      assert.ok(last <= printed && printed < values.length, `${printed} printed, ${last} in the position`);
    });
  }));

test("a watch whose reader leaves ends with status 0", async () => {
  const node = await FakeNode.start("n1", (body, visit) => {
    holding(numbers(1, 10))(body, visit);
    // The next write finds nobody.
    if (body.type === "watch") {
      const more = (n: number) => visit.say({ type: "values", runs: [["n1.b", n, [`later ${n}`]]] }, body);
      let n = 0;
      const timer = setInterval(() => visit.socket.destroyed ? clearInterval(timer) : more(++n), 20);
    }
  });
  await withNodes([node], async () => {
    const { bin, args } = fromSource();
    const piped = '{ "$@"; echo "status $?" >&2; } | head -n 3';
    const sh: Program = { bin: "sh", args: ["-c", piped, "sh", bin, ...args] };
    const { out, err } = await run(sh, "watch", "--at", node.at);
    assert.deepEqual([out, err], ["1\n2\n3\n", "status 0\n"]);
  });
});

test("a watch of new values passes over the present ones, and misses none in between", async () => {
  const old = numbers(1, 250);
  let follows = 0;
  const node = await FakeNode.start("n1", (body, visit) => {
    if (body["follow"] === true) follows++;
    holding(follows === 0 ? old : [...old, 7, "new", 8], follows === 0 ? end : undefined)(body, visit);
  });
  await withNodes([node], async () => {
    const child = start(fromSource(), "watch", "--new", "--at", node.at);
    const out = printed(child);
    await until(() => out() !== "", "it prints");
    signal(child, "SIGTERM");
    await ending(child);
    assert.equal(out(), '"new"\n');
  });
});

test("a position that cannot be used is said before anything is printed", () =>
  inFolder(async (folder) => {
    const [bad, missing] = [join(folder, "missing", "position"), join(folder, "missing")];
    const at = ["--at", "127.0.0.1:1"];
    assert.deepEqual(await hearsay("watch", ...at, "--position", folder), {
      status: 2,
      out: "",
      err: `Cannot go on from the position in ${
        JSON.stringify(folder)
      } as it is a directory: name another file\n`,
    });
    assert.deepEqual(await hearsay("watch", ...at, "--position", bad), {
      status: 1,
      out: "",
      err: `Cannot save the position in ${JSON.stringify(bad)} as its directory does not exist\n`,
    });
    assert.throws(() => readFileSync(missing));
  }));

test("a read of more than a pipe holds arrives whole", async () => {
  const values = numbers(1, 100_000);
  const node = await FakeNode.start("n1", holding(values, end));
  await withNodes([node], async () => {
    assert.deepEqual(await hearsay("read", "--at", node.at), { status: 0, out: lines(values), err: "" });
  });
});

test("a broadcast takes no more of its input than the node takes of it", async () => {
  const node = await FakeNode.start("n1", () => {});
  await withNodes([node], async () => {
    const { bin, args } = fromSource();
    // More than pipes and sockets hold.
    const lines = "head -c 32000000 /dev/zero | tr '\\0' x | fold -w 1000";
    const sh: Program = {
      bin: "sh",
      args: ["-c", `{ ${lines}; echo written >&2; } | "$@"`, "sh", bin, ...args],
    };
    const { status, err } = await run(sh, "broadcast", "--at", node.at, "--timeout", "1000");
    assert.ok(node.asked.length >= 2 && node.asked.length <= IN_FLIGHT_BYTES_MAX / 1_000);
    assert.equal(status, 1);
    const said = `No node answers: 0 values acknowledged. Up to ${node.asked.length} more `;
    assert.ok(err.startsWith(said), err);
    assert.match(err, /What follows was not sent\.\n[^\n]*\nwritten\n$/);
  });
});

for (const name of ["SIGTERM", "SIGINT"] as const) {
  test(`a broadcast that ${name} ends says how many values are in`, async () => {
    const node = await FakeNode.start("n1", (body, visit) => {
      if (Number(body["message"]) <= 3) visit.say({ type: "broadcast_ok" }, body);
    });
    await withNodes([node], async () => {
      const child = start(fromSource(), "broadcast", "--at", node.at);
      const by = new Promise((resolve) => child.on("exit", (_, signal) => resolve(signal)));
      const ended = ending(child);
      child.stdin.write(lines(numbers(1, 5)));
      // Answers come in order, and so what is asked next comes after they have.
      await until(() => node.count("broadcast") === 5, "all of it is under way");
      child.stdin.write(lines([6]));
      await until(() => node.count("broadcast") === 6, "three are acknowledged");
      signal(child, name);
      const { err } = await ended;
      assert.equal(
        err,
        "Stopped: 3 values acknowledged. Up to 3 more may have been taken all the same. What follows was not sent.\n",
      );
      assert.equal(await by, name);
    });
  });
}

test("a cluster is told values, read and watched while its nodes die", async () => {
  const addresses = await Promise.all([deadAddress(), deadAddress()]);
  const at = addresses.map(({ host, port }) => `${host}:${port}`);
  const peers = at.map((address, i) => `n${i + 1}=${address}`).join();
  const nodes = at.map((address, i) =>
    start(fromSource(), "serve", "--id", `n${i + 1}`, "--listen", address, "--peer", peers)
  );
  try {
    const [first, second] = nodes;
    const all = ["--at", at.join()];
    const status = () => hearsay("status", "--json", ...all);
    const linked = async () => {
      const { out } = await status();
      const found: { readonly peers?: readonly { readonly connected: boolean }[] }[] = JSON.parse(out);
      return found.every(({ peers }) => peers?.every(({ connected }) => connected) ?? false);
    };
    while (!(await linked()));
    const watch = start(fromSource(), "watch", ...all);
    const out = printed(watch);
    const watched = ending(watch);
    const tell = start(fromSource(), "broadcast", "--verbose", ...all);
    const told = ending(tell);
    tell.stdin.end(lines(numbers(1, 5_000)));
    assert.deepEqual(await told, { status: 0, out: "", err: "5000 values acknowledged by n1.\n" });
    const isWatched = (count: number) =>
      until(() => out().split("\n").length === count + 1, `${count} were watched`);
    await isWatched(5_000);
    // All of it is at the second node before the first one is gone.
    while ((await hearsay("read", "--at", at[1] ?? "")).out.split("\n").length !== 5_001);
    signal(first ?? assert.fail(), "SIGKILL");
    assert.deepEqual(await hearsay("broadcast", ...all, "last"), { status: 0, out: "", err: "" });
    await isWatched(5_001);
    const read = await hearsay("read", ...all);
    assert.equal(read.status, 0);
    assert.deepEqual(read.out.split("\n").toSorted(), out().split("\n").toSorted());
    assert.equal(new Set(out().split("\n")).size, 5_002);
    assert.equal((await status()).status, 1);
    signal(watch, "SIGTERM");
    assert.equal((await watched).status, 0);
    signal(second ?? assert.fail(), "SIGKILL");
    assert.deepEqual(await hearsay("read", ...all), {
      status: 1,
      out: "",
      err: `No node answers.\n${
        at.map((one) => `  ${one} refuses the connection: nothing listens there\n`).join("")
      }`,
    });
  } finally {
    for (const node of nodes) node.kill("SIGKILL");
  }
});
