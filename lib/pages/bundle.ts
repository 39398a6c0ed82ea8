/** `npm run pages`: bundles what runs in a browser into dist/pages.js, a module of one text for each page. */
import { spawnSync } from "node:child_process";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type PageName, pageNames } from "./scripts.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** One script, minified, that runs by itself in a `<script>` element. */
function bundled(name: PageName): string {
  const args = ["build", `lib/pages/${name}/main.ts`, "--target=browser", "--format=iife", "--minify"];
  // The Bun that runs this: an image has one, and no packages of developers.
  const { status, stdout, stderr, error } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: Infinity,
  });
  if (status !== 0) throw new Error(`The page '${name}' cannot be bundled: ${error?.message ?? stderr}`);
  // The text must not end the element that it stands in.
  return stdout.trim().replaceAll(/<(?=\/script|!--)/gi, "\\x3C");
}

const module = pageNames.map((name) => `export const ${name} = ${JSON.stringify(bundled(name))};\n`).join("");
mkdirSync(`${root}dist`, { recursive: true });
// Whoever reads it meanwhile, such as a test, gets the old one or the new one whole.
const draft = `${root}dist/pages.${process.pid}.js`;
writeFileSync(draft, module);
renameSync(draft, `${root}dist/pages.js`);
