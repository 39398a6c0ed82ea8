/** Nodes that join, leave, are removed and come back: all agree on the list, and no value is lost. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { Node } from "../../../../lib/core/node.ts";
import { seeded } from "../../../../lib/core/random.ts";
import { MEMBERS_MAX } from "../../../../lib/core/membership/membership.ts";
import { ABSENCE_MAX_MS } from "../../../../lib/core/retention/retirement.ts";
import { ChangingCluster } from "../../../sim/membership/changing_cluster.ts";
import { agree, founded, tell } from "./agreed.ts";

test("whoever joins is a member everywhere, and has all that was told before and after [M3] [M4]", () => {
  const cluster = founded("n2", "n3");
  tell(cluster, "n2", 1);
  cluster.run(1_000);
  cluster.join("n0", "n3");
  tell(cluster, "n0", 2);
  cluster.run(2_000);
  tell(cluster, "n1", 3);
  cluster.run(2_000);
  agree(cluster, { n0: "joined", n1: "joined", n2: "joined", n3: "joined" });
  for (const id of cluster.ids) deepEqual(new Set(cluster.read(id) as number[]), new Set([1, 2, 3]), id);
});

test("a member that joined behind a cut becomes known when it heals [M4]", () => {
  const cluster = founded("n2", "n3", "n4");
  cluster.cut(["n1", "n2"], ["n3", "n4", "n5"]);
  tell(cluster, "n3", 1);
  tell(cluster, "n1", 2);
  cluster.run(5_000);
  cluster.join("n5", "n4");
  tell(cluster, "n5", 3);
  cluster.run(5_000);
  cluster.heal();
  cluster.run(20_000);
  agree(cluster, { n1: "joined", n2: "joined", n3: "joined", n4: "joined", n5: "joined" });
  for (const id of cluster.ids) deepEqual(new Set(cluster.read(id) as number[]), new Set([1, 2, 3]), id);
});

test("news of members comes to an end, though every message arrives twice [I9] [M4]", () => {
  const cluster = founded("n2", "n3", "n4");
  cluster.isDoubling = true;
  cluster.cut(["n1", "n2"], ["n3", "n4"]);
  tell(cluster, "n1", 1);
  cluster.run(5_000);
  for (const id of ["n5", "n6", "n7"]) cluster.join(id, "n4");
  cluster.join("n8", "n1");
  cluster.run(2_000);
  cluster.heal();
  cluster.restart("n2");
  cluster.run(30_000);
  const { sent } = cluster;
  cluster.run(60_000);
  equal(cluster.sent, sent);
  for (const id of cluster.ids) equal(Object.keys(cluster.members(id)).length, 8, id);
});

test("what one brings of whom all know that it left is taken in, and not lost [M5]", () => {
  const cluster = founded("n2");
  tell(cluster, "n2", 1);
  cluster.run(1_000);
  cluster.ask("n2", { type: "leave" });
  cluster.run(200);
  cluster.mute("n1", "n2");
  for (let i = 0; i < 3_000 && cluster.members("n1")["n2"] !== "left"; i++) cluster.run(1);
  const known = cluster.ask("n1", { type: "members" });
  cluster.kill("n1");
  cluster.run(100);
  cluster.heal();
  cluster.start("n1", { node_ids: ["n1"], address: "n1:1", members: known["members"], cluster_id: "c1" });
  deepEqual(cluster.read("n1"), [], "it has forgotten all but the list");
  cluster.run(20_000);
  match(cluster.gone.get("n2") ?? "", /has left/);
  deepEqual(cluster.read("n1"), [1]);
});

test("a list that was given can be added to, and costs nothing while it is not [M4]", () => {
  const cluster = new ChangingCluster();
  cluster.given("n1", "n2", "n3");
  cluster.run(2_000);
  const before = cluster.sent;
  cluster.run(60_000);
  equal(cluster.sent, before);
  equal(cluster.join("n4", "n2").type, "join_ok");
  cluster.run(2_000);
  agree(cluster, { n1: "joined", n2: "joined", n3: "joined", n4: "joined" });
});

test("a node whose disk went back keeps its place at its address [M2]", () => {
  const cluster = founded("n2", "n3");
  const known = cluster.ask("n1", { type: "members" })["members"];
  ok(Array.isArray(known));
  // What others remember of a later life of it, which it has forgotten.
  const told = known.map((each) => each[0] === "n3" ? ["n3", each[1] + 50, 7, 0, each[4], 9] : each);
  cluster.ask("n1", { type: "members", members: told });
  cluster.run(3_000);
  equal(cluster.gone.has("n3"), false);
  agree(cluster, { n1: "joined", n2: "joined", n3: "joined" });
});

test("a node whose disk and clock went back asks in vain to be known as it is, and reads what it was [M3]", () => {
  const cluster = founded("n2", "n3");
  const members = cluster.ask("n1", { type: "members" })["members"];
  ok(Array.isArray(members));
  const [, epoch, incarnation] = members.find(([id]) => id === "n3");
  const asked = { type: "join", id: "n3", epoch, incarnation: incarnation - 1, address: "n3:9" };
  const answer = cluster.ask("n1", asked);
  deepEqual([answer.type, answer["members"]], ["join_ok", members]);
});

test("one that was removed is told so when it speaks, and a restart does not bring it back [M2] [M5]", () => {
  const cluster = founded("n2", "n3");
  cluster.cut(["n3"], ["n1", "n2"]);
  equal(cluster.ask("n1", { type: "remove", id: "n3" }).type, "remove_ok");
  equal(cluster.ask("n1", { type: "remove", id: "n3" }).type, "remove_ok", "to say it again does no harm");
  cluster.run(2_000);
  agree(cluster, { n1: "joined", n2: "joined", n3: "removed" }, ["n1", "n2"]);
  equal(cluster.gone.has("n3"), false);
  cluster.heal();
  tell(cluster, "n3", 1);
  cluster.run(10_000);
  match(cluster.gone.get("n3") ?? "", /n3 was removed/);
  cluster.restart("n3");
  match(cluster.gone.get("n3") ?? "", /n3 was removed/);
  agree(cluster, { n1: "joined", n2: "joined", n3: "removed" }, ["n1", "n2"]);
});

test("one that restarted before it heard of its removal does not come back by that [M1] [M2]", () => {
  const cluster = founded("n2", "n3");
  cluster.cut(["n3"], ["n1", "n2"]);
  cluster.ask("n1", { type: "remove", id: "n3" });
  cluster.run(2_000);
  cluster.restart("n3");
  cluster.heal();
  cluster.run(10_000);
  match(cluster.gone.get("n3") ?? "", /n3 was removed/);
  agree(cluster, { n1: "joined", n2: "joined", n3: "removed" }, ["n1", "n2"]);
});

test("a removed id joins again with an empty log, and nothing is lost [M3]", () => {
  const cluster = founded("n2", "n3");
  tell(cluster, "n3", 1);
  cluster.run(1_000);
  cluster.kill("n3");
  cluster.ask("n2", { type: "remove", id: "n3" });
  cluster.run(1_000);
  equal(cluster.join("n3", "n2").type, "join_ok");
  cluster.run(2_000);
  agree(cluster, { n1: "joined", n2: "joined", n3: "joined" });
  deepEqual(cluster.read("n3"), [1]);
});

test("a clock that went back does not keep a node from joining again [M3]", () => {
  const cluster = founded("n2", "n3");
  cluster.kill("n3");
  cluster.ask("n2", { type: "remove", id: "n3" });
  const answer = cluster.ask("n2", { type: "join", id: "n3", incarnation: 1, address: "n3:9" });
  equal(answer.type, "join_ok");
  ok((cluster.epoch("n3", "n2") ?? 0) > 1);
});

test("whoever comes back at another address is found there [M4]", () => {
  const cluster = founded("n2", "n3");
  cluster.restart("n3", "elsewhere:3");
  cluster.run(5_000);
  for (const id of cluster.ids) equal(cluster.address("n3", id), "elsewhere:3", id);
});

test("of two processes with one id the older keeps it, and the newer is told [M2]", () => {
  const cluster = founded("n2", "n3");
  const twin = new ChangingCluster();
  cluster.cut(["n3"], ["n1", "n2"]);
  cluster.run(1_000);
  // The newer one takes the place of n3 in the eyes of n1 and n2.
  const answer = cluster.ask("n1", { type: "join", id: "n3", incarnation: cluster.now, address: "twin:1" });
  cluster.run(1_000);
  twin.now = cluster.now - 1_000;
  const { members, cluster_id } = answer;
  twin.start("n3", { node_ids: ["n3"], members, cluster_id, address: "twin:1" });
  cluster.heal();
  tell(cluster, "n3", 1);
  cluster.run(10_000);
  equal(cluster.gone.has("n3"), false);
  for (const id of cluster.ids) equal(cluster.members(id)["n3"], "joined");
  const [known] = [cluster.ask("n1", { type: "members" })["members"]];
  twin.ask("n3", { type: "members", members: known });
  match(twin.gone.get("n3") ?? "", /another n3.* is a member already/);
});

test("what went a week ago is forgotten [M6]", () => {
  const cluster = founded("n2", "n3");
  cluster.ask("n1", { type: "remove", id: "n3" });
  cluster.kill("n3");
  cluster.run(1_000);
  cluster.run(ABSENCE_MAX_MS);
  cluster.join("n4", "n1");
  cluster.run(2_000);
  agree(cluster, { n1: "joined", n2: "joined", n4: "joined" });
});

test("requests that cannot be are refused with a sentence [M3] [M5]", () => {
  const cluster = founded("n2");
  const errorOf = (body: { type: string; [field: string]: unknown }) => {
    const { code, text } = cluster.ask("n1", body);
    return `${code} ${text}`;
  };
  const join = { type: "join", incarnation: 5_000, address: "a:1" };
  match(errorOf({ ...join, id: "n1" }), /^22 this is n1 itself/);
  match(errorOf({ ...join, id: "n#1" }), /^12 join \/id/);
  match(errorOf({ ...join, id: "n9", incarnation: 2 ** 53 }), /^12 join \/incarnation/);
  match(errorOf({ ...join, id: "n9", address: "a".repeat(301) }), /^12 join \/address/);
  match(errorOf({ type: "remove", id: "n1" }), /^22 this is n1 itself/);
  match(errorOf({ type: "remove", id: "n9" }), /^20 n9 is no member/);
  match(errorOf({ type: "remove" }), /^12 remove/);
  agree(cluster, { n1: "joined", n2: "joined" });
});

test("a node that asks itself to join reads its own list [M3]", () => {
  const cluster = founded("n2");
  const members = cluster.ask("n1", { type: "members" })["members"];
  ok(Array.isArray(members));
  const [id, epoch, incarnation, , address] = members[0];
  const answer = cluster.ask("n1", { type: "join", id, epoch, incarnation, address });
  deepEqual([answer.type, answer["members"]], ["join_ok", members]);
});

test("no more than MEMBERS_MAX join [M3]", () => {
  const cluster = founded();
  for (let i = 2; i <= MEMBERS_MAX; i++) {
    equal(cluster.ask("n1", { type: "join", id: `m${i}`, incarnation: 5, address: "" }).type, "join_ok");
  }
  const { code, text } = cluster.ask("n1", { type: "join", id: "one-more", incarnation: 5, address: "" });
  equal(`${code} ${text}`, `22 a cluster has at most ${MEMBERS_MAX} members`);
});

test("the list that a node finds is to be made safe before anything else leaves [M4]", () => {
  const node = new Node({ random: seeded(1), incarnation: 5 });
  const members = [["n1", 4, 4, 0, "a:1", 3], ["n2", 5, 5, 0, "b:1", 4]];
  const init = {
    type: "init",
    msg_id: 1,
    node_id: "n2",
    node_ids: ["n2"],
    members,
    cluster_id: "00112233445566ff",
  };
  const effects = node.step({ kind: "receive", envelope: { src: "n2", dest: "n2", body: init } }, 10);
  deepEqual(effects.map(({ kind }) => kind).filter((kind) => kind !== "send"), ["members"]);
  const [effect] = effects.filter((each) => each.kind === "members");
  deepEqual(effect?.members.map(({ id }) => id), ["n1", "n2"]);
});
