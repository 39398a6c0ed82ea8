/** The package, packed once, and installed in an empty folder. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type Ended, ending, plainEnvironment } from "../fixtures/hearsay.ts";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

export interface Packed {
  /** Where nothing else is but the tarball, and what it was installed as. */
  readonly folder: string;
  /** As a user would name it there. */
  readonly tarball: string;
  /** Of each file in it, within the package. */
  readonly files: readonly string[];
  readonly bytes: number;
}

/** The folder is deleted afterwards. */
export async function withPackage(use: (packed: Packed) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "hearsay-package-"));
  try {
    const packing = await run(["npm", "pack", "--json", "--silent", "--pack-destination", folder], root);
    assert.equal(packing.status, 0, packing.err);
    const [{ filename, files, size }] = JSON.parse(packing.out);
    // Nothing is fetched.
    const tarball = `./${basename(filename)}`;
    const install = ["npm", "install", "--offline", "--no-audit", "--no-fund", tarball];
    const installing = await run(install, folder);
    assert.equal(installing.status, 0, installing.err);
    const paths = files.map(({ path }: { readonly path: string }) => path);
    await use({ folder, tarball, files: paths, bytes: size });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs a program to its end. `first`: the folder in which programs are looked for first. */
export function run([bin = "", ...args]: readonly string[], cwd: string, first?: string): Promise<Ended> {
  const { PATH: path = "" } = process.env;
  // Nothing before the mark would be the working directory.
  const PATH = first === undefined ? path : `${first}:${path}`;
  const child = spawn(bin, args, { cwd, env: { ...plainEnvironment(), PATH } });
  child.stdin.end();
  return ending(child);
}
