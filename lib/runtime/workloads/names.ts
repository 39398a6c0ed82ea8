/** Maelstrom's workloads: those that a node serves, and why it serves no others. */

export const workloadNames = ["broadcast", "echo", "unique-ids", "g-set", "g-counter", "pn-counter"] as const;
export type WorkloadName = typeof workloadNames[number];

/** Why a set that only grows, of which every node may lack a part for a while, cannot honestly be these. */
const unserved: Readonly<Record<string, string>> = {
  "kafka": "kafka wants offsets in an order that all nodes agree on, which takes consensus",
  "lin-kv": "lin-kv wants every read to show the last write, which no node can tell while it is cut off",
  "txn-list-append": "txn-list-append wants lists in an order that all nodes agree on, which takes consensus",
  "txn-rw-register": "txn-rw-register overwrites values, and hearsay only ever adds some",
};

/** A clause, for people; undefined where it is served, or no workload of Maelstrom's. */
export function whyUnserved(name: string): string | undefined {
  return Object.hasOwn(unserved, name) ? unserved[name] : undefined;
}

export function isWorkload(name: string): name is WorkloadName {
  return workloadNames.some((served) => served === name);
}
