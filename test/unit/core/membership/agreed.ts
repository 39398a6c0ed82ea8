/** Clusters in which members come and go, and what is said of them here and there. */
import { deepEqual, equal } from "node:assert/strict";
import { ChangingCluster } from "../../../sim/membership/changing_cluster.ts";

export function founded(...others: string[]): ChangingCluster {
  const cluster = new ChangingCluster();
  cluster.found("n1");
  for (const id of others) {
    cluster.run(100);
    equal(cluster.join(id, "n1").type, "join_ok");
  }
  cluster.run(2_000);
  return cluster;
}

export function agree(cluster: ChangingCluster, expected: Record<string, string>, among = cluster.ids): void {
  for (const id of among) deepEqual(cluster.members(id), expected, `as ${id} has it`);
}

export function tell(cluster: ChangingCluster, id: string, message: number): void {
  equal(cluster.ask(id, { type: "broadcast", message }).type, "broadcast_ok");
}
