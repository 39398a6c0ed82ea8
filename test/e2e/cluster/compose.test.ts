/** The Compose file: accepted as it is, and each of its services allowed as little as it needs. */
import assert from "node:assert/strict";
import { compose, needsCompose } from "./compose_engine.ts";
import { testNeeding } from "../../shared/needing.ts";

interface Service {
  readonly cap_add?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly build?: unknown;
  readonly image: string;
  readonly network_mode?: string;
  readonly networks?: Record<string, { ipv4_address?: string; aliases?: readonly string[] } | null>;
  readonly ports?: readonly { host_ip?: string; published: string; target: number }[];
  readonly read_only?: boolean;
  readonly security_opt?: readonly string[];
  readonly user?: string;
  readonly volumes?: readonly { type: string; source: string; target: string }[];
}

const ids = ["n1", "n2", "n3", "n4", "n5"];

function services(): Record<string, Service> {
  const { status, stdout, stderr } = compose("--profile", "examiner", "config", "--format", "json");
  assert.equal(status, 0, stderr);
  const { services }: { services: Record<string, Service> } = JSON.parse(stdout);
  return services;
}

function serviceOf(all: Record<string, Service>, name: string): Service {
  return all[name] ?? assert.fail(`there is no service ${name}`);
}

testNeeding(
  "compose: the file is accepted without a word, and has nodes, sidecars and the examiner",
  needsCompose,
  () => {
    const { status, stdout, stderr } = compose("config", "-q");
    assert.deepEqual([status, stdout, stderr], [0, "", ""]);
    assert.deepEqual(Object.keys(services()).sort(), ["examiner", ...ids, "s1", "s2", "s3", "s4", "s5"]);
  },
);

testNeeding(
  "compose: one image, built once, with a root that cannot be written and no way to more rights",
  needsCompose,
  () => {
    const all = services();
    assert.deepEqual(Object.keys(all).filter((name) => all[name]?.build !== undefined), ["n1"]);
    for (const [name, service] of Object.entries(all)) {
      assert.equal(service.image, "hearsay:local");
      assert.deepEqual([service.read_only, service.cap_drop], [true, ["ALL"]], name);
      assert.deepEqual(service.security_opt, ["no-new-privileges:true"], name);
    }
  },
);

testNeeding(
  "compose: nodes have no capability and a volume each; their sidecars alone have NET_ADMIN",
  needsCompose,
  () => {
    const all = services();
    for (const [i, id] of ids.entries()) {
      const [node, sidecar] = [serviceOf(all, id), serviceOf(all, `s${i + 1}`)];
      assert.deepEqual([node.cap_add, node.user], [undefined, undefined]);
      assert.deepEqual(node.volumes?.map(({ type, source, target }) => [type, source, target]), [[
        "volume",
        id,
        "/data",
      ]]);
      assert.deepEqual(sidecar.cap_add, ["NET_ADMIN"]);
      assert.deepEqual(sidecar.volumes?.map(({ source, target }) => [source, target]), [[
        "secret",
        "/secret",
      ]]);
    }
  },
);

testNeeding(
  "compose: each node has its address, which its sidecar holds, and ports of its own on the loopback",
  needsCompose,
  () => {
    const all = services();
    for (const [i, id] of ids.entries()) {
      const sidecar = serviceOf(all, `s${i + 1}`);
      assert.equal(serviceOf(all, id).network_mode, `service:s${i + 1}`);
      const network = sidecar.networks?.["cluster"];
      assert.deepEqual([network?.ipv4_address, network?.aliases], [`198.18.1.${i + 1}`, [id]]);
      const ports = sidecar.ports?.map(({ host_ip, published, target }) => [host_ip, published, target]);
      assert.deepEqual(ports, [["127.0.0.1", `${7001 + i}`, 7000], ["127.0.0.1", `${8001 + i}`, 8000]]);
      assert.equal(serviceOf(all, id).environment?.["HEARSAY_HTTP"], "0.0.0.0:8000");
    }
  },
);
