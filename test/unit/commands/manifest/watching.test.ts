/** What Prometheus and Grafana are given: a dashboard by Grafana's own types, and rules that each say what is to be done. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { z } from "zod";
import { alerts } from "../../../../lib/commands/manifest/alerts.ts";
import { dashboard, grafana } from "../../../../lib/commands/manifest/grafana/grafana.ts";
import { COLUMNS } from "../../../../lib/commands/manifest/grafana/panel.ts";
import { prometheus } from "../../../../lib/commands/manifest/prometheus.ts";
import { testNeeding } from "../../../shared/needing.ts";
import { inFolder } from "../../../shared/in_folder.ts";
import { needsPromtool, promtool } from "../../../shared/promtool.ts";
import { families } from "../../../../lib/service/metrics/families/families.ts";
import { grafanaFaults } from "./grafana_faults.ts";

const config = {
  ...{ kind: "prometheus", nodes: 2, tls: false, image: "hearsay:local", namespace: "hearsay" } as const,
  targets: [{ host: "host1", port: 8001 }, { host: "::1", port: 8002 }],
};

const Scraping = z.strictObject({
  rule_files: z.tuple([z.literal("hearsay.rules.yml")]),
  scrape_configs: z.tuple([z.strictObject({
    job_name: z.literal("hearsay"),
    scrape_interval: z.literal("2s"),
    scrape_timeout: z.literal("2s"),
    scheme: z.literal("https").optional(),
    tls_config: z.strictObject({ ca_file: z.string(), cert_file: z.string(), key_file: z.string() })
      .optional(),
    static_configs: z.tuple([z.strictObject({ targets: z.array(z.string()) })]),
  })]),
});
const Rules = z.strictObject({
  groups: z.tuple([z.strictObject({
    name: z.literal("hearsay"),
    interval: z.literal("2s"),
    rules: z.array(z.strictObject({
      alert: z.string().regex(/^Hearsay[A-Z][A-Za-z]+$/),
      expr: z.string(),
      for: z.string(),
      labels: z.strictObject({ severity: z.enum(["critical", "warning"]) }),
      annotations: z.strictObject({ summary: z.string(), description: z.string(), runbook: z.string() }),
    })),
  })]),
});

test("the dashboard is one by the types that Grafana publishes", async () => {
  const given: unknown = JSON.parse(grafana());
  assert.deepEqual(await grafanaFaults(given), []);
  const wrong = JSON.parse(grafana().replace('"colorMode"', '"colourMode"'));
  assert.match((await grafanaFaults(wrong)).join(), /colourMode/);
  const other = JSON.parse(grafana().replace('"drawStyle": "line"', '"drawStyle": "lines"'));
  assert.match((await grafanaFaults(other)).join(), /"lines"/);
});

test("panels of the dashboard lie beside each other, in the order in which they are read", () => {
  const { panels } = dashboard();
  assert.deepEqual(panels.map(({ id }) => id), panels.map((_, i) => i + 1));
  const taken = new Set<string>();
  for (const { title, gridPos: { x, y, w, h } } of panels) {
    assert.ok(x + w <= COLUMNS, title);
    for (let column = x; column < x + w; column++) {
      for (let line = y; line < y + h; line++) {
        assert.ok(!taken.has(`${column} ${line}`), title);
        taken.add(`${column} ${line}`);
      }
    }
  }
  const titles = panels.map(({ title }) => title);
  assert.equal(new Set(titles).size, titles.length);
});

test("Prometheus asks the nodes where it is told, by TLS where they have it", () => {
  const { scrape_configs: [plain] } = Scraping.parse(parse(prometheus(config)));
  assert.deepEqual(plain.static_configs[0].targets, ["host1:8001", "[::1]:8002"]);
  assert.equal(plain.scheme, undefined);
  const { scrape_configs: [secure] } = Scraping.parse(parse(prometheus({ ...config, tls: true })));
  assert.equal(secure.scheme, "https");
  assert.equal(secure.tls_config?.ca_file, "ca.pem");
});

test("there are five alerts, and the page of operations says of each how bad it is and what is to be done", () => {
  const { groups: [{ rules }] } = Rules.parse(parse(alerts()));
  assert.equal(rules.length, 5);
  const page = readFileSync(new URL("../../../../lib/service/OPERATIONS.md", import.meta.url), "utf8");
  const sections = new Map(
    page.split(/^#{2,3} /m).map((section) => {
      const [title = "", ...text] = section.split("\n");
      return [title, text.join("\n").trim()];
    }),
  );
  for (const { alert, labels: { severity }, annotations: { runbook } } of rules) {
    assert.equal(runbook, `OPERATIONS.md#${alert.toLowerCase()}`);
    const section = sections.get(alert) ?? assert.fail(`nothing is said of ${alert}`);
    assert.match(section.toLowerCase(), new RegExp(`^${severity}: `));
    assert.match(section, /^- \*\*Look\*\*: [\s\S]*^- \*\*Do\*\*: /m);
  }
  const told = [...sections.keys()].filter((title) => title.startsWith("Hearsay"));
  assert.deepEqual(told, rules.map(({ alert }) => alert));
});

test("whatever the page of operations calls by the title of a panel is on the dashboard", () => {
  const page = readFileSync(new URL("../../../../lib/service/OPERATIONS.md", import.meta.url), "utf8");
  const named = [...page.matchAll(/(?<!\w)_([A-Z][^_]+)_(?!\w)/g)].map(([, title = ""]) =>
    title.replaceAll(/\s+/g, " ")
  );
  assert.ok(named.length > 5);
  const titles: string[] = dashboard().panels.map(({ title }) => title);
  assert.deepEqual(named.filter((title) => !titles.includes(title)), []);
});

test("rules and panels ask for metrics that there are", () => {
  const queries = [...Rules.parse(parse(alerts())).groups[0].rules, ...targets()];
  const asked = queries.flatMap(({ expr }) => expr.match(/\b(hearsay|process)_\w+/g) ?? []);
  const known = families.flatMap(({ kind, name }) => kind === "histogram" ? [`${name}_bucket`] : [name]);
  assert.deepEqual([...new Set(asked)].filter((name) => !known.includes(name)), []);
  assert.ok(new Set(asked).size > 30);
});

testNeeding(
  "promtool finds nothing to say about the rules and the settings of Prometheus",
  needsPromtool,
  () =>
    inFolder((folder) => {
      for (const name of ["ca.pem", "prometheus.pem", "prometheus-key.pem"]) {
        writeFileSync(join(folder, name), "");
      }
      writeFileSync(join(folder, "hearsay.rules.yml"), alerts());
      for (const tls of [false, true]) {
        writeFileSync(
          join(folder, "prometheus.yml"),
          prometheus({ ...config, tls }),
        );
        const { status, out } = promtool([
          "check",
          "config",
          "--lint=all",
          "--lint-fatal",
          join(folder, "prometheus.yml"),
        ]);
        assert.equal(status, 0, out);
        assert.match(out, /SUCCESS: 5 rules found/);
      }
    }),
);

testNeeding("every query of the dashboard is one", needsPromtool, () =>
  inFolder((folder) => {
    assert.ok(targets().length > 40);
    const rules = targets().map(({ expr }, i) => ({
      record: `query:${i}`,
      expr: expr.replaceAll("$__rate_interval", "1m"),
    }));
    const check = (rules: readonly object[]) => {
      writeFileSync(join(folder, "rules.yml"), JSON.stringify({ groups: [{ name: "queries", rules }] }));
      return promtool(["check", "rules", join(folder, "rules.yml")]);
    };
    const { status, out } = check(rules);
    assert.equal(status, 0, out);
    assert.equal(check([{ record: "query:x", expr: "sum(" }]).status, 1);
  }));

function targets() {
  return dashboard().panels.flatMap((panel) => "targets" in panel ? panel.targets : []);
}
