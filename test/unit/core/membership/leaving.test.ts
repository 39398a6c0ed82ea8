/** Members that leave hand over what they alone hold, whoever else leaves meanwhile. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { ChangingCluster } from "../../../sim/membership/changing_cluster.ts";
import { agree, founded, tell } from "./agreed.ts";

test("a member that leaves hands over what it alone holds, and is gone then [M5]", () => {
  const cluster = founded("n2", "n3");
  cluster.cut(["n3"], ["n1", "n2"]);
  tell(cluster, "n3", 7);
  cluster.run(5_000);
  equal(cluster.asked("n3", { type: "leave" }).type, "none");
  equal(cluster.gone.has("n3"), false);
  match(String(cluster.ask("n3", { type: "broadcast", message: 8 })["text"]), /about to leave/);
  cluster.heal();
  equal(cluster.asked("n3", { type: "leave" }, 10_000).type, "leave_ok");
  match(cluster.gone.get("n3") ?? "", /has left/);
  cluster.run(1_000);
  agree(cluster, { n1: "joined", n2: "joined", n3: "left" }, ["n1", "n2"]);
  for (const id of ["n1", "n2"]) deepEqual(cluster.read(id), [7]);
});

test("a relay that is told to leave leaves while others are told values all the time [M5]", () => {
  const cluster = founded("n2", "n3");
  cluster.ask("n1", { type: "leave" });
  const began = cluster.now;
  for (let i = 0; i < 1_000 && !cluster.gone.has("n1"); i++) {
    cluster.ask(i % 2 === 0 ? "n2" : "n3", { type: "broadcast", message: i });
    cluster.run(20);
  }
  ok(cluster.gone.has("n1"), `not gone ${cluster.now - began} ms after it was told to leave`);
});

test("the root may leave, too, and the last member may not [M5]", () => {
  const cluster = founded("n2");
  tell(cluster, "n1", 1);
  equal(cluster.asked("n1", { type: "leave" }).type, "leave_ok");
  cluster.kill("n1");
  deepEqual(cluster.read("n2"), [1]);
  const { type, code } = cluster.asked("n2", { type: "leave" });
  deepEqual({ type, code }, { type: "error", code: 22 });
});

test("of a pair that leave together others hear, whoever told the other first [M5]", () => {
  for (let apartMs = 0; apartMs < 40; apartMs += 5) {
    const cluster = founded("n2", "n3", "n4");
    const leave = (id: string) => cluster.ask(id, { type: "leave" });
    leave("n3");
    cluster.run(apartMs);
    leave("n4");
    for (let i = 0; i < 100; i++) {
      cluster.run(20);
      for (const id of cluster.gone.keys()) cluster.kill(id);
    }
    deepEqual(cluster.ids, ["n1", "n2"]);
    agree(cluster, { n1: "joined", n2: "joined", n3: "left", n4: "left" });
  }
});

test("of two that leave with each other's word one waits until another has all of it [M5]", () => {
  let alone = 0;
  for (let apartMs = 0; apartMs < 60; apartMs += 3) {
    const cluster = founded("n2", "n3");
    cluster.cut(["n2"], ["n1", "n3"]);
    cluster.run(5_000);
    tell(cluster, "n1", 1);
    tell(cluster, "n3", 3);
    cluster.run(2_000);
    cluster.ask("n1", { type: "leave" });
    cluster.run(apartMs);
    cluster.ask("n3", { type: "leave" });
    cluster.run(1_500);
    for (const id of cluster.gone.keys()) cluster.kill(id);
    const staying = cluster.ids.filter((id) => id !== "n2");
    ok(staying.length > 0, "one of them holds all");
    if (staying.length === 1) alone++;
    cluster.heal();
    cluster.run(20_000);
    for (const id of cluster.gone.keys()) cluster.kill(id);
    deepEqual(cluster.ids, ["n2"]);
    deepEqual(new Set(cluster.read("n2") as number[]), new Set([1, 3]));
    agree(cluster, { n1: "left", n2: "joined", n3: "left" });
  }
  ok(alone > 3, `${alone} left one alone`);
});

test("one that was killed before anybody knew that it left goes on leaving [M5]", () => {
  const cluster = founded("n2", "n3");
  cluster.ask("n3", { type: "leave" });
  for (let i = 0; i < 1_000 && cluster.members("n3")["n3"] !== "left"; i++) cluster.run(1);
  equal(cluster.members("n1")["n3"], "joined");
  cluster.restart("n3");
  equal(cluster.gone.has("n3"), false);
  cluster.run(3_000);
  match(cluster.gone.get("n3") ?? "", /has left/);
  agree(cluster, { n1: "joined", n2: "joined", n3: "left" }, ["n1", "n2"]);
});

test("one that comes back without its memory, and hears that it left, hands over what it was told since [M5]", () => {
  const cluster = new ChangingCluster();
  const ids = ["n1", "n2", "n3"];
  cluster.given(...ids);
  cluster.run(2_000);
  cluster.ask("n3", { type: "leave" });
  cluster.run(5_000);
  match(cluster.gone.get("n3") ?? "", /has left/);
  cluster.cut(["n3"], ["n1", "n2"]);
  cluster.start("n3", { node_ids: ids });
  tell(cluster, "n3", 1);
  cluster.run(2_000);
  cluster.heal();
  cluster.run(5_000);
  match(cluster.gone.get("n3") ?? "", /has left/);
  for (const id of ["n1", "n2"]) deepEqual(cluster.read(id), [1], id);
});

test("one that comes back with what others do not hold, and hears that it left, brings it to them first [M5]", () => {
  const cluster = founded("n2", "n3");
  cluster.cut(["n3"], ["n1", "n2"]);
  tell(cluster, "n3", 1);
  cluster.run(5_000);
  const known = cluster.ask("n1", { type: "members" })["members"];
  ok(Array.isArray(known));
  // What a life of it has told the others that its disk has forgotten.
  const left = known.map((each) => each[0] === "n3" ? [...each.slice(0, 3), 1, ...each.slice(4)] : each);
  for (const id of ["n1", "n2"]) cluster.ask(id, { type: "members", members: left });
  cluster.restart("n3");
  cluster.heal();
  cluster.run(10_000);
  match(cluster.gone.get("n3") ?? "", /has left/);
  agree(cluster, { n1: "joined", n2: "joined", n3: "left" }, ["n1", "n2"]);
  for (const id of ["n1", "n2"]) deepEqual(cluster.read(id), [1], id);
});
