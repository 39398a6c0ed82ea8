/** What is wrong with the keys of a run, in sentences. */
import type { Json } from "../../core/message.ts";
import { quoted } from "../verdict/quote.ts";
import { type KeyReadings, type KeyResults, type KeySighting, listed } from "./workload.ts";

export function keySentences(found: KeyResults): string[] {
  return [
    ...say("Disagree", "the nodes do not give the same in the end", found.disagree, differing),
    ...say(
      "Superseded",
      "what an acknowledged write overwrote is given in the end",
      found.superseded,
      (read) => `${seen(read)}, which ${writeText(read["superseded-by"])} overwrote`,
    ),
    ...say("Vanished", "no value is given, though nobody can have deleted it", found.vanished, seen),
    ...say(
      "Went back",
      "a node gives what it had overwritten",
      found.backwards,
      (read) => `${seen(read)}, after ${writeText(read.before)}`,
    ),
    ...say("Astray", "a value of another key is given", found.astray, seen),
    ...say("Phantom", "a value is given that nobody put", found.phantom, seen),
  ];
}

function say<T>(what: string, why: string, items: readonly T[], inWords: (item: T) => string): string[] {
  return items.length === 0 ? [] : [`${what}: ${why}: ${listed(items.map(inWords))}.`];
}

function seen({ topic, key, value, node, "at-ms": at }: KeySighting): string {
  return `${topic}/${key} is ${valueText(value)} at ${node}, ${(at / 1000).toFixed(1)} s`;
}

function differing({ topic, key, values }: KeyReadings): string {
  const alike = Map.groupBy(Object.entries(values), ([, value]) => valueText(value));
  const each = [...alike].map(([text, at]) => `${text} at ${at.map(([node]) => node).join(" ")}`);
  return `${topic}/${key} is ${each.join(", ")}`;
}

function valueText(value: Json): string {
  return value === null ? "none" : quoted(JSON.stringify(value));
}

function writeText(value: Json): string {
  return value === null ? "a deletion" : valueText(value);
}
