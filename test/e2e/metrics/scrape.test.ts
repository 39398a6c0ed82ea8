/** Prometheus asks nodes that know their clients: by a certificate, or by a token, as the manifest says. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { issueFor, issueForClient, tlsFlagsOf, withAuthority } from "../../shared/certificates.ts";
import { inFolder } from "../../shared/in_folder.ts";
import { needsPrometheus } from "../../shared/promtool.ts";
import { testNeeding } from "../../shared/needing.ts";
import { eventually, withCluster } from "../fixtures/serving.ts";
import { Prometheus, type Settings } from "./prometheus.ts";

const ids = ["n1"];

/** Where HTTP is spoken, with or without TLS. */
function targetIn(log: readonly string[]): string {
  const said = log.find((line) => line.includes("is spoken at"));
  return /spoken at (?:https?:\/\/)?(\S+)/.exec(said ?? "")?.[1] ?? assert.fail(log.join("\n"));
}

async function gets(
  metric: string,
  flags: readonly string[],
  settings: Omit<Settings, "targets">,
): Promise<void> {
  await withCluster({ ids, flags: ["--http", "127.0.0.1:0", ...flags] }, async ([node]) => {
    const target = targetIn(node?.log ?? []);
    await Prometheus.with({ ...settings, targets: [target] }, async (prometheus) => {
      await eventually("the node is asked", async () => (await prometheus.ask("up == 1")).length === 1);
      const [found] = await prometheus.ask(metric);
      assert.equal(found?.labels["instance"], target);
    });
  });
}

testNeeding(
  "Prometheus asks a node over TLS, by a client's certificate",
  needsPrometheus,
  () =>
    withAuthority(async (dir) => {
      const node = issueFor(dir, "n1", [], { names: ["URI:hearsay:node:n1", "IP:127.0.0.1"] });
      const { ca, own } = issueForClient(dir, "prometheus", ["watch:"]);
      const read = (path: string) => readFileSync(path, "utf8");
      const files = {
        "ca.pem": read(ca),
        "prometheus.pem": read(own.cert),
        "prometheus-key.pem": read(own.key),
      };
      await gets('hearsay_certificate_expiry_timestamp_seconds{certificate="node"}', tlsFlagsOf(node), {
        flags: ["--tls"],
        files,
      });
    }),
);

testNeeding(
  "Prometheus asks a node that was given tokens, by its own",
  needsPrometheus,
  () =>
    inFolder(async (folder) => {
      const token = "a-token-that-nobody-else-has-of-some-length";
      const sha256 = createHash("sha256").update(token).digest("hex");
      const tokens = join(folder, "tokens.json");
      writeFileSync(tokens, JSON.stringify([{ name: "prometheus", sha256, rights: [] }]));
      await gets("hearsay_ready", ["--tokens", tokens], {
        change: (text) => text.replace("# authorization:", "authorization:"),
        files: { token },
      });
    }),
);
