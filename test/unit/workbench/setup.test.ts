/** A setup that fails: who does not come up, and why. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Clients } from "../../../lib/workbench/load/client.ts";
import { Cluster } from "../../../lib/workbench/cluster.ts";
import { INIT_TIMEOUT_MS } from "../../../lib/workbench/introduction.ts";
import { Network } from "../../../lib/workbench/world/network.ts";
import { VirtualScheduler } from "../../../lib/workbench/world/scheduler.ts";
import { whyNotUp } from "../../../lib/workbench/setup.ts";
import { Violations } from "../../../lib/workbench/verdict/violations.ts";

test("a node that is out of reach as an examination begins is named with the reason, beside those that are mute", () => {
  const scheduler = new VirtualScheduler();
  const network = new Network({
    scheduler,
    latency: () => 0,
    random: { next: () => 0 },
    onUnknownDestination: () => {},
  });
  const nothing = (): void => {};
  const cluster = new Cluster({
    ids: ["n1", "n2"],
    hosts: (id, { gone }) => ({
      start: () => id === "n1" && gone("h:1 refuses the connection: nothing listens there"),
      receive: nothing,
      kill: nothing,
      pause: nothing,
      resume: nothing,
      stop: nothing,
    }),
    scheduler,
    network,
    clients: new Clients(network, scheduler),
    topology: {},
    violations: new Violations(),
    elapsed: () => 0,
    onDelivered: nothing,
    onMemoryLost: nothing,
    onLost: () => {},
    onOutage: nothing,
  });
  let unanswered: readonly string[] = [];
  cluster.start((who) => unanswered = who);
  scheduler.run(INIT_TIMEOUT_MS);
  assert.deepEqual(whyNotUp(unanswered, cluster), [
    "Setup: no answer to init or topology from n2; 10 s are given.",
    "Setup: n1 is out of reach: h:1 refuses the connection: nothing listens there; 10 s are given.",
  ]);
});
