/** The command line as an operator meets it: real processes, exit statuses, and what stands on which output. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { commands } from "../../../lib/commands/flags/command_names.ts";
import { inFolder } from "../../shared/in_folder.ts";
import type { Program } from "../../../lib/workbench/world/process.ts";
import {
  ending,
  fromSource,
  hearsay,
  run,
  start,
  underBun,
  underDeno,
  withExecutable,
} from "../fixtures/hearsay.ts";

test("bad usage is status 2: every mistake at once, each naming flag, rule and value, and nothing on stdout", async () => {
  const { status, out, err } = await hearsay(
    "test",
    "--rate",
    "fast",
    "--nemesis",
    "rain",
    "--node-cuont",
    "3",
    "here",
  );
  assert.deepEqual([status, out], [2, ""]);
  assert.deepEqual(err.trimEnd().split("\n").toSorted(), [
    `Cannot run 'test' as '--nemesis' must be a comma list of partition, kill, pause, loss, duplicate: current value is "rain"`,
    `Cannot run 'test' as '--node-cuont' must be one of its flags: did you mean '--node-count'?`,
    `Cannot run 'test' as '--rate' must be a number from 0.001 to 100000: current value is "fast"`,
    `Cannot run 'test' as its arguments must all be flags: current value is "here"`,
  ]);
});

test("an unknown command is status 2 and names the nearest", async () => {
  const { status, out, err } = await hearsay("tset");
  assert.deepEqual([status, out], [2, ""]);
  assert.match(err, /did you mean 'test'\?/);
});

test("a --bin that cannot be run is bad usage, said before anything starts", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hearsay-"));
  const plain = join(folder, "plain");
  writeFileSync(plain, "");
  chmodSync(plain, 0o644);
  const [empty, text, from] = [join(folder, "empty"), join(folder, "text"), join(folder, "from-windows")];
  const contents = [[empty, ""], [text, "x\n"], [from, "#!/bin/sh\r\n"]] as const;
  for (const [path, content] of contents) writeFileSync(path, content, { mode: 0o755 });
  const why: readonly (readonly [string, string])[] = [
    [folder, "it is a directory"],
    [plain, `it is not executable: chmod +x ${plain}`],
    [join(folder, "missing"), "there is no such file"],
    [empty, "it is empty"],
    [text, "its first line must name an interpreter, as in #!/usr/bin/env python3"],
    [from, 'its first line names an interpreter that is not there: "/bin/sh\\r"'],
    ["no-such-program-anywhere", "no such program is in PATH; a path needs a slash"],
    ["README.md", "no such program is in PATH; a file here is given with a path, as ./README.md"],
  ];
  const bad = why.map(([bin]) => bin);
  const found = await Promise.all(bad.map((bin) => hearsay("test", "--bin", bin, "--node-count", "0")));
  rmSync(folder, { recursive: true });
  for (const [i, { status, out, err }] of found.entries()) {
    assert.deepEqual([status, out], [2, ""]);
    assert.deepEqual(err.trimEnd().split("\n"), [
      `Cannot run 'test' as '--node-count' must be a whole number from 1 to 10000: current value is "0"`,
      `Cannot run 'test' as '--bin' must be a program that can be run (${why[i]?.[1]}): current value is ${
        JSON.stringify(bad[i])
      }`,
    ]);
  }
});

test("every command has help, by name and by flag, with each of its flags", async () => {
  for (const { name } of commands) {
    const flag = name === "help" ? ["help", "help"] : [name, "--help"];
    const [named, flagged] = await Promise.all([hearsay("help", name), hearsay(...flag)]);
    assert.deepEqual([named.status, named.err], [0, ""]);
    assert.match(named.out, new RegExp(`^hearsay ${name}: [^.]+\\.\n\n  hearsay ${name}`));
    assert.deepEqual(flagged, named);
  }
});

test("sim --json is one object on stdout, to the byte the same under Bun, Deno and as an executable", async () => {
  const faults = ["--nemesis", "partition,kill,loss", "--latency", "30", "--latency-dist", "exponential"];
  await withExecutable(async (executable) => {
    const programs = [underBun, underDeno, executable];
    const [first, ...more] = await Promise.all(programs.map((it) => run(it, "sim", "--json", ...faults)));
    assert.deepEqual([first?.status, first?.err], [0, ""]);
    const text = first?.out ?? "";
    assert.equal(text.indexOf("\n"), text.length - 1);
    const { valid, seed }: Record<string, unknown> = JSON.parse(text);
    assert.deepEqual([valid, seed], [true, 1]);
    assert.deepEqual(more, [first, first]);
    await assertReports(programs);
    await assertCertificates(programs);
    await assertNode(executable);
  });
});

/** Each writes the same events, and makes the same page of them as another does. */
async function assertReports(programs: readonly Program[]): Promise<void> {
  await inFolder(async (folder) => {
    const written = await Promise.all(programs.map(async (program, i) => {
      const [events, page, drawn] = [`${i}.ndjson`, `${i}.html`, `${i}.drawn.html`].map((name) =>
        join(folder, name)
      );
      const files = ["--events", events ?? "", "--report", page ?? ""];
      assert.equal((await run(program, "sim", "--time-limit", "3", "--nemesis", "kill", ...files)).status, 0);
      assert.equal((await run(program, "report", events ?? "", "--out", drawn ?? "")).status, 0);
      return [events, page, drawn].map((path) => readFileSync(path ?? "", "utf8"));
    }));
    const [[events, page] = []] = written;
    for (const found of written) assert.deepEqual(found, [events, page, page]);
    assert.match(page ?? "", /<!doctype html>/);
  });
}

test("without arguments and without a terminal it is a Maelstrom node, from source too", () =>
  assertNode(fromSource()));

/** What one runtime has made, another one issues by. */
async function assertCertificates(programs: readonly Program[]): Promise<void> {
  await inFolder(async (folder) => {
    for (const [i, program] of programs.entries()) {
      const dir = join(folder, `${i}`);
      assert.equal((await run(program, "ca", "init", dir)).status, 0);
      const issued = await Promise.all(
        programs.map((other, j) => run(other, "ca", "issue", `n${j}`, "--dir", dir)),
      );
      assert.deepEqual(issued.map(({ status }) => status), programs.map(() => 0));
      const [authority, ...nodes] = ["ca", "n0", "n1", "n2"].map((name) =>
        new X509Certificate(readFileSync(join(dir, `${name}.pem`)))
      );
      assert.ok(authority !== undefined && nodes.every((node) => node.verify(authority.publicKey)));
    }
  });
}

/** A whole conversation over a pipe, and end of input. */
async function assertNode(program: Program): Promise<void> {
  const child = start(program);
  const ended = ending(child);
  for (const body of conversation) child.stdin.write(JSON.stringify({ src: "c1", dest: "n0", body }) + "\n");
  child.stdin.end();
  const { status, out, err } = await ended;
  const bodies = out.trimEnd().split("\n").map((line) => JSON.parse(line).body);
  assert.deepEqual(bodies, [
    { type: "error", in_reply_to: 1, code: 11, text: "not initialised yet" },
    { type: "init_ok", in_reply_to: 2 },
    { type: "echo_ok", in_reply_to: 3, echo: { please: ["echo", 35] } },
    { type: "broadcast_ok", in_reply_to: 4 },
    { type: "broadcast_ok", in_reply_to: 5 },
    { type: "read_ok", in_reply_to: 6, messages: [[1, { a: null }]] },
    { type: "error", in_reply_to: 7, code: 10, text: "unknown type: dance" },
  ]);
  assert.deepEqual([status, err], [0, ""]);
}

const conversation = [
  { type: "read", msg_id: 1 },
  { type: "init", msg_id: 2, node_id: "n0", node_ids: ["n0"] },
  { type: "echo", msg_id: 3, echo: { please: ["echo", 35] } },
  { type: "broadcast", msg_id: 4, message: [1, { a: null }] },
  { type: "broadcast", msg_id: 5, message: [1, { a: null }] },
  { type: "read", msg_id: 6 },
  { type: "dance", msg_id: 7 },
];

test("a report whose reader left early is no crash", async () => {
  const { bin, args } = fromSource();
  const piped = '{ "$@"; echo "status $?" >&2; } | head -c 1 >/dev/null';
  const sh: Program = { bin: "sh", args: ["-c", piped, "sh", bin, ...args] };
  const { err } = await run(sh, "sim", "--challenge", "3a", "--seeds", "300", "--json");
  assert.equal(err, "status 0\n");
});
