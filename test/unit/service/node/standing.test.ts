/** A serving node among members: how it becomes one, whom it takes, and what it says of that. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Event } from "../../../../lib/core/events.ts";
import type { MemberRecord } from "../../../../lib/core/membership/record.ts";
import type { Body, Envelope } from "../../../../lib/core/message.ts";
import { seeded } from "../../../../lib/core/random.ts";
import {
  type DiscoverySettings,
  REFUSED_SAID_EVERY_MS,
  WAITS_SAID_EVERY_MS,
} from "../../../../lib/service/discovery/discovery.ts";
import { Standing } from "../../../../lib/service/node/standing.ts";
import type { Membership } from "../../../../transports/membership.ts";
import type { LinkStatus } from "../../../../transports/tcp/tcp.ts";
import { until } from "../../../shared/until.ts";

const CLUSTER_ID = "00112233445566ff";
const n1: MemberRecord = { id: "n1", epoch: 5, incarnation: 5, status: "joined", address: "a:1", at: 1 };
const n2: MemberRecord = { ...n1, id: "n2", epoch: 6, incarnation: 6, address: "b:1" };

/** A node, its carrier and its log, as far as a standing knows them. */
class Rig {
  now = 0;
  linked: readonly string[] = [];
  rounds = 0;
  readonly members: readonly MemberRecord[] = [n1, n2];
  readonly steps: Event[] = [];
  readonly told: Membership[] = [];
  readonly said: string[] = [];
  readonly replies: Body[] = [];
  readonly standing: Standing;

  constructor(discovery?: Partial<DiscoverySettings>, peers = new Map([["n2", { host: "b", port: 1 }]])) {
    const say = (text: string) => void this.said.push(text);
    const names = {
      addressesOf: () => Promise.reject(new Error(`does not resolve${++this.rounds > 0 ? "" : "?"}`)),
      servicesOf: () => Promise.reject(new Error("does not resolve")),
    };
    this.standing = new Standing({
      id: "n1",
      cluster: "hearsay",
      listen: { host: "a", port: 1 },
      peers,
      discovery: discovery && { seeds: [], names, bootstrap: false, ...discovery },
      store: { incarnation: 5, notes: () => [] },
      random: seeded(1),
      clock: () => this.now,
      logger: { debug() {}, info: say, warn: say, error: say },
      transport: {
        setMembers: (membership) => void this.told.push(membership),
        links: () => this.linked.map((peer) => link(peer)),
      },
      step: (event) => void this.steps.push(event),
      status: () => ({ clusterId: CLUSTER_ID, members: this.members }),
      reply: (_, body) => void this.replies.push(body),
    });
  }

  join(fields: Record<string, unknown> = {}): Body | "passed on" {
    const before = this.replies.length;
    const body = { type: "join", id: "n3", incarnation: 9, address: "c:1", cluster: "hearsay", ...fields };
    const request: Envelope = { src: "c1#1", dest: "n1", body };
    this.standing.onJoin(request);
    return this.replies[before] ?? "passed on";
  }
}

function link(peer: string): LinkStatus {
  return {
    ...{ peer, address: { host: "b", port: 1 }, connected: true, hears: true, forMs: 1, reason: "" },
    ...{ bytesQueued: 0, bytesSent: 0, bytesReceived: 0, messagesDropped: 0 },
  };
}

test("standing: a node whose members are given is one at once, and says where all of them are", () => {
  const { standing, steps } = new Rig();
  assert.equal(standing.waits, undefined);
  standing.open();
  const body = {
    ...{ type: "init", node_id: "n1", node_ids: ["n1", "n2"] },
    addresses: { n1: "a:1", n2: "b:1" },
  };
  assert.deepEqual(steps, [{ kind: "receive", envelope: { src: "n1", dest: "n1", body } }]);
  assert.deepEqual(standing.init, steps[0]);
});

test("standing: one that founds a cluster is its only member, reached where it listens, and tells its carrier", async () => {
  const rig = new Rig({ bootstrap: true });
  rig.standing.open();
  assert.equal(rig.steps.length, 0);
  rig.standing.listens({ host: "0.0.0.0", port: 7 });
  await until(() => rig.steps.length > 0);
  const [init] = rig.steps;
  assert.ok(init?.kind === "receive");
  const { cluster_id, members } = init.envelope.body;
  assert.match(String(cluster_id), /^[0-9a-f]{16}$/);
  assert.match(JSON.stringify(members), /^\[\["n1",5,5,0,"[^"]+:7",0\]\]$/);
  assert.ok(!JSON.stringify(members).includes("0.0.0.0"));
  assert.equal(rig.standing.waits, undefined);
  assert.deepEqual([...rig.told.at(-1)?.peers.keys() ?? []], ["n2"]);
  rig.standing.stop();
});

test("standing: why a node waits is said at once, and once a minute while it is the same", async () => {
  const rig = new Rig({ seeds: [{ kind: "dns", name: "hearsay.test", port: 7 }] });
  rig.standing.listens({ host: "a", port: 1 });
  await until(() => rig.rounds >= 3);
  assert.deepEqual(rig.said, ["n1 waits for a seed: dns+hearsay.test:7 does not resolve"]);
  assert.equal(rig.standing.waits, "dns+hearsay.test:7 does not resolve");
  rig.now += WAITS_SAID_EVERY_MS;
  await until(() => rig.said.length === 2);
  assert.deepEqual(rig.join(), {
    ...{ type: "error", code: 11, text: "n1 waits for a seed itself" },
    waiting: { incarnation: 5, founds: false },
  });
  rig.standing.stop();
});

test("standing: who is of another cluster, or has an id whose node is connected, is refused; all others are the core's", () => {
  const rig = new Rig();
  rig.standing.open();
  assert.equal(rig.join(), "passed on");
  assert.equal(rig.join({ cluster_id: CLUSTER_ID }), "passed on");
  assert.deepEqual(rig.join({ cluster: "other" }), {
    ...{ type: "error", code: 22, text: 'this is cluster "hearsay", not "other"' },
  });
  const apart = rig.join({ cluster_id: "ffffffffffffffff" });
  assert.match(apart === "passed on" ? apart : String(apart["text"]), /two clusters were founded apart$/);
  assert.equal(rig.join({ id: "n2" }), "passed on", "it is not connected");
  rig.linked = ["n2"];
  assert.equal(rig.join({ id: "n2", epoch: 6 }), "passed on", "it is the same one");
  assert.deepEqual(rig.join({ id: "n2", epoch: 7 }), {
    type: "error",
    code: 22,
    text: "n2 at b:1 is a member already, and is connected; no two nodes may have one id",
  });
  assert.equal(rig.join({ id: undefined, cluster: "other" }), "passed on", "it is no request to join");
  assert.equal(rig.join({ cluster: "other".repeat(100) }), "passed on");
  // Strangers do not fill the log.
  assert.deepEqual(rig.said, ['refused: n3 asks to join: this is cluster "hearsay", not "other"']);
  rig.now += REFUSED_SAID_EVERY_MS;
  rig.join({ cluster: "other" });
  assert.equal(rig.said.length, 2);
});

test("standing: a node that left has left; one that was removed, or had left before it began, has not", async () => {
  const ending = async (before: readonly MemberRecord[], after: MemberRecord) => {
    const { standing } = new Rig({});
    standing.onMembers(before, before);
    standing.onMembers([after, n2], [after]);
    standing.onGone("why");
    return await standing.gone;
  };
  assert.deepEqual(await ending([n1, n2], { ...n1, status: "left" }), { reason: "why", hasLeft: true });
  assert.deepEqual(await ending([n1, n2], { ...n1, status: "removed" }), { reason: "why", hasLeft: false });
  const gone = { ...n1, status: "left" } as const;
  assert.deepEqual(await ending([gone, n2], gone), { reason: "why", hasLeft: false });
});

test("standing: one that is leaving and is turned away first hears that it has left, and answers whoever asked it to", async () => {
  const { standing } = new Rig({});
  standing.onMembers([n1, n2], [n1]);
  standing.onMembers([{ ...n1, status: "left" }, n2], [n1]);
  standing.onExpelled("turned away");
  standing.onGone("n1 has left the cluster");
  assert.deepEqual(await standing.gone, { reason: "n1 has left the cluster", hasLeft: true });
  const removed = new Rig({});
  removed.standing.onMembers([n1, n2], [n1]);
  removed.standing.onExpelled("turned away");
  assert.deepEqual(await removed.standing.gone, { reason: "turned away", hasLeft: false });
});

test("standing: what changes is told to the carrier and said; a member that greets from elsewhere, to the node", () => {
  const rig = new Rig();
  rig.standing.open();
  rig.standing.onMembers([n1, n2], [n1, n2]);
  assert.deepEqual(rig.said, [], "a list that is heard for the first time is no news");
  const n3 = { ...n2, id: "n3", address: "c:1" };
  rig.standing.onMembers([n1, n2, n3], [n3]);
  assert.deepEqual(rig.said, ["n3 joined at c:1"]);
  assert.deepEqual([...rig.told.at(-1)?.peers.keys() ?? []], ["n2", "n3"]);
  rig.standing.onAddress("n3", { address: { host: "d", port: 1 }, epoch: 6, incarnation: 7 });
  assert.deepEqual(rig.steps.at(-1), { kind: "members", members: [["n3", 6, 7, 0, "d:1", 1]] });
});
