/** `hearsay manifest`: what it prints is valid where it goes to, and names commands and flags that there are. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { parse, parseAllDocuments } from "yaml";
import { kinds, NODES_MAX } from "../../../../lib/commands/config/manifest.ts";
import { commands } from "../../../../lib/commands/flags/command_names.ts";
import { flagsOf } from "../../../../lib/commands/flags/every_flag.ts";
import { environmentName } from "../../../../lib/commands/flags/flags.ts";
import { manifest } from "../../../../lib/commands/manifest/manifest.ts";
import { needsFile, testNeeding } from "../../../shared/needing.ts";
import { inFolder } from "../../../shared/in_folder.ts";
import { listen } from "../../../shared/io.ts";
import { kubernetesFaults, stackFaults } from "./schemas.ts";

async function run(...args: string[]) {
  const { io, out, err } = listen();
  const exit = await manifest(args, io);
  return { exit, out: out.join(""), err: err.join("") };
}

/** Every variant of what is printed of a kind. */
async function printed(kind: typeof kinds[number]): Promise<string[]> {
  const fixed = kind === "alerts" || kind === "grafana";
  const variants = fixed ? [[]] : [[], ["--tls"], ["--nodes", "1"], ["--nodes", "25", "--tls"]];
  const all = await Promise.all(variants.map((flags) => run(kind, ...flags)));
  for (const { exit, err } of all) assert.deepEqual([exit, err], [0, ""]);
  return all.map(({ out }) => out);
}

function objectsIn(text: string): unknown[] {
  return parseAllDocuments(text).map((document) => {
    assert.deepEqual([...document.errors, ...document.warnings], []);
    return document.toJS();
  });
}

test("what Kubernetes is given is what its schema describes, and nothing else", async () => {
  for (const text of await printed("kubernetes")) {
    const objects = objectsIn(text);
    assert.equal(objects.length, 5);
    assert.deepEqual(objects.flatMap(kubernetesFaults), []);
  }
});

test("a field that Kubernetes does not know is a fault, and so is one of another type", () => {
  const service = { apiVersion: "v1", kind: "Service", metadata: { name: "x" }, spec: { clusterIP: "None" } };
  assert.deepEqual(kubernetesFaults(service), []);
  assert.deepEqual(kubernetesFaults({ ...service, spec: { clusterIp: "None" } }), [
    "v1/Service has no /spec/clusterIp",
  ]);
  assert.match(
    kubernetesFaults({ ...service, spec: { clusterIP: 1 } }).join(),
    /clusterIP.*malformed|malformed.*clusterIP/,
  );
  assert.deepEqual(kubernetesFaults({ apiVersion: "v1", kind: "Pond" }).length, 1);
});

test("the parts of what Kubernetes is given belong together", async () => {
  const { out } = await run(
    "kubernetes",
    "--nodes",
    "7",
    "--image",
    "r.example.org:5000/h@sha256:0",
    "--namespace=a-b",
  );
  for (const namespace of out.matchAll(/^ {2}namespace: (.*)$/gm)) assert.equal(namespace[1], "a-b");
  assert.doesNotMatch(out, /app\.kubernetes\.io\/name: (?!hearsay\})/);
  assert.match(out, /image: r\.example\.org:5000\/h@sha256:0\n/);
  assert.match(out, /replicas: 7\n/);
  const [, , set] = objectsIn(out);
  assert.match(JSON.stringify(set), /"serviceName":"hearsay","replicas":7,"podManagementPolicy":"Parallel"/);
});

test("what Swarm is given is what the schema of stacks describes", async () => {
  for (const text of await printed("swarm")) assert.deepEqual(objectsIn(text).flatMap(stackFaults), []);
  const { out } = await run("swarm");
  assert.equal(stackFaults(parse(out.replace("healthcheck:", "helthcheck:"))).length > 0, true);
  assert.equal(stackFaults(parse(out.replace("replicas: 5", "replicas: five"))).length > 0, true);
});

const verifier = "/usr/bin/systemd-analyze";

testNeeding(
  "what systemd is given is a unit that it takes",
  needsFile(verifier),
  () =>
    inFolder(async (folder) => {
      const path = join(folder, "hearsay@n1.service");
      const verify = (text: string) => {
        writeFileSync(path, text.replace("/usr/local/bin/hearsay", process.execPath));
        const { status, stderr } = spawnSync(verifier, ["verify", "--man=no", path], { encoding: "utf8" });
        return { status, said: stderr };
      };
      const units = await printed("systemd");
      for (const unit of units) assert.deepEqual(verify(unit), { status: 0, said: "" });
      assert.match(verify(units[0]?.replace("Type=notify", "Type=notfy") ?? "").said, /notfy/);
      assert.match(verify(units[0]?.replace("DynamicUser", "DynamicUsr") ?? "").said, /DynamicUsr/);
    }),
);

test("every flag and variable in a manifest, and on the page of operations, is there", async () => {
  const texts = (await Promise.all(kinds.map(printed))).flat();
  const page = readFileSync(new URL("../../../../lib/service/OPERATIONS.md", import.meta.url), "utf8");
  const shown = page.split("\n").filter((line) => line.startsWith("    ")).join("\n");
  assert.deepEqual([...new Set([...texts, shown].flatMap(unknownIn))], []);
  assert.deepEqual(unknownIn("[hearsay, status, --redy]"), ["status --redy"]);
  assert.deepEqual(unknownIn("exec hearsay serve --listen x \\\n  --jion y"), ["serve --jion"]);
  assert.deepEqual(unknownIn("HEARSAY_IDS"), ["HEARSAY_IDS"]);
});

function unknownIn(text: string): string[] {
  const plain = text.replaceAll(/\\\n#?\s*/g, " ").replaceAll(/[[\],"`();]/g, " ");
  const names = commands.map(({ name }) => name).join("|");
  const called = [...plain.matchAll(new RegExp(`hearsay +(${names})\\b(.*)`, "g"))];
  const wrong = called.flatMap(([, name = "", rest = ""]) =>
    [...rest.matchAll(/ --([a-z-]+)/g)].filter(([, flag]) =>
      !flagsOf(name).some((known) => known.name === flag)
    )
      .map(([, flag]) => `${name} --${flag}`)
  );
  const variables = commands.flatMap(({ name }) => flagsOf(name)).map(({ name }) => environmentName(name));
  const named = plain.match(/HEARSAY_[A-Z_]+/g) ?? [];
  return [...wrong, ...named.filter((name) => !variables.includes(name))];
}

test("what cannot be is said", async () => {
  const told: readonly (readonly [readonly string[], RegExp])[] = [
    [
      [],
      /'KIND' must be given, as one of kubernetes, swarm, systemd, prometheus, alerts, grafana: it is missing/,
    ],
    [["nomad"], /'KIND' must be one of kubernetes, swarm, .*: current value is "nomad"/],
    [["swarm", "systemd"], /current value is "swarm systemd"/],
    [["swarm", "--nodes", `${NODES_MAX + 1}`], /'--nodes' must be a whole number from 1 to 1000/],
    [["swarm", "--image", "a b"], /'--image' must be the name of an image/],
    [["kubernetes", "--namespace", "A"], /'--namespace' must be 1 to 63 small letters/],
    [["swarm", "--namespace", "a"], /'--namespace' must be left out with 'swarm'/],
    [["systemd", "--image", "a"], /'--image' must be left out with 'systemd'/],
    [["swarm", "--targets", "a:1"], /'--targets' must be left out with 'swarm'/],
    [["alerts", "--nodes", "3"], /'--nodes' must be left out with 'alerts'/],
    [["grafana", "--tls"], /'--tls' must be left out with 'grafana'/],
    [["prometheus", "--targets", "a:"], /'--targets' must be a comma list of at most 1000 host:port/],
    [["prometheus", "--targets", hosts(NODES_MAX + 1)], /'--targets' must be a comma list of at most 1000/],
    [
      ["prometheus", "--targets", "a:1", "--nodes", "2"],
      /'--nodes' must be left out with --targets, which names every node/,
    ],
  ];
  for (const [args, mistake] of told) {
    const { exit, out, err } = await run(...args);
    assert.deepEqual([exit, out], [2, ""]);
    assert.match(err, mistake);
    assert.equal(err.trimEnd().split("\n").length, 1);
  }
  assert.equal((await run("swarm", "--nodes", `${NODES_MAX}`)).exit, 0);
  assert.equal((await run("prometheus", "--targets", hosts(NODES_MAX))).exit, 0);
  assert.match((await run("prometheus", "--targets", "a")).out, /"a:8000"/);
});

function hosts(count: number): string {
  return Array.from({ length: count }, (_, i) => `h${i}:1`).join(",");
}
