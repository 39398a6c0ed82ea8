/** Stories that promtool is told: what the nodes say as time goes by, and which alerts fire when. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { alerts } from "../../../../lib/commands/manifest/alerts.ts";
import { inFolder } from "../../../shared/in_folder.ts";
import { promtool } from "../../../shared/promtool.ts";

/** The nodes are asked, and the rules evaluated, so often, s. */
const EVERY_S = 2;
const NAMES = ["NodeDown", "Partition", "Behind", "DiskFailing", "CertificateExpires"];
/** Of what promtool says of all that is not as it should be. */
const SHOWN_CHARS = 3_000;
export const ids = ["n1", "n2", "n3", "n4", "n5"];

/** Samples every 2 s from the beginning on, as promtool writes them; `stale` is a node that did not answer. */
export type Series = Readonly<Record<string, string>>;
export type Labels = Readonly<Record<string, string>>;

export interface Fires {
  readonly alert: string;
  /** The first and the last evaluation at which it fires, s. */
  readonly from: number;
  readonly to: number;
  readonly labels: readonly Labels[];
}

export interface Story {
  readonly series: Series;
  /** How long it is, s. */
  readonly lasts: number;
  readonly fires?: readonly Fires[];
}

export const stories: object[] = [];

/** Every alert fires exactly when it is said to, and no other does at any time. */
export function story(name: string, { series, lasts, fires = [] }: Story): void {
  const evaluations = Array.from({ length: lasts / EVERY_S + 1 }, (_, i) => i * EVERY_S);
  const expected = evaluations.flatMap((time) =>
    NAMES.map((alert) => ({
      eval_time: `${time}s`,
      alertname: `Hearsay${alert}`,
      exp_alerts: fires.filter((fire) => fire.alert === alert && fire.from <= time && time <= fire.to)
        .flatMap(({ labels }) => labels.map((exp_labels) => ({ exp_labels }))),
    }))
  );
  stories.push({ name, ...told(series), alert_rule_test: expected });
}

export function told(series: Series) {
  const input = Object.entries(series).map(([series, values]) => ({ series, values }));
  return { interval: `${EVERY_S}s`, input_series: input };
}

/** Runs them all at once, as it is the start of promtool that takes the time. */
export async function holds(rules: string, tests: readonly object[]): Promise<void> {
  await inFolder((folder) => {
    writeFileSync(join(folder, "rules.yml"), rules);
    const file = { rule_files: ["rules.yml"], evaluation_interval: `${EVERY_S}s`, tests };
    writeFileSync(join(folder, "test.yml"), JSON.stringify(file));
    const { status, out } = promtool(["test", "rules", join(folder, "test.yml")]);
    assert.equal(status, 0, out.replaceAll(/\n\s*\n+/g, "\n").slice(0, SHOWN_CHARS));
  });
}

/** Texts are told of once, below. */
export function withoutTexts(): string {
  const rules: { groups: { rules: { annotations?: unknown }[] }[] } = parse(alerts());
  for (const group of rules.groups) for (const rule of group.rules) delete rule.annotations;
  return JSON.stringify(rules);
}

/** So many samples of a value, each after the one before. */
export function times(value: number | "stale", count: number): string {
  return value === "stale" ? Array(count).fill("stale").join(" ") : `${value}x${count - 1}`;
}

/** A series of one node, as the job asks for it. */
export function of(id: string, metric: string, labels = ""): string {
  return `${metric}{job="hearsay",instance="${id}:8000"${labels && `,${labels}`}}`;
}

export interface Life {
  readonly up?: string;
  readonly answers?: string;
  readonly ready?: string;
  readonly connected?: string;
  readonly cluster?: string;
}

export const LONG = times(1, 200);

/** What is there of a node that is well. */
export function node(
  id: string,
  { up = LONG, answers = LONG, ready = answers, connected = times(4, 200), cluster = "c" }: Life = {},
): Series {
  return {
    [of(id, "up")]: up,
    [of(id, "hearsay_node_info", `node="${id}",cluster="${cluster}",cluster_id="${cluster}.1"`)]: answers,
    [of(id, "hearsay_ready")]: ready,
    [of(id, "hearsay_peers_connected")]: connected,
  };
}

export function nodes(names: readonly string[], life?: Life): Series {
  return Object.assign({}, ...names.map((id) => node(id, life)));
}

export function instance(id: string, severity: string, more: Labels = {}): Labels {
  return { job: "hearsay", instance: `${id}:8000`, severity, ...more };
}

export const named = (id: string) => instance(id, "critical", { node: id, cluster: "c", cluster_id: "c.1" });

/** Samples with a hole in them, which is a node that is away or silent for so many. */
export function hole(value: number, before: number, missing: number, inHole: number | "stale"): string {
  return `${times(value, before)} ${times(inHole, missing)} ${times(value, 100)}`;
}

/** Commits of a node, those within a second and all of them. */
export function commits(id: string, quick: string, all: string): Series {
  const bucket = (le: string) => of(id, "hearsay_store_commit_duration_seconds_bucket", `le="${le}"`);
  return { [bucket("0.005")]: quick, [bucket("1")]: quick, [bucket("2.5")]: all, [bucket("+Inf")]: all };
}
