/** What a run of each workload came to, in words: its operations, what was found of them, and why it is valid. */
import type { Results } from "../../workbench/verdict/results.ts";
import {
  type CounterResults,
  type EventResults,
  type KeyResults,
  operationsOf,
} from "../../workbench/workloads/workload.ts";
import { workloadOf } from "../../workbench/workloads/workloads.ts";

export function operations({ stats, settings }: Results): string {
  const open = stats["info-count"] === 0 ? "" : `, ${stats["info-count"]} without an answer`;
  const failed = stats["fail-count"] === 0 ? "" : `, ${stats["fail-count"]} refused`;
  const workload = workloadOf(settings);
  const by = operationsOf(workload).map((f) =>
    `${stats["by-f"][f]?.count ?? 0} ${workload.operations[f]?.called}`
  );
  return `${stats.count} (${by.join(", ")}): ${stats["ok-count"]} answered${failed}${open}`;
}

/** A label, and what was found. */
export function found(results: Results): readonly [label: string, text: string] {
  const { other, stats } = results;
  switch (other?.kind) {
    case undefined:
      return ["values", values(results)];
    case "echo": {
      const wrong = other["error-count"] === 0 ? "" : `, ${other["error-count"]} did not`;
      return ["echoes", `${stats.count} asked, ${other["ok-count"]} came back as they were${wrong}`];
    }
    case "ids": {
      const { "attempted-count": asked, "acknowledged-count": given, "duplicated-count": repeated } = other;
      const twice = repeated === 0 ? "all different" : `${repeated} of them more than once`;
      return ["ids", `${asked} asked, ${given} given, ${twice}`];
    }
    case "counter":
      return ["sum", sum(other)];
    case "events":
      return ["events", events(other)];
    case "keys":
      return ["keys", keys(other)];
  }
}

/** "every acknowledged value is read once at every node, and no other" */
export function whyValid(results: Results): string {
  const { other } = results;
  switch (other?.kind) {
    case undefined:
      return everyValue(results);
    case "echo":
      return "every echo is what was asked";
    case "ids":
      return "no id was given twice";
    case "counter":
      return `all final reads are one sum, which the additions make${atRisk(other, "addition")}`;
    case "events":
      return `every acknowledged event is read once at every node, in its topic alone${
        atRisk(other, "event")
      }`;
    case "keys":
      return `all nodes give the same for every key, which nothing overwrote${atRisk(other, "write")}`;
  }
}

/** Values that a killed node took with it are not promised, and not hidden either. */
function everyValue({ workload }: Results): string {
  const gone = [
    [workload.retention?.["expired-count"] ?? 0, "need not be kept any longer"],
    [workload["forgiven-count"], "went with the memory of killed nodes"],
    [workload["rolled-back-count"], "only nodes that were rolled back had had"],
    [workload.membership?.["gone-count"] ?? 0, "went with removed members, or with the memory of members"],
  ] as const;
  const whole = "every acknowledged value is read once at every node, and no other";
  const but = gone.filter(([count]) => count > 0).map(([count, what]) => `${count} that ${what}`);
  return but.length === 0 ? whole : `${whole}; but for ${but.join(" and ")}`;
}

function values({ workload, settings }: Results): string {
  const troubles = [
    [workload["lost-count"], "lost"],
    [workload["never-read-count"], "never read"],
    [workload["stale-count"], "late in some read"],
    [workload["duplicated-count"], "read twice in one read"],
    [workload["phantom-count"], "read though nobody broadcast them"],
    [workload.retention?.["dropped-early-count"] ?? 0, "gone early"],
    [workload.retention?.["resurrected-count"] ?? 0, "back once they were gone"],
    [workload.retention?.["expired-count"] ?? 0, "kept no longer"],
    [workload["forgiven-count"], "gone with the memory of killed nodes"],
    [workload["rolled-back-count"], "gone with rollbacks"],
    [workload.membership?.["gone-count"] ?? 0, "gone with members"],
  ] as const;
  const said = troubles.filter(([count]) => count > 0).map(([count, what]) => `, ${count} ${what}`);
  const { "attempt-count": tried, "acknowledged-count": acked, "stable-count": stable } = workload;
  const told = settings.workload === undefined ? "broadcast" : "added";
  return `${tried} ${told}, ${acked} acknowledged, ${stable} stable${said.join("")}`;
}

function sum(counter: CounterResults): string {
  const reads = [...new Set(counter["final-reads"])].join(", ");
  const possible = counter.acceptable.map(([from, to]) => from === to ? `${from}` : `${from} to ${to}`);
  const read = reads === "" ? "no final read" : `${reads} in the final reads`;
  return `${read}, ${possible.join(" or ")} possible${atRisk(counter, "addition")}`;
}

function events(found: EventResults): string {
  const { "attempt-count": told, "acknowledged-count": acked, "repeat-count": again } = found;
  const messages = (["missing", "partial", "repeated", "astray", "phantom"] as const)
    .filter((trouble) => found[trouble].length > 0)
    .map((trouble) => `, ${found[trouble].length} messages ${trouble}`);
  const repeated = again === 0 ? "" : `, ${again} times once more`;
  return `${told} told, ${acked} acknowledged${repeated}${messages.join("")}${atRisk(found, "event")}`;
}

function keys(found: KeyResults): string {
  const { "put-count": put, "delete-count": deleted, "acknowledged-count": acked } = found;
  const troubles = [
    [found.disagree.length, "keys on which nodes disagree"],
    [found.superseded.length, "overwritten values in the end"],
    [found.vanished.length, "values gone"],
    [found.backwards.length, "steps back"],
    [found.astray.length + found.phantom.length, "values that nobody put there"],
  ] as const;
  const said = troubles.filter(([count]) => count > 0).map(([count, what]) => `, ${count} ${what}`);
  return `${put} put, ${deleted} deleted, ${acked} acknowledged${said.join("")}${atRisk(found, "write")}`;
}

/** What a killed node took with it is not promised, and not hidden either. */
function atRisk(
  { "at-risk-count": count }: CounterResults | EventResults | KeyResults,
  one: "addition" | "event" | "write",
): string {
  const some = count === 1 ? `1 ${one}` : `${count} ${one}s`;
  return count === 0 ? "" : `; whatever came of ${some} at nodes that were killed later`;
}
