/** The package as a user has it: packed, installed in an empty folder, run, imported and type-checked there. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { Program } from "../../../lib/workbench/world/process.ts";
import { addressText } from "../../../transports/address.ts";
import { deadAddress } from "../../unit/client/fake_node.ts";
import { needsBun, testNeeding } from "../../shared/needing.ts";
import { holdEverywhere, httpUrl, withCluster } from "../fixtures/serving.ts";
import { type Packed, root, run, withPackage } from "./installed.ts";
import { oldestNode } from "./oldest_node.ts";

/** As JSON says it when it is packed, gzipped. */
const PACKED_BYTES_MAX = 1_000_000;
const oldest: ReturnType<typeof oldestNode> = needsBun.skip === undefined ? oldestNode() : needsBun;
const bin = (name: string) => join(root, "node_modules/.bin", name);

/** Tells a value to a node by TCP and another by HTTP, reads each there, and prints it. */
const user = `
import * as tcp from "hearsay";
import * as http from "hearsay/http";
const [, , name, address, url] = process.argv;
for (const [{ connect, HearsayError }, at] of [[tcp, address], [http, url]]) {
  const client = await connect({ at });
  await client.put(name, at, { by: name });
  for await (const entry of client.watch({ topics: [name] })) {
    if (entry.key !== at) continue;
    console.log(JSON.stringify(entry.value));
    break;
  }
  await client.close();
  await client.status().catch((error) => console.log(error instanceof HearsayError && error.code));
}
`;

/** Beside the examples: what is not there is a mistake, and what may be absent is seen to be. */
const typed = `
import { type Client, connect, type Entry, type Gap, HearsayError, type Json, type Status } from "hearsay";
import * as http from "hearsay/http";
import { simulate, type Simulation } from "hearsay/sim";

export async function use(): Promise<Json | undefined> {
  await using client: Client = await connect({ at: ["h:1", { host: "h", port: 1 }], signal: AbortSignal.timeout(1) });
  const gaps: Gap[] = [], entries: Entry[] = [];
  for await (const each of client.watch({ topics: ["t"], from: "now" })) {
    if (each.gap === undefined) entries.push(each);
    else gaps.push(each);
  }
  const status: Status = await client.status();
  const lags: (number | null)[] = status.peers.map(({ lag }) => lag);
  try {
    await client.broadcast({ lags }, { topic: "t", key: "k", id: null });
  } catch (error) {
    if (error instanceof HearsayError && error.code === "busy") return error.failures.map(({ at }) => at);
  }
  // @ts-expect-error An option that there is not.
  client.read({ topic: "t" });
  return await client.get("t", "k");
}

export async function page(): Promise<http.Json | undefined> {
  await using client: http.Client = await http.connect({ at: "https://h:1", token: () => Promise.resolve("t") });
  for await (const each of client.watch({ topics: ["t"] })) if (each.gap === undefined) return each.value;
  // @ts-expect-error Only in the library over TCP.
  return client.node;
}

export const run: Simulation = simulate({ challenge: "3c", nemesis: ["loss"], seed: 7 });
export const median: number | undefined = run.results["true-latencies"]?.["0.5"];
// @ts-expect-error A fault that there is not.
simulate({ nemesis: ["fire"] });
`;

testNeeding("a package is complete, and runs and is imported under Node, Bun and Deno", oldest, async () => {
  const node = oldest.bin ?? assert.fail();
  await withPackage(async (packed) => {
    isComplete(packed);
    putExamples(packed);
    await Promise.all([
      ...[examines(packed, node), serves(packed, node), isTyped(packed)],
      ...[tellsErrors(packed, node), refusesOlderNodes(packed, node), writesToNobody(packed, node)],
    ]);
  });
});

test("JSR would take the sources of the entries, with all that they import, and no slow types", async () => {
  const args = ["publish", "--dry-run", "--allow-dirty", "--no-check"];
  const { status, err } = await run([bin("deno"), ...args], root);
  assert.equal(status, 0, err);
  const paths = err.split("\n").flatMap((line) => /file:\/\/(\S+)/.exec(line)?.[1] ?? []);
  const files = paths.map((path) => path.replace(root, ""));
  const { exports }: { readonly exports: object } = JSON.parse(readFileSync(join(root, "deno.json"), "utf8"));
  const entries = Object.values(exports).map((path: string) => path.replace("./", ""));
  assert.deepEqual(entries.filter((path) => !files.includes(path)), []);
  assert.deepEqual(files.filter((path) => /^(?:test|dist|main\.ts)|\/pages\//.test(path)), []);
});

function isComplete({ files, bytes }: Packed): void {
  const others = files.filter((path) => !/^dist\/package\/.*\.(?:js|d\.ts)$/.test(path));
  assert.deepEqual(others.sort(), ["LICENSE", "README.md", "package.json"]);
  assert.ok(bytes < PACKED_BYTES_MAX, `${bytes}`);
}

/** The examples as a user has them, who imports the package. */
function putExamples({ folder }: Packed): void {
  const names = {
    "lib/client/mod": "hearsay",
    "lib/client/http/mod": "hearsay/http",
    "lib/package/sim": "hearsay/sim",
    "lib/package/maelstrom": "hearsay/maelstrom",
  };
  for (const name of readdirSync(join(root, "test/examples"))) {
    let text = readFileSync(join(root, "test/examples", name), "utf8");
    for (const [path, entry] of Object.entries(names)) text = text.replaceAll(`../../${path}.ts`, entry);
    writeFileSync(join(folder, name.replace(/\.ts$/, ".mts")), text);
  }
}

/** Nothing is built; the example has no types in it, and so is a program of Node's as it stands. */
async function examines({ folder, tarball }: Packed, node: string): Promise<void> {
  const program = readFileSync(join(folder, "broadcast_node.mts"), "utf8");
  writeFileSync(join(folder, "node"), `#!/usr/bin/env node\n${program}`, { mode: 0o755 });
  const exam = ["--node-count", "3", "--time-limit", "1", "--recovery", "1"];
  const npx = ["npx", "--offline", "--yes", tarball];
  const subjects = [["test", "--bin", "./node", ...exam], ["test", ...exam], ["sim", "--challenge", "3c"]];
  await Promise.all(subjects.map(async (args) => {
    const { status, out, err } = await run([...npx, ...args], folder, dirname(node));
    assert.match(out, /^PASS /m, err);
    assert.equal(status, 0);
  }));
}

async function serves({ folder }: Packed, node: string): Promise<void> {
  const main = join(folder, "node_modules/hearsay/dist/package/main.js");
  const program: Program = { bin: node, args: [main] };
  const file = join(folder, "user.mjs");
  writeFileSync(file, user);
  const programs = new Map([["n1", program], ["n2", program]]);
  const flags = ["--http", "127.0.0.1:0"];
  await withCluster({ ids: [...programs.keys()], durable: true, programs, flags }, async ([one, two]) => {
    assert.ok(one !== undefined && two !== undefined);
    const users = { node: [node], bun: [bin("bun")], deno: [bin("deno"), "run", "--allow-all"] };
    for (const [name, runtime] of Object.entries(users)) {
      const at = [addressText(one.address), httpUrl(one)];
      const { status, out, err } = await run([...runtime, file, name, ...at], folder);
      assert.deepEqual([status, out], [0, `{"by":"${name}"}\nclosed\n`.repeat(2)], err);
    }
    await holdEverywhere([one, two], 6);
    const read = await run([node, main, "read", "--topic", "bun", "--at", addressText(two.address)], folder);
    assert.equal(read.out, '{"by":"bun"}\n'.repeat(2), read.err);
  });
}

/** What nobody catches shows the line that asked, and no line of the package that is longer than people read. */
async function tellsErrors({ folder }: Packed, node: string): Promise<void> {
  const { port } = await deadAddress();
  const connecting = `import { connect } from "hearsay";\nawait connect({ at: "127.0.0.1:${port}" });\n`;
  writeFileSync(join(folder, "nobody.mjs"), connecting);
  const { status, err } = await run([node, "nobody.mjs"], folder);
  assert.equal(status, 1, err);
  assert.match(err, /^HearsayError: no node answers: [^]* at async .*nobody\.mjs:2:/m);
  assert.deepEqual(err.split("\n").filter((line) => line.length > 400), []);
}

/** Node marks /dev/null as it does all that it inherits, which another runtime does where the output was closed. */
async function writesToNobody({ folder }: Packed, node: string): Promise<void> {
  const hearsay = "node_modules/hearsay/dist/package/main.js";
  const { status, err } = await run(["sh", "-c", `"$0" ${hearsay} version >/dev/null`, node], folder);
  assert.deepEqual([status, err], [0, ""]);
}

async function refusesOlderNodes({ folder }: Packed, node: string): Promise<void> {
  const older = 'Object.defineProperty(process, "versions", { value: { node: "20.20.2" } });\n';
  writeFileSync(join(folder, "older.mjs"), older);
  await Promise.all(["hearsay", "hearsay/sim", "hearsay/maelstrom"].map(async (entry) => {
    const file = `on_${entry.replace("/", "_")}.mjs`;
    writeFileSync(join(folder, file), `import * as entry from "${entry}";\nconsole.log(entry);\n`);
    const { status, out, err } = await run([node, "--import", "./older.mjs", file], folder);
    assert.deepEqual([status, out], [1, ""]);
    assert.match(
      err,
      /^Error: hearsay needs Node\.js 22\.13 or later, Bun or Deno: this is Node\.js 20\.20\.2$/m,
    );
  }));
}

async function isTyped({ folder }: Packed): Promise<void> {
  writeFileSync(join(folder, "typed.mts"), typed);
  const files = readdirSync(folder).filter((name) => name.endsWith(".mts"));
  assert.ok(files.length > 5);
  // No types but those of the package, which are checked, too.
  const flags = ["--noEmit", "--strict", "--target", "es2022", "--types", "", "--skipLibCheck", "false"];
  const ways = [["nodenext", "nodenext"], ["esnext", "bundler"]] as const;
  await Promise.all(ways.map(async ([module, resolution]) => {
    const way = ["--module", module, "--moduleResolution", resolution];
    const { status, out } = await run([bin("tsc"), ...flags, ...way, ...files], folder);
    assert.deepEqual([status, out], [0, ""], resolution);
  }));
}
