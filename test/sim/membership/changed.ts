/** What becomes of members and values where nodes join and leave, with or without a mechanism. */
import type { Mechanism } from "../../../lib/core/mechanisms.ts";
import { ChangingCluster } from "./changing_cluster.ts";

function founded(without: readonly Mechanism[]): ChangingCluster {
  const cluster = new ChangingCluster(without);
  cluster.given("n1", "n2", "n3", "n4");
  cluster.run(2_000);
  return cluster;
}

/** How many members do not know of one that has joined. */
export function unawareOfJoin(without: readonly Mechanism[]): number {
  const cluster = founded(without);
  cluster.join("n5", "n3");
  cluster.run(5_000);
  return cluster.ids.filter((id) => cluster.members(id)["n5"] !== "joined").length;
}

/** How many values are nowhere once a node has left that was told them while it was cut off. */
export function lostByLeaving(without: readonly Mechanism[]): number {
  const cluster = founded(without);
  cluster.cut(["n4"], ["n1", "n2", "n3"]);
  const values = [1, 2, 3];
  for (const message of values) cluster.ask("n4", { type: "broadcast", message });
  cluster.run(5_000);
  cluster.ask("n4", { type: "leave" });
  cluster.run(10);
  cluster.heal();
  for (let i = 0; i < 10_000 && cluster.ids.includes("n4"); i++) {
    cluster.run(1);
    if (cluster.gone.has("n4")) cluster.kill("n4");
  }
  cluster.run(5_000);
  const read = cluster.read("n1");
  return values.length - (Array.isArray(read) ? read.length : 0);
}
