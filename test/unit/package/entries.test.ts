/** Name, version, entries and the oldest Node are said once each, or the same everywhere. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { VERSION } from "../../../lib/commands/flags/command_names.ts";
import { NODE_MIN, runtimeFault } from "../../../lib/commands/terminal/runtime.ts";

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies?: unknown;
  readonly engines?: { readonly node: string };
}

function manifest(name: string): Manifest {
  return JSON.parse(readFileSync(new URL(`../../../${name}`, import.meta.url), "utf8"));
}

const [npm, jsr] = [manifest("package.json"), manifest("deno.json")];

test("package.json, deno.json and the program agree on the version, the license and the oldest Node", () => {
  assert.deepEqual([npm.version, jsr.version], [VERSION, VERSION]);
  assert.equal(npm.license, jsr.license);
  assert.equal(npm.engines?.node, `>=${NODE_MIN}`);
});

test("package.json exports what deno.json does, built, and depends on nothing", () => {
  const built = Object.entries(jsr.exports).map(([name, path]) => {
    const base = `./dist/package/${String(path).replace("./", "").replace(/\.ts$/, "")}`;
    return [name, { types: `${base}.d.ts`, default: `${base}.js` }];
  });
  assert.deepEqual(npm.exports, Object.fromEntries(built));
  assert.equal(npm.dependencies, undefined);
});

test("the README has the example as it is tested", () => {
  const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
  const example = read("test/examples/broadcast_node.ts").replace(/^.*\n/, "").replace(
    "../../lib/package/maelstrom.ts",
    "hearsay/maelstrom",
  );
  assert.ok(read("lib/package/README.md").includes(`\`\`\`ts\n${example}\`\`\``), example);
});

test("an older Node is refused by name, and no other runtime is", () => {
  const [major, minor] = NODE_MIN.split(".").map(Number);
  for (const node of [`${major}.${minor}.0`, `${major}.${Number(minor) + 1}.1`, `${Number(major) + 1}.0.0`]) {
    assert.equal(runtimeFault({ node }), undefined, node);
  }
  for (const node of [`${major}.${Number(minor) - 1}.9`, `${Number(major) - 1}.99.0`, ""]) {
    assert.equal(
      runtimeFault({ node }),
      `hearsay needs Node.js ${NODE_MIN} or later, Bun or Deno: this is Node.js ${node}`,
    );
  }
  assert.equal(runtimeFault({ node: "20.0.0", bun: "1.4.4" }), undefined);
  assert.equal(runtimeFault({ node: "20.0.0", deno: "2.9.5" }), undefined);
});
