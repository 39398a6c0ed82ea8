/** `npm run pages`: bundles what runs in a browser into dist/pages.js, a module of one text for each page. */
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { type PageName, pageNames } from "./scripts.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

interface PluginBuilder {
  onLoad(of: { filter: RegExp }, load: () => { contents: string; loader: "js" }): void;
}

/** What is used of Bun's bundler. */
interface Bundler {
  build(options: object): Promise<{ readonly outputs: readonly Blob[] }>;
}

// Bun alone has it, and Deno's checker would look for it.
const bundler: string = "bun";
const { build }: Bundler = await import(bundler);

/** Wire schemas name no formats (dates, addresses, …), and those that typebox brings would take 14 kB of each page. */
const withoutFormats = {
  name: "without formats",
  setup(builder: PluginBuilder) {
    builder.onLoad({ filter: /\/typebox\/build\/format\/index\.mjs$/ }, () => ({
      contents: "export const Format = { Has: () => false, Test: () => true };",
      loader: "js",
    }));
  },
};

/** One script, minified, that runs by itself in a `<script>` element. */
async function bundled(name: PageName): Promise<string> {
  const { outputs: [script] } = await build({
    ...{ entrypoints: [`${root}lib/pages/${name}/main.ts`], target: "browser", format: "iife", minify: true },
    plugins: [withoutFormats],
  });
  if (script === undefined) throw new Error(`The page '${name}' cannot be bundled`);
  // The text must not end the element that it stands in.
  return (await script.text()).trim().replaceAll(/<(?=\/script|!--)/gi, "\\x3C");
}

const scripts = await Promise.all(
  pageNames.map(async (name) => `export const ${name} = ${JSON.stringify(await bundled(name))};\n`),
);
mkdirSync(`${root}dist`, { recursive: true });
// Whoever reads it meanwhile, such as a test, gets the old one or the new one whole.
const draft = `${root}dist/pages.${process.pid}.js`;
writeFileSync(draft, scripts.join(""));
renameSync(draft, `${root}dist/pages.js`);
