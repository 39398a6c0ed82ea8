/** `npm run package`: builds dist/package, which `npm pack` packs: bundles that need no other package, and their types. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { neededDeclarations } from "./declarations.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Beside what it becomes, so that it can be renamed. */
const work = `${root}dist/package.${process.pid}`;
const RUNTIME_CHECK = "lib/package/runtime_check.ts";

interface Manifest {
  readonly exports: Readonly<Record<string, string>>;
}

/** The entries as deno.json names them, which are those of package.json before they are built. */
const { exports }: Manifest = JSON.parse(readFileSync(`${root}deno.json`, "utf8"));
const entries = Object.values(exports).map((path) => path.replace("./", ""));
/** What runs in browsers, too, is a file of its own, which a page can import as it is. */
const { browser = [], node = [] } = Object.groupBy(
  entries,
  (path) => path.startsWith("lib/client/http/") ? "browser" : "node",
);

function run(bin: string, args: readonly string[]): void {
  const { status, stdout, stderr, error } = spawnSync(bin, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`${bin} ${args[0]}: ${error?.message ?? stdout + stderr}`);
}

/**
 * Modules that share what they have in common: a command loads no more than it needs, as in the executable. They keep their
 * lines and names, as Node prints the line at which an error was made, and the names of those who called.
 */
function bundle(folder: string): void {
  const output = ["--root", root, "--outdir", folder];
  const programs = ["main.ts", ...node, RUNTIME_CHECK];
  run(process.execPath, ["build", ...programs, "--target=node", "--splitting", "--minify-syntax", ...output]);
  run(process.execPath, ["build", ...browser, "--target=browser", "--minify", ...output]);
  for (const path of node) checkRuntime(folder, path.replace(/ts$/, "js"));
  const main = join(folder, "main.js");
  writeFileSync(main, `#!/usr/bin/env node\n${readFileSync(main, "utf8")}`);
  chmodSync(main, 0o755);
}

/** Ahead of all that the entry imports, which may lack something in an earlier Node and say so in words of its own. */
function checkRuntime(folder: string, entry: string): void {
  const check = relative(dirname(entry), RUNTIME_CHECK.replace(/ts$/, "js"));
  const path = join(folder, entry);
  writeFileSync(path, `import ${JSON.stringify(`./${check}`)};\n${readFileSync(path, "utf8")}`);
}

function declare(folder: string): void {
  const all = join(work, "declarations");
  const config = join(work, "tsconfig.json");
  const compilerOptions = {
    // `npm run check` has checked them.
    ...{ noCheck: true, noEmit: false, declaration: true, emitDeclarationOnly: true, stripInternal: true },
    ...{
      rewriteRelativeImportExtensions: true,
      rootDir: root,
      outDir: all,
      typeRoots: [`${root}node_modules`],
    },
  };
  const files = entries.map((path) => root + path);
  writeFileSync(
    config,
    JSON.stringify({ extends: `${root}tsconfig.json`, compilerOptions, files, include: [] }),
  );
  run(`${root}node_modules/.bin/tsc`, ["-p", config]);
  // The compiler names sources.
  const read = (path: string) =>
    readFileSync(join(all, path), "utf8").replaceAll(/(?<="\..*)\.ts(?=";$)/gm, ".js");
  // Whoever has no such library gets it by this line.
  const disposable = '/// <reference lib="esnext.disposable" />\n';
  const declared = entries.map((path) => path.replace(/\.ts$/, ".d.ts"));
  for (const [path, text] of neededDeclarations(declared, read)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text.includes("AsyncDisposable") ? disposable + text : text);
  }
}

const made = join(work, "package");
mkdirSync(work, { recursive: true });
try {
  bundle(made);
  declare(made);
  rmSync(`${root}dist/package`, { recursive: true, force: true });
  renameSync(made, `${root}dist/package`);
} finally {
  rmSync(work, { recursive: true });
}
