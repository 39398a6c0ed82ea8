/** What a scheduler starts by a manifest is a command line that `hearsay serve` takes, and one node alone founds a cluster. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";
import { ca } from "../../../../lib/commands/ca/ca.ts";
import { parseStatus } from "../../../../lib/commands/config/client.ts";
import { parseServe } from "../../../../lib/commands/config/serve.ts";
import { kubernetes } from "../../../../lib/commands/manifest/kubernetes.ts";
import { swarm } from "../../../../lib/commands/manifest/swarm.ts";
import { systemd } from "../../../../lib/commands/manifest/systemd.ts";
import { match } from "../../../../lib/service/http/routes.ts";
import { inFolder } from "../../../shared/in_folder.ts";
import { listen } from "../../../shared/io.ts";
import { configOf } from "../config/parsed.ts";

const config = { nodes: 3, targets: [], tls: false, image: "hearsay:local", namespace: "hearsay" };

/** A path that is asked over HTTP. */
const Probe = z.object({
  httpGet: z.object({ path: z.string(), port: z.literal("http"), scheme: z.literal("HTTPS").optional() }),
});

/** What is read of a StatefulSet, and of a stack. */
const StatefulSet = z.object({
  kind: z.literal("StatefulSet"),
  spec: z.object({
    template: z.object({
      spec: z.object({
        containers: z.tuple([z.object({
          command: z.array(z.string()),
          args: z.array(z.string()),
          env: z.array(z.object({ name: z.string(), value: z.string().optional() })),
          startupProbe: Probe,
          livenessProbe: Probe,
          readinessProbe: Probe,
        })]),
      }),
    }),
  }),
});
const Stack = z.object({
  services: z.object({
    node: z.object({
      entrypoint: z.array(z.string()),
      command: z.array(z.string()),
      environment: z.record(z.string(), z.string()),
    }),
  }),
});

/** The settings of the node that these words start, as `hearsay` reads them there. */
async function started(words: readonly string[], env: Readonly<Record<string, string>>) {
  let printed = "";
  await inFolder((folder) => {
    const stand = join(folder, "hearsay");
    writeFileSync(stand, '#!/bin/sh\nprintf "%s\\n" "$@"; env | grep ^HEARSAY_; true\n');
    chmodSync(stand, 0o755);
    const [bin = "", ...args] = words;
    const PATH = `${folder}${delimiter}${process.env["PATH"]}`;
    printed = execFileSync(bin, args, { encoding: "utf8", env: { ...env, PATH } });
  });
  const lines = printed.trimEnd().split("\n");
  const [command, ...args] = lines.filter((line) => !line.startsWith("HEARSAY_"));
  assert.equal(command, "serve");
  const variables = lines.filter((line) => line.startsWith("HEARSAY_")).map((line) => line.split("="));
  return configOf(parseServe(args, Object.fromEntries(variables)));
}

/** The container of a pod. */
function containerOf(tls: boolean) {
  const [set = assert.fail()] = parseAllDocuments(kubernetes({ ...config, tls, kind: "kubernetes" }))
    .flatMap((document) => StatefulSet.safeParse(document.toJS()).data ?? []);
  return set.spec.template.spec.containers[0];
}

test("Kubernetes starts nodes named like their pods, of which the first founds the cluster", async () => {
  const { command, args, env } = containerOf(false);
  for (const [id, bootstrap] of [["hearsay-0", true], ["hearsay-1", false]] as const) {
    const given = env.map(({ name, value = id }) => [name, value.replaceAll("$(HEARSAY_ID)", id)] as const);
    const found = await started([...command, ...args], Object.fromEntries(given));
    assert.deepEqual([found.id, found.bootstrap, found.data], [id, bootstrap, "/data"]);
    assert.deepEqual(found.listen, { host: "0.0.0.0", port: 7000 });
    assert.deepEqual(found.clientListen, { host: "0.0.0.0", port: 7001 });
    assert.deepEqual(found.http?.listen, { host: "0.0.0.0", port: 8000 });
    assert.deepEqual(found.advertise, { host: `${id}.hearsay`, port: 7000 });
    assert.equal(found.seeds.length, 1);
  }
});

test("what Kubernetes asks of a pod is there for everybody, over TLS where that is spoken", () => {
  for (const tls of [false, true]) {
    const { startupProbe, livenessProbe, readinessProbe } = containerOf(tls);
    const asked = [startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet);
    assert.deepEqual(asked.map(({ path }) => path), ["/livez", "/livez", "/readyz"]);
    for (const { path, scheme } of asked) {
      const found = match("GET", path);
      assert.ok("route" in found && found.route.open, path);
      assert.equal(scheme, tls ? "HTTPS" : undefined);
    }
  }
});

test("Swarm starts nodes numbered like their tasks, of which the first founds the cluster", async () => {
  const { services: { node } } = Stack.parse(parse(swarm({ ...config, kind: "swarm" })));
  for (const [slot, bootstrap] of [["1", true], ["2", false]] as const) {
    // One $ alone would stand for a variable of whoever deploys.
    const filled = (text: string) =>
      text.replaceAll("{{.Task.Slot}}", slot).replaceAll(/(?<!\$)\$\w+/g, "").replaceAll("$$", () => "$");
    const env = Object.entries(node.environment).map(([name, value]) => [name, filled(value)] as const);
    const words = [...node.entrypoint, ...node.command].map(filled);
    const found = await started(words, Object.fromEntries(env));
    assert.deepEqual([found.id, found.bootstrap, found.data], [`n${slot}`, bootstrap, "/data"]);
    assert.deepEqual(found.http?.listen, { host: "0.0.0.0", port: 8000 });
    assert.equal(found.seeds.length, 1);
  }
});

test("systemd starts the node that the instance is named after, with the settings of its file", () => {
  const unit = systemd({ ...config, kind: "systemd" }).replaceAll("%i", "n2").replaceAll(
    "%S",
    "/var/lib",
  );
  const [, command = ""] = /^ExecStart=\S+ serve (.*)$/m.exec(unit) ?? [];
  const set = [...unit.matchAll(/echo (HEARSAY_\w+)=(\S+)/g)].map((
    [, name = "", value = ""],
  ) => [name, value]);
  const found = configOf(parseServe(command.split(" "), Object.fromEntries(set)));
  assert.deepEqual([found.id, found.bootstrap, found.data], ["n2", true, "/var/lib/hearsay/n2"]);
  assert.deepEqual(found.advertise, { host: "host1", port: 7000 });
  assert.deepEqual(found.http?.listen, { host: "0.0.0.0", port: 8000 });
  assert.equal(found.seeds.length, 3);
});

test("with TLS each node, and who asks it how it is, has the certificate of that node", () =>
  inFolder(async (folder) => {
    const { io } = listen();
    for (const args of [["init", folder], ["issue", "hearsay-1", "--dir", folder]]) {
      assert.equal(await ca(args, io), 0);
    }
    const { command, args, env } = containerOf(true);
    const filled = (text: string) =>
      text.replaceAll("$(HEARSAY_ID)", "hearsay-1").replace(/^\/tls/, () => folder);
    const given = Object.fromEntries(
      env.map(({ name, value = "hearsay-1" }) => [name, filled(value)] as const),
    );
    const found = await started([...command, ...args], given);
    assert.deepEqual(found.tls?.identity?.names, ["hearsay-1"]);
    assert.deepEqual(configOf(parseStatus(["--ready"], given)).tls?.identity?.names, ["hearsay-1"]);
  }));
