/** The package as a user has it: packed, installed in an empty folder, run, imported and type-checked there. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
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

const typed = `
import { type Client, connect, type Entry, type Gap, HearsayError, type Json, type Status } from "hearsay";

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
  await client.read({ topic: "t" });
  return await client.get("t", "k");
}
`;

testNeeding("a package is complete, and runs and is imported under Node, Bun and Deno", oldest, async () => {
  const node = oldest.bin ?? assert.fail();
  await withPackage(async (packed) => {
    isComplete(packed);
    await Promise.all([examines(packed, node), serves(packed, node), isTyped(packed)]);
  });
});

function isComplete({ files, bytes }: Packed): void {
  const others = files.filter((path) => !/^dist\/package\/.*\.(?:js|d\.ts)$/.test(path));
  assert.deepEqual(others.sort(), ["LICENSE", "README.md", "package.json"]);
  assert.ok(bytes < PACKED_BYTES_MAX, `${bytes}`);
}

/** In a folder of its own, with no more in it than a node and the tarball. */
async function examines({ folder, tarball }: Packed, node: string): Promise<void> {
  const empty = join(folder, "examines");
  mkdirSync(empty);
  copyFileSync(join(folder, tarball), join(empty, tarball));
  const naive = join(root, "test/e2e/fixtures/nodes/naive.js");
  const wrapper = `#!/usr/bin/env node\nimport(${JSON.stringify(naive)}).then(({ run }) => run());\n`;
  writeFileSync(join(empty, "node"), wrapper, { mode: 0o755 });
  const exam = ["--node-count", "1", "--time-limit", "1", "--recovery", "0"];
  const npx = ["npx", "--offline", "--yes", tarball];
  const path = dirname(node);
  for (const subject of [["--bin", "./node"], []]) {
    const { status, out, err } = await run([...npx, "test", ...subject, ...exam], empty, path);
    assert.match(out, /^PASS /m, err);
    assert.equal(status, 0);
  }
  const simulated = await run([...npx, "sim", "--challenge", "3c"], empty, path);
  assert.match(simulated.out, /^PASS /m, simulated.err);
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
  assert.match(readFileSync(join(folder, "package.json"), "utf8"), /"hearsay"/);
  for (const [module, moduleResolution] of [["nodenext", "nodenext"], ["esnext", "bundler"]] as const) {
    const flags = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2022"];
    // No types but those of the package.
    const given = ["--types", "", "--skipLibCheck", "false", "--module", module];
    const check = [bin("tsc"), ...flags, ...given, "--moduleResolution", moduleResolution, "typed.mts"];
    const { status, out } = await run(check, folder);
    assert.deepEqual([status, out], [0, ""], moduleResolution);
  }
}
