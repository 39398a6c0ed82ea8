/** The executable in a directory of somebody else's: what lies there is neither run nor read. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { plainEnvironment, withExecutable } from "../fixtures/hearsay.ts";

/** Each would change what the executable does, were it heeded. */
const files: Readonly<Record<string, string>> = {
  "bunfig.toml": 'preload = ["./other.ts"]\n',
  "other.ts": 'console.log("code of the directory was run");\n',
  ".env": "HEARSAY_NODE_COUNT=none\n",
  ".env.local": "HEARSAY_RATE=none\n",
  "package.json": '{ "type": "commonjs", "imports": { "#core": "./other.ts" } }\n',
  "tsconfig.json": '{ "compilerOptions": { "jsx": "none" } }\n',
};

test("the executable heeds no file of the directory that it is started in", async () => {
  await withExecutable(({ bin }) => {
    const folder = mkdtempSync(join(tmpdir(), "hearsay-"));
    const run = (cwd: string) =>
      spawnSync(bin, ["sim", "--challenge", "3a", "--json"], {
        cwd,
        env: plainEnvironment(),
        encoding: "utf8",
      });
    const { status, stdout, stderr } = run(folder);
    assert.deepEqual([status, stderr], [0, ""]);
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const among = run(folder);
    rmSync(folder, { recursive: true });
    assert.deepEqual([among.status, among.stdout, among.stderr], [0, stdout, ""]);
    return Promise.resolve();
  });
});
