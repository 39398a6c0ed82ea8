/** The alerts in the lab, by a real Prometheus: a cut and a lost node are told in time, a restart is not, and the dashboard has it all. */
import assert from "node:assert/strict";
import { dashboard } from "../../../lib/commands/manifest/grafana/grafana.ts";
import { completeGrudge } from "../../../lib/workbench/faults/grudge.ts";
import { PartitionController } from "../../../lib/workbench/faults/partition_controller.ts";
import { readSecret } from "../../../lib/workbench/faults/sidecar_secret.ts";
import { Lab } from "../../../lib/workbench/lab/lab.ts";
import { ask } from "../../../lib/workbench/world/running/ask.ts";
import { addressText } from "../../../transports/address.ts";
import { needsPrometheus } from "../../shared/promtool.ts";
import { until } from "../../shared/until.ts";
import { fromSource } from "../fixtures/hearsay.ts";
import { needsLab } from "../fixtures/lab.ts";
import { testNeeding } from "../../shared/needing.ts";
import { measured } from "../fixtures/serving.ts";
import { Prometheus } from "./prometheus.ts";

/** Nothing is shown there in a lab that is well, and that has no TLS. */
const EMPTY = ["Links that are down", "Refused and dropped", "Certificates last for"];
/** A cut is told within this time, and so is its end, ms. */
const TOLD_MS = 15_000;

testNeeding(
  "alerts: a cut is told within 15 s, and so is its end, but no restart; every panel of the dashboard has its numbers",
  { ...needsPrometheus, ...needsLab },
  async () => {
    const lab = await Lab.open({ program: fromSource() });
    try {
      await Prometheus.with(
        { targets: [...lab.pages.values()].map(addressText) },
        (prometheus) => tell(lab, prometheus),
      );
    } finally {
      await lab.close();
    }
  },
);

async function tell(lab: Lab, prometheus: Prometheus): Promise<void> {
  const secret = readSecret(lab.secretFile);
  assert.ok("secret" in secret);
  const cutter = new PartitionController(lab.sidecars, lab.addresses, secret);
  await until(async () => (await prometheus.ask("sum(up)"))[0]?.value === 5, "Prometheus asks all five");
  await broadcast(lab, "before");

  await lab.kill("n5");
  await lab.start("n5");
  await until(async () => (await prometheus.ask("ALERTS")).length === 0, "nobody misses n5 any longer");

  await cutter.partition(completeGrudge([["n1", "n2"], ["n3", "n4", "n5"]]));
  await tellsInTime(
    "a cut",
    prometheus,
    ["n1", "n2", "n3", "n4", "n5"].map((id) => `HearsayPartition ${id}`),
  );
  await cutter.heal();
  await tellsInTime("its end", prometheus, []);

  await lab.kill("n4");
  await tellsInTime("a node that is down", prometheus, ["HearsayNodeDown"]);
  await lab.start("n4");
  await tellsInTime("its return", prometheus, []);
  await broadcast(lab, "after");
  await panelsShow(prometheus);
  const ever = await prometheus.ask(
    'count by (alertname) (count_over_time(ALERTS{alertstate="firing"}[5m]))',
  );
  assert.deepEqual(ever.map(({ labels }) => labels["alertname"]).sort(), [
    "HearsayNodeDown",
    "HearsayPartition",
  ]);
}

/** The alerts that fire, each with the node that it names. */
async function tellsInTime(what: string, prometheus: Prometheus, alerts: readonly string[]): Promise<void> {
  const begun = performance.now();
  let found: string[] = [];
  const tells = async () => {
    const fire = await prometheus.ask('ALERTS{alertstate="firing"}');
    found = fire.map(({ labels: { alertname, node = "" } }) => `${alertname} ${node}`.trim()).sort();
    return `${found}` === `${alerts}`;
  };
  await until(tells, what, TOLD_MS).catch(() => assert.deepEqual(found, alerts));
  measured(`alerts: ${what} is told after ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}

async function broadcast(lab: Lab, message: string): Promise<void> {
  for (const at of lab.at.values()) {
    const answer = await ask(at, { type: "broadcast", message, msg_id: 1 });
    assert.ok(answer.ok, answer.ok ? "" : answer.reason);
  }
}

async function panelsShow(prometheus: Prometheus): Promise<void> {
  let empty: string[] = [];
  const looks = async () => {
    empty = await emptyPanels(prometheus);
    return `${empty}` === `${EMPTY}`;
  };
  await until(looks).catch(() => assert.deepEqual(empty, EMPTY));
}

/** Those of which a query finds nothing, or no number. */
async function emptyPanels(prometheus: Prometheus): Promise<string[]> {
  const empty: string[] = [];
  for (const panel of dashboard().panels) {
    if (!("targets" in panel)) continue;
    const found = await Promise.all(panel.targets.map(({ expr }) => prometheus.ask(forAll(expr))));
    if (found.some((samples) => !samples.some(({ value }) => Number.isFinite(value)))) {
      empty.push(panel.title);
    }
  }
  return empty;
}

/** As Grafana asks, where all nodes are selected. */
function forAll(expr: string): string {
  return expr.replaceAll("$instance", ".+").replaceAll("$__rate_interval", "1m");
}
