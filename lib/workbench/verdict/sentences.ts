/** What is wrong with the values, and with what nodes did, in plain sentences. */
import { inOrder } from "./oddities.ts";
import { quoted } from "./quote.ts";
import { REPORTS_MAX, type Violation, type ViolationKind } from "./violations.ts";
import type { WorkloadResults } from "./workload_results.ts";

/** Items that a sentence lists before it says how many more there are. */
const LISTED_MAX = 10;

/** `refusal`: why a final read failed, where a node has said so. */
export function sentences(found: WorkloadResults, refusal: string | undefined): string[] {
  // Misbehaviour comes first: a crash explains the reads that are missing.
  const all = accusations(found.violations);
  const say = (items: readonly unknown[], sentence: (list: string, some: string) => string): void => {
    const some = items.length === 1 ? "1 value" : `${items.length} values`;
    if (items.length > 0) all.push(sentence(list(items), some));
  };
  say(found.lost, (which, some) => `Lost: ${some} acknowledged or read once, and not read later: ${which}.`);
  say(found.duplicated, (which, some) => `Duplicated: ${some} came more than once in one read: ${which}.`);
  say(found.phantom, (which, some) => `Phantom: ${some} read that nobody broadcast: ${which}.`);
  say(
    found.retention?.["dropped-early"] ?? [],
    (which, some) => `Dropped early: ${some} gone from a node that had to keep it: ${which}.`,
  );
  say(
    found.retention?.resurrected ?? [],
    (which, some) => `Resurrected: ${some} read again at a node from which it was gone: ${which}.`,
  );
  say(
    found["not-in-final-read"],
    (which, some) => `Missing: ${some} acknowledged but not in every final read: ${which}.`,
  );
  const partial = found.partial.map(({ element, nodes }) =>
    `${JSON.stringify(element)} (not at ${nodes.join(" ")})`
  );
  say(partial, (which, some) => `Partial: ${some} reached some nodes but not others: ${which}.`);
  say(
    found.disagreeing,
    (which) => `Disagree: by their own digests these nodes hold other values than are read: ${which}.`,
  );
  const why = refusal === undefined ? "" : `; ${refusal}`;
  say(found["no-final-read"], (which) => `No final read: it failed at ${which}${why}.`);
  say(
    found.unanswered,
    (which) => `Unanswered: though undisturbed, these nodes stopped answering: ${which}.`,
  );
  return all;
}

const MUTE = "Maelstrom reads nothing that it prints from then on";

/** The rule that a violation breaks, where that does not go without saying. */
const rules: Partial<Readonly<Record<ViolationKind, string>>> = {
  "stray-line": "standard output is for messages only",
  "malformed-message": MUTE,
  "wrong-source": MUTE,
  "half-line": "a message ends with a newline, and is flushed",
};

/** One sentence for each kind of misbehaviour of a node; nodes that do the same share it. */
export function accusations(violations: readonly Violation[]): string[] {
  const charges = Map.groupBy(violations, ({ node, kind }) => `${node} ${kind}`);
  const alike = Map.groupBy(charges.values(), (charge) => {
    const [first] = charge;
    const often = charge.length >= REPORTS_MAX ? `${REPORTS_MAX} times or more` : `${charge.length} times`;
    const times = charge.length === 1 ? "" : ` (${often})`;
    const rule = first === undefined ? undefined : rules[first.kind];
    return `${first?.kind}${times}: ${first?.reason}${rule === undefined ? "" : ` (${rule})`}`;
  });
  return [...alike].map(([what, accused]) => {
    const nodes = accused.map((charge) => charge[0]?.node ?? "");
    return `Misbehaved: ${nodes.sort(inOrder).join(", ")}: ${what}`;
  });
}

function list(items: readonly unknown[]): string {
  const shown = items.slice(0, LISTED_MAX).map((item) =>
    quoted(typeof item === "string" ? item : JSON.stringify(item))
  );
  const more = items.length > LISTED_MAX ? ` and ${items.length - LISTED_MAX} more` : "";
  return shown.join(", ") + more;
}
