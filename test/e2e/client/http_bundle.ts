/** hearsay/http as pages load it: one minified module. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Its text. Fails where it needs something that a browser has not. */
export function bundledClient(): string {
  const args = ["build", "lib/client/http/mod.ts", "--target=browser", "--format=esm", "--minify"];
  const bundled = spawnSync(`${root}node_modules/.bin/bun`, args, { cwd: root, encoding: "utf8" });
  assert.equal(bundled.status, 0, bundled.stderr);
  return bundled.stdout;
}
