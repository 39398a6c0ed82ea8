/** The package as a user has it: packed, installed in an empty folder, run, imported and type-checked there. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import type { Program } from "../../../lib/workbench/world/process.ts";
import { addressText } from "../../../transports/address.ts";
import { testNeeding } from "../fixtures/needing.ts";
import { withCluster } from "../fixtures/serving.ts";
import { type Packed, root, run, withPackage } from "./installed.ts";
import { oldestNode } from "./oldest_node.ts";

/** As JSON says it when it is packed, gzipped. */
const PACKED_BYTES_MAX = 1_000_000;
const oldest: ReturnType<typeof oldestNode> = process.versions["deno"] === undefined
  ? oldestNode()
  : { skip: "it runs under Bun" };
const bin = (name: string) => join(root, "node_modules/.bin", name);

/** Tells a value to a node, reads it there, and prints it. */
const user = `
import { connect, HearsayError } from "hearsay";
const client = await connect({ at: process.argv[2] });
await client.broadcast({ by: process.argv[3] }, { topic: "t", id: process.argv[3] });
for await (const entry of client.watch({ topics: ["t"] })) {
  if (entry.id !== process.argv[3]) continue;
  console.log(JSON.stringify(entry.value));
  break;
}
await client.close();
await client.status().catch((error) => console.log(error instanceof HearsayError && error.code));
`;

/** Beside the examples: what is not there is a mistake, and what may be absent is seen to be. */
const typed = `
import { type Client, connect, type Entry, type Gap, HearsayError, type Json, type Status } from "hearsay";
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
    await Promise.all([examines(packed, node), serves(packed, node), isTyped(packed)]);
  });
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
  const cluster = { ids: ["n1", "n2"], durable: true, programs: new Map([["n1", program], ["n2", program]]) };
  await withCluster(cluster, async ([one, two]) => {
    assert.ok(one !== undefined && two !== undefined);
    const users = { node: [node], bun: [bin("bun")], deno: [bin("deno"), "run", "--allow-all"] };
    for (const [name, runtime] of Object.entries(users)) {
      const { status, out, err } = await run([...runtime, file, addressText(one.address), name], folder);
      assert.deepEqual([status, out], [0, `{"by":"${name}"}\nclosed\n`], err);
    }
    const args = ["read", "--topic", "t", "--at", addressText(two.address)];
    const read = await run([node, main, ...args], folder);
    assert.deepEqual(read.out.split("\n").sort(), ["", '{"by":"bun"}', '{"by":"deno"}', '{"by":"node"}']);
  });
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
