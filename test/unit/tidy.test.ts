/** The house is tidy: arrows run one way, the core is pure, and each rule is seen to fail on a bad sample. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import * as rules from "./tidy_rules.ts";

const root = new URL("../../", import.meta.url);
const perFile = [
  rules.importComplaints,
  rules.purityComplaints,
  rules.exitComplaints,
  rules.outputComplaints,
  rules.openingComplaints,
];

function sources(folder: string): string[] {
  return readdirSync(new URL(folder, root), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "node_modules") return [];
    if (entry.isDirectory()) return sources(`${folder}${entry.name}/`);
    return entry.name.endsWith(".ts") ? [`${folder}${entry.name}`] : [];
  });
}

function transcripts(): string[] {
  const folder = "test/transcripts/";
  return readdirSync(new URL(folder, root)).filter((name) => name.endsWith(".txt")).map((name) =>
    folder + name
  );
}

function read(path: string): string {
  return readFileSync(new URL(path, root), "utf8");
}

test("every source file keeps every rule of the house", () => {
  const product = ["main.ts", ...sources("lib/"), ...sources("transports/")];
  assert.ok(product.length > 10, "the walk finds the sources");
  assert.deepEqual(product.flatMap((path) => perFile.flatMap((rule) => rule(path, read(path)))), []);
});

test("no folder is crowded, and no file needs itself", () => {
  const product = ["main.ts", ...sources("lib/"), ...sources("transports/")];
  assert.deepEqual(rules.crowdComplaints([...product, ...sources("test/")]), []);
  assert.deepEqual(rules.circleComplaints(new Map(product.map((path) => [path, read(path)]))), []);
});

test("what pages need runs in a browser", () => {
  const product = [...sources("lib/"), ...sources("transports/")];
  assert.deepEqual(rules.pageComplaints(new Map(product.map((path) => [path, read(path)]))), []);
});

test("every test file opens with a sentence, and says why it skips", () => {
  const perTest = [rules.openingComplaints, rules.skipComplaints];
  const found = sources("test/").flatMap((path) => perTest.flatMap((rule) => rule(path, read(path))));
  assert.deepEqual(found, []);
});

test("code, tests, transcripts and SPEC.md speak of the same rules, and each is short", () => {
  const spec = read("lib/SPEC.md");
  const code = [...sources("lib/"), ...sources("transports/")].map(read);
  const tests = [...sources("test/"), ...transcripts()].filter((path) => !path.startsWith("test/unit/tidy"))
    .map(read);
  assert.deepEqual(rules.citationComplaints(spec, code, tests), []);
  assert.deepEqual(rules.ruleComplaints(spec), []);
});

test("the constants of SPEC.md have the values that the code gives them", async () => {
  const spec = read("lib/SPEC.md");
  assert.deepEqual(rules.constantComplaints(spec), []);
  const product = [...sources("lib/core/"), ...sources("lib/runtime/"), ...sources("lib/service/")];
  const modules = await Promise.all(
    [...product, "transports/tcp/limits.ts"].map((path): Promise<object> => import(new URL(path, root).href)),
  );
  const exported = new Map(modules.flatMap((module) => Object.entries(module)));
  const values = Object.entries(rules.constantsOf(spec)).map((
    [name, value],
  ) => [name, value, textOf(exported.get(name))]);
  assert.deepEqual(values.filter(([, said, is]) => said !== is), []);
  assert.ok(values.length > 40, "the table is read");
});

/** As the table writes it. */
function textOf(value: unknown): string {
  return Array.isArray(value)
    ? value.join(", ")
    : Number(value).toLocaleString("en-US", { maximumFractionDigits: 20 });
}

const ignored = () => read(".gitignore").split("\n").filter((line) => line !== "");

test("the top level holds only what it must", () => {
  assert.deepEqual(rules.topLevelComplaints(readdirSync(root), ignored()), []);
});

test("what README's commands leave there is ignored, so that whoever has tried them can work on it", () => {
  const named = /(?<= --(?:report|out|position) )\S+|hearsay-[\d.]+\.tgz/g;
  const written = read("README.md").match(named) ?? [];
  assert.ok(written.length >= 4, written.join());
  assert.deepEqual(rules.topLevelComplaints(written, ignored()), []);
});

test("package.json and deno.json offer the same scripts", () => {
  const names = (text: string, key: string) => {
    const parsed: Record<string, Record<string, string>> = JSON.parse(text);
    return Object.keys(parsed[key] ?? {}).sort();
  };
  assert.deepEqual(names(read("deno.json"), "tasks"), names(read("package.json"), "scripts"));
});

test("an import against the arrows is a complaint", () => {
  const bad = [
    ["lib/core/node.ts", `import { readFileSync } from "node:fs";`],
    ["lib/core/node.ts", `import type { Host } from "../workbench/world.ts";`],
    ["lib/core/node.ts", `const zod = await import("zod");`],
    ["lib/core/node.ts", `import "typeboxed";`],
    ["lib/workbench/sim.ts", `import { sim } from "../commands/sim.ts";`],
    ["lib/workbench/sim.ts", `import { TcpTransport } from "../../transports/tcp/tcp.ts";`],
    ["lib/runtime/drive.ts", `import { serve } from "../service/service.ts";`],
    ["lib/client/stream.ts", `import { serve } from "../service/service.ts";`],
    ["lib/workbench/sim.ts", `export * from "zod";`],
    ["transports/lines/reader.ts", `import { defaults } from "../../lib/workbench/settings.ts";`],
    ["lib/commands/sim.ts", `import "../../main.ts";`],
    ["main.ts", `import { Node } from "./lib/core/node.ts";`],
    ["lib/stray.ts", ``],
  ] as const;
  for (const [path, source] of bad) {
    assert.equal(rules.importComplaints(path, source).length, 1, `${path}: ${source}`);
  }
});

test("an import along the arrows is none, nor is one in a comment", () => {
  const good = [
    [
      "lib/core/node.ts",
      `import Type from "typebox"; import { Compile } from "typebox/compile"; import "./log.ts";`,
    ],
    ["lib/core/node.ts", `// import { x } from "node:fs"; is what we never do.`],
    [
      "lib/workbench/process.ts",
      `import { spawn } from "node:child_process"; import "../../transports/lines/reader.ts";`,
    ],
    [
      "lib/commands/sim.ts",
      `import "../workbench/sim.ts"; import { z } from "zod"; await import("./config.ts");`,
    ],
    ["transports/tcp.ts", `import "../lib/core/node.ts"; import net from "node:net";`],
  ] as const;
  for (const [path, source] of good) assert.deepEqual(rules.importComplaints(path, source), []);
});

test("a crowded folder is a complaint, a full one is none", () => {
  const files = Array.from({ length: rules.FOLDER_FILES_MAX }, (_, i) => `lib/core/${i}.ts`);
  assert.deepEqual(rules.crowdComplaints([...files, "lib/core/log/log.ts"]), []);
  assert.deepEqual(rules.crowdComplaints([...files, "lib/core/node.ts"]), [
    "lib/core/ holds 16 files, more than 15",
  ]);
});

test("files that need each other are a complaint, one that two need is none", () => {
  const files = (c: string) =>
    new Map([
      ["lib/a.ts", `import "./b.ts"; import type { C } from "./core/c.ts";`],
      ["lib/b.ts", `import { C } from "./core/c.ts";`],
      ["lib/core/c.ts", c],
    ]);
  assert.deepEqual(rules.circleComplaints(files(`// import "../a.ts";`)), []);
  assert.deepEqual(rules.circleComplaints(files(`import type { A } from "../a.ts";`)), [
    "lib/a.ts > lib/b.ts > lib/core/c.ts > lib/a.ts is a circle",
  ]);
});

test("a module of node that a page needs, however far away, is a complaint, its types are none", () => {
  const sources = new Map([
    ["lib/pages/play/main.ts", `import { a } from "../../a.ts"; import { setTimeout } from "node:timers";`],
    [
      "lib/a.ts",
      `import { b } from "./b.ts";\nimport type { Socket } from "node:net";\nimport type { C } from "./c.ts";`,
    ],
    ["lib/b.ts", `import { readFileSync } from "node:fs";`],
    ["lib/c.ts", `import { connect } from "node:net";`],
  ]);
  assert.deepEqual(rules.pageComplaints(sources), [
    "lib/b.ts must not import node:fs: it runs in pages, too",
  ]);
});

test("whatever is impure in the core is a complaint", () => {
  const bad = [
    "const t = Date.now();",
    "performance.now()",
    "Math.random()",
    "setTimeout(f, 1)",
    "`${Date.now()}`",
  ];
  bad.push(
    "async function f() {}",
    "new Promise(f)",
    "process.env",
    "console.log(1)",
    "await x",
    "setInterval(f, 1)",
  );
  for (const source of bad) {
    assert.equal(rules.purityComplaints("lib/core/node.ts", source).length, 1, source);
    assert.deepEqual(rules.purityComplaints("lib/workbench/sim.ts", source), [], source);
  }
});

test("a word in a comment, a string, a member or a longer name is no impurity", () => {
  const good = [
    "// A Date is never read here.",
    `const s = "await";`,
    "node.process(x)",
    "const updateDate1 = 1;",
  ];
  for (const source of good) assert.deepEqual(rules.purityComplaints("lib/core/node.ts", source), [], source);
});

test("ending the process outside main.ts is a complaint", () => {
  const bad = ["process.exit(1)", "process . exit ()", "process.exitCode = 1", "Deno.exit()"];
  for (const source of bad) {
    assert.equal(rules.exitComplaints("lib/commands/sim.ts", source).length, 1, source);
    assert.deepEqual(rules.exitComplaints("main.ts", source), [], source);
  }
});

test("printing past the command's outputs is a complaint", () => {
  assert.equal(rules.outputComplaints("lib/commands/sim.ts", "console.log(1)").length, 1);
  assert.equal(rules.outputComplaints("lib/commands/sim.ts", "process.stdout.write(x)").length, 1);
  assert.equal(rules.outputComplaints("main.ts", "console.error(1)").length, 1);
  assert.deepEqual(rules.outputComplaints("transports/standard_output.ts", "process.stdout.write(x)"), []);
});

test("a file that does not open with a sentence is a complaint", () => {
  const bad = [
    "import x from 'y';",
    "/* A comment. */",
    "// One sentence.",
    "/** no full stop */",
    "/** */ x",
  ];
  for (const source of bad) assert.equal(rules.openingComplaints("main.ts", source).length, 1, source);
  assert.deepEqual(rules.openingComplaints("main.ts", "/** What it is. */\nimport x"), []);
  assert.deepEqual(rules.openingComplaints("main.ts", "/**\n * What it is,\n * in two lines.\n */"), []);
});

test("a test that is skipped past testNeeding() is a complaint", () => {
  const bad = ['test("x", { skip: true }, f)', "const once = { skip };\ncontext.skip(why)", "test.skip(f)"];
  for (const source of bad) assert.equal(rules.skipComplaints("test/a.test.ts", source).length, 1, source);
  const good = 'const needs = { skip: "why" };\ntestNeeding("x", needs, f);';
  assert.deepEqual(rules.skipComplaints("test/a.test.ts", good), []);
});

test("a stranger at the top level is a complaint, an ignored file is none", () => {
  const ignored = ["node_modules/", "*.log"];
  assert.deepEqual(rules.topLevelComplaints(["src", "main.ts", "node_modules", "x.log"], ignored), [
    "src must not stand at the top level",
  ]);
});

test("a rule that code or tests do not cite is a complaint, and so is a citation of no rule", () => {
  const spec = "- **A1** One.\n- **A2** Two.\n";
  assert.deepEqual(rules.citationComplaints(spec, ["[A1] [A2]"], ["test [A1]", "test [A2] [A1]"]), []);
  assert.deepEqual(rules.citationComplaints(spec, ["[A2]"], ["test [A1] [B1]"]), [
    "no code cites A1",
    "no test cites A2",
    "SPEC.md has no B1",
  ]);
});

test("a rule of three sentences is a complaint, and so is a constant without a value", () => {
  assert.deepEqual(
    rules.ruleComplaints("- **A1** One. `Two`,\n  2.5 ms.\n- **A2** One. Two. Three.\n\nText."),
    [
      "A2 takes 3 sentences",
    ],
  );
  assert.deepEqual(rules.constantComplaints("`A_MAX` and `B_MAX`\n| `A_MAX`   | 1,024 | bytes |\n"), [
    "B_MAX has no value",
  ]);
});
