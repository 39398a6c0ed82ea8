/** The examiner's hand on the sidecars: who is told what, how a cut is held, and what is said when it fails. */
import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { test } from "node:test";
import { ask } from "../../../../lib/workbench/world/running/ask.ts";
import {
  droppedAt,
  HOLD_EVERY_MS,
  PartitionController,
  resolveAll,
} from "../../../../lib/workbench/faults/partition_controller.ts";
import type { Body } from "../../../../lib/core/message.ts";
import { completeGrudge } from "../../../../lib/workbench/faults/grudge.ts";
import { LEASE_MS } from "../../../../lib/workbench/faults/sidecar.ts";
import { listening } from "../../../shared/listening.ts";
import { addresses, nodes, secret, withSidecars } from "./fake_sidecars.ts";
import type { Address } from "../../../../transports/address.ts";
import { until } from "../../../shared/until.ts";

const split = completeGrudge([["n1"], ["n2", "n3"]]);

const sorted = (requests: readonly Body[]) =>
  requests.map(({ id, type, from }) => `${id} ${type} ${from ?? ""}`.trim()).sort();

test("partition controller: partition tells each sidecar whose packets to drop, and one that drops none to heal", () =>
  withSidecars(async ({ places, requests }) => {
    const controller = new PartitionController(places, addresses, { secret });
    await controller.partition(new Map([["n2", new Set(["n1", "n3"])], ["n3", new Set(["n1"])]]));
    assert.deepEqual(sorted(requests), ["n1 heal", "n2 cut 10.0.0.1,10.0.0.3", "n3 cut 10.0.0.1"]);
    assert.deepEqual(await droppedAt(places.get("n3") ?? assert.fail(), secret), {
      from: ["10.0.0.1"],
      leaseMs: LEASE_MS,
    });
    requests.length = 0;
    await controller.heal();
    assert.deepEqual(sorted(requests), ["n1 heal", "n2 heal", "n3 heal"]);
    assert.deepEqual(await droppedAt(places.get("n3") ?? assert.fail(), secret), { from: [], leaseMs: null });
  }));

test("partition controller: holds a cut until it is healed, well within the lease", async () => {
  assert.ok(2 * HOLD_EVERY_MS < LEASE_MS);
  await withSidecars(async ({ places, requests }) => {
    const controller = new PartitionController(places, addresses, { secret, holdEveryMs: 5 });
    await controller.partition(split);
    const holds = () =>
      nodes.map((id) => requests.filter((body) => body.type === "hold" && body["id"] === id).length);
    await until(() => holds().every((count) => count > 2));
    await controller.heal();
    const before = holds();
    await ask(places.get("n1") ?? assert.fail(), { type: "rules" });
    assert.deepEqual(holds(), before);
  });
});

test("partition controller: partition that one sidecar refuses heals the others, and says whose it was and why", () =>
  withSidecars(async ({ places, requests, answers }) => {
    answers.set(
      "n2",
      ({ type }) => type === "cut" ? { type: "error", code: 11, text: "no luck" } : { type: "heal_ok" },
    );
    const controller = new PartitionController(places, addresses, { secret });
    await assert.rejects(controller.partition(split), {
      message: /^Cannot cut: the sidecar of n2: .* refuses: no luck$/,
    });
    assert.deepEqual(sorted(requests.slice(-3)), ["n1 heal", "n2 heal", "n3 heal"]);
    const dropped = await Promise.all([...places.values()].map((at) => droppedAt(at, secret)));
    assert.deepEqual([dropped[0], dropped[2]], [{ from: [], leaseMs: null }, { from: [], leaseMs: null }]);
  }));

test("partition controller: names every sidecar that does not answer", () =>
  withSidecars(async ({ places }) => {
    places.set("n1", { host: "127.0.0.1", port: 1 });
    places.set("n3", { host: "127.0.0.1", port: 1 });
    const message =
      /^Cannot heal: the sidecar of n1: 127\.0\.0\.1:1 refuses the connection: .*; the sidecar of n3: .*/;
    await assert.rejects(new PartitionController(places, addresses, { secret }).heal(), { message });
    const { [0]: one } = [...places.keys()];
    assert.equal(one, "n1");
  }));

test("partition controller: notices a cut that is on no longer, tells at once, and heal() says so once", () =>
  withSidecars(async ({ places, answers }) => {
    const told: string[] = [];
    const controller = new PartitionController(places, addresses, {
      secret,
      holdEveryMs: 5,
      onFailure: (reason) => told.push(reason),
    });
    await controller.partition(split);
    answers.set("n3", ({ type }) => type === "hold" ? { type: "hold_ok", from: [] } : { type: "heal_ok" });
    await until(() => told.length > 0);
    const message = "The cut was not on all the time: the sidecar of n3 has dropped the cut";
    assert.equal(told[0], message);
    await assert.rejects(controller.heal(), { message });
    await controller.heal();
  }));

test("partition controller: that lets go leaves the cut to its lease", () =>
  withSidecars(async ({ places, requests }) => {
    const [gone, other] = [1, 2].map(() =>
      new PartitionController(places, addresses, { secret, holdEveryMs: 5 })
    );
    await gone?.partition(new Map([["n1", new Set(["n2"])]]));
    gone?.release();
    await other?.partition(new Map([["n2", new Set(["n1"])]]));
    const holds = (id: string) => requests.filter((body) => body.type === "hold" && body["id"] === id).length;
    await until(() => holds("n2") > 4);
    assert.equal(holds("n1"), 0);
    await other?.heal();
  }));

test("ask() says what is wrong with an answer, or that there is none", async () => {
  const behaviours: readonly (readonly [(socket: Socket) => unknown, RegExp])[] = [
    [(socket) => socket.end(), /closed the connection$/],
    [(socket) => socket.end("nonsense\n"), /answers nonsense: this is not JSON$/],
    [(socket) => socket.write('{"src":'), /does not answer within 100 ms$/],
    [(socket) => socket.write("x".repeat(2_000_000)), /a line that is too long$/],
  ];
  for (const [behave, reason] of behaviours) {
    const server = createServer((socket) => void behave(socket.on("error", () => {})));
    const answer = await ask(await listening(server), { type: "rules" }, { withinMs: 100 });
    assert.match(answer.ok ? "" : answer.reason, reason);
    server.close();
  }
});

test("resolveAll() gives the address of each node, and names every host that has none", async () => {
  const known = new Map([["n1", { host: "localhost", port: 1 }], ["n2", { host: "10.0.0.2", port: 1 }]]);
  assert.deepEqual([...await resolveAll(known)], [["n1", "127.0.0.1"], ["n2", "10.0.0.2"]]);
  const bad = ["::1", "nowhere.invalid"].map((host, i): [string, Address] => [`n${i}`, { host, port: 1 }]);
  await assert.rejects(resolveAll(new Map(bad)), {
    message: "Cannot find an IPv4 address of ::1, nowhere.invalid",
  });
});
