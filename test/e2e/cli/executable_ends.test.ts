/** How the node's process ends, over real pipes: nothing thrown, and status 0 unless something was cut. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { test } from "node:test";
import { itself } from "../../../lib/workbench/world/process.ts";

const init = line({ type: "init", msg_id: 1, node_id: "n0", node_ids: ["n0"] });
const values = ["a", "b", "c", "d", "e", "f"].map((letter) => letter.repeat(200_000));

test("the node flushes a reply longer than a pipe holds, when its input ends", async () => {
  const child = start();
  child.stdin.write(init);
  for (const value of values) child.stdin.write(line({ type: "broadcast", msg_id: 2, message: value }));
  child.stdin.end(line({ type: "read", msg_id: 3 }));
  const [printed, status] = await ending(child);
  const last = JSON.parse(printed.trimEnd().split("\n").at(-1) ?? "");
  assert.equal(last.body.messages?.join(), values.join());
  assert.equal(status, 0);
});

for (const signal of ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"] as const) {
  test(`the node ends with status 0 on ${signal}, its input still open`, async () => {
    const child = start();
    child.stdin.write(init);
    await once(child.stdout, "data");
    // Deno's own child.kill() claims that the signal was what ended the child.
    process.kill(child.pid ?? assert.fail(), signal);
    assert.equal((await ending(child))[1], 0);
  });
}

test("the node ends with status 0 when nobody reads its output any more", async () => {
  const { bin, args } = itself();
  const piped = '{ "$@"; echo "status $?" >&2; } | head -c 1 >/dev/null';
  const child = spawn("sh", ["-c", piped, "sh", bin, ...args]);
  let said = "";
  child.stderr.on("data", (chunk) => said += String(chunk));
  child.stdin.on("error", () => {});
  const closed = once(child, "close");
  child.stdin.write(init);
  const ask = line({ type: "echo", msg_id: 2, echo: values[0] });
  const refused = () =>
    new Promise<boolean>((resolve) => child.stdin.write(ask, (error) => resolve(Boolean(error))));
  while (!(await Promise.race([closed.then(() => true), refused()])));
  await closed;
  assert.equal(said, "status 0\n");
});

test("the node ends with status 1 on SIGTERM where its output is stuck, and says what was cut", async () => {
  const child = start();
  let said = "";
  child.stderr.on("data", (chunk) => said += String(chunk));
  child.stdin.write(init);
  await once(child.stdout, "readable");
  child.stdout.read();
  child.stdin.write(line({ type: "echo", msg_id: 2, echo: values.join("").slice(0, 1_000_000) }));
  // It has begun to write, and nobody reads on.
  await once(child.stdout, "readable");
  const exited = once(child, "exit");
  process.kill(child.pid ?? assert.fail(), "SIGTERM");
  assert.deepEqual(await exited, [1, null]);
  assert.match(said, /nobody read the last \d+ bytes/);
  child.stdout.destroy();
});

function start(): ChildProcessWithoutNullStreams {
  const { bin, args } = itself();
  return spawn(bin, args);
}

/** What was printed, and the exit status. */
async function ending(child: ChildProcessWithoutNullStreams): Promise<[string, number | null]> {
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk) => chunks.push(Buffer.from(chunk)));
  await once(child, "close");
  return [Buffer.concat(chunks).toString(), child.exitCode];
}

function line(body: Record<string, unknown>): string {
  return JSON.stringify({ src: "c1", dest: "n0", body }) + "\n";
}
