/** The overlay alone: what it believes of links, and whom it asks. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { INDIRECT_PROBES_MAX } from "../../../../lib/core/liveness/duties.ts";
import {
  ACK_DELAY_MS,
  ANSWER_SLACK_MS,
  RTT_GUESS_MS,
} from "../../../../lib/core/replication/round_trips/timing.ts";
import { Examined } from "./examined.ts";

/** After so long without a word a relay should have acknowledged, as far as anything is known of it. */
const ACK_TIMEOUT_MS = ACK_DELAY_MS + RTT_GUESS_MS + ANSWER_SLACK_MS;

test("INDIRECT_PROBES_MAX of those that fell out of the tree are looked for at once [D6]", () => {
  const node = new Examined("n1", 0);
  const rest = ["n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9"];
  node.hear("n0", 0, [["n0", rest, ["n1"]]]);
  ok(rest.length > INDIRECT_PROBES_MAX);
  deepEqual(node.asked, rest.slice(0, INDIRECT_PROBES_MAX).map((id) => `push-probe ${id}`));
});

test("a relay that another suspects is believed only if it was heard of late, or else asked, once [D3] [K7]", () => {
  for (
    const [quietMs, root, asked] of [
      [ACK_TIMEOUT_MS - 1, 0, []],
      [ACK_TIMEOUT_MS, 1, ["probe n0"]],
    ] as const
  ) {
    const node = new Examined("n1", 0);
    node.hear("n0", 0, [["n0", [], ["n1", "n2"]]]);
    node.hear("n2", quietMs, [["n2", ["n0"], ["n1"]], ["n3", ["n0"], ["n1"]]]);
    equal(node.overlay.tree.root, root);
    deepEqual(node.asked.filter((each) => each.endsWith("n0")), asked);
  }
});

test("nothing is believed or passed on of nodes that are no members [K6]", () => {
  const node = new Examined("n1", 0);
  node.hear("n0", 0, [["stranger", ["n0"], ["n1"]], ["n2", ["ghost"], ["n0", "ghost"]]]);
  deepEqual(node.links.filter(([id]) => id !== "n1"), [["n2", [], ["n0"]]]);
});

test("a relay that flushed once per window and is silent is asked for the last time [D2]", () => {
  for (const [without, asked] of [[[], ["final-probe n0"]], [["flush-watch"], []]] as const) {
    const node = new Examined("n1", 0, ...without);
    node.hear("n0", 0);
    node.silence("n0");
    node.silence("n2");
    deepEqual(node.asked, asked);
  }
});

test("a peer with a new link is asked if it is a neighbour or somebody is suspected, and it is not heard [D12]", () => {
  const node = new Examined("n1", 0);
  node.link("n0");
  node.link("n2");
  deepEqual(node.asked, ["probe n0"]);
  node.hear("n0", 0, [["n0", ["n9"], ["n1"]]]);
  node.asked.length = 0;
  for (const id of ["n0", "n2"]) node.link(id);
  deepEqual(node.asked, ["probe n2"]);
});

test("a node that suspects its relay and hears nobody else asks the next in rank; without a search, nobody [D5]", () => {
  for (const [without, asked] of [[[], ["push-probe n1"]], [["search"], []]] as const) {
    const node = new Examined("n2", 0, ...without);
    node.hear("n0", 0);
    node.suspect("n0", 10_000);
    deepEqual(node.asked.slice(0, 1), asked);
  }
});

test("a node that suspects its relay advertises only the links over which it heard of late; without retraction, all [K8]", () => {
  for (const [without, heard] of [[[], ["n3"]], [["retract"], ["n2", "n3"]]] as const) {
    const node = new Examined("n1", 0, ...without);
    node.hear("n0", 0);
    node.hear("n2", 0);
    node.hear("n3", 10_000);
    node.suspect("n0", 10_000);
    deepEqual(node.links, [["n1", ["n0"], [...heard]]]);
  }
});

test("the root and, once another suspects it, the next in rank call those of which nothing is known [D7] [D8]", () => {
  const rolls = [
    ["n0", "n9", [], ["n1", "n2", "n3", "n4", "n5", "n6", "n7"]],
    ["n1", "n0", [], ["n3", "n4", "n5", "n6", "n7", "n9"]],
    ["n1", "n0", ["deputy"], []],
    ["n1", "n9", [], []],
    ["n0", "n9", ["roll-call"], []],
  ] as const;
  for (const [me, lost, without, called] of rolls) {
    const node = new Examined(me, 0, "background-probe", "reconnect", ...without);
    if (me === "n0") node.hear("n8", 0, [["n8", [lost], ["n0"]]]);
    else {
      node.hear("n0", 0);
      node.hear("n2", 0);
      node.hear("n8", 0, [["n8", [lost], ["n0", "n1"]]]);
    }
    node.wake(100_000);
    deepEqual(node.asked, called.map((id) => `push-probe ${id}`), `${me} ${without}`);
  }
});

test("those that reach nobody of a lost part probe it, one at a time; without background probes nobody does [D9]", () => {
  for (const [without, count] of [[[], 1], [["background-probe"], 0]] as const) {
    const node = new Examined("n1", 0, "roll-call", "reconnect", ...without);
    node.hear("n0", 0);
    node.suspect("n0", 0);
    node.asked.length = 0;
    node.wake(node.overlay.deadline);
    equal(node.asked.filter((each) => each.startsWith("probe")).length, count);
  }
});

test("when one that the root suspects is found, the root asks all others; without reconnections it does not [D10]", () => {
  for (const [without, asked] of [[[], ["probe n3"]], [["reconnect"], []]] as const) {
    const node = new Examined("n0", 0, "background-probe", "roll-call", ...without);
    for (const id of ["n1", "n2", "n3"]) node.hear(id, 0);
    for (const id of ["n2", "n3"]) node.suspect(id, 0);
    node.hear("n2", 10_000);
    node.wake(10_900);
    deepEqual(node.asked, asked);
  }
});

test("only the neighbours on the way to those that must act are told soon; without that, all of them [K2]", () => {
  for (const [without, told] of [[[], ["n1", "n2"]], [["notify"], ["n1", "n2", "n3", "n4"]]] as const) {
    const node = new Examined("n0", 0, ...without);
    for (const id of ["n1", "n2", "n3", "n4", "n5"]) node.hear(id, 0);
    for (const id of ["n6", "n7", "n8", "n9"]) node.suspect(id, 0);
    node.notified.length = 0;
    node.suspect("n5", 1);
    deepEqual(node.notified.slice(0, 4), told);
  }
});
