/** What a run of each workload came to, in words: its operations, what was found of them, and why it is valid. */
import type { Results } from "../../workbench/verdict/results.ts";
import type { F } from "../../workbench/verdict/history.ts";
import { type CounterResults, operationsOf } from "../../workbench/workloads/workload.ts";
import { workloadOf } from "../../workbench/workloads/workloads.ts";

const operationWords: Readonly<Record<F, string>> = {
  broadcast: "broadcasts",
  add: "additions",
  read: "reads",
  echo: "echoes",
  generate: "ids",
};

export function operations({ stats, settings }: Results): string {
  const open = stats["info-count"] === 0 ? "" : `, ${stats["info-count"]} without an answer`;
  const failed = stats["fail-count"] === 0 ? "" : `, ${stats["fail-count"]} refused`;
  const by = operationsOf(workloadOf(settings)).map((f) =>
    `${stats["by-f"][f]?.count ?? 0} ${operationWords[f]}`
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
      return `all final reads are one sum, which the additions make${atRisk(other)}`;
  }
}

/** Values that a killed node took with it are not promised, and not hidden either. */
function everyValue({ workload }: Results): string {
  const gone = [
    [workload["forgiven-count"], "went with the memory of killed nodes"],
    [workload["rolled-back-count"], "only nodes that were rolled back had had"],
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
    [workload["forgiven-count"], "gone with the memory of killed nodes"],
    [workload["rolled-back-count"], "gone with rollbacks"],
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
  return `${read}, ${possible.join(" or ")} possible${atRisk(counter)}`;
}

/** What a killed node took with it is not promised, and not hidden either. */
function atRisk({ "at-risk-count": count }: CounterResults): string {
  const some = count === 1 ? "1 addition" : `${count} additions`;
  return count === 0 ? "" : `; whatever came of ${some} at nodes that were killed later`;
}
