/** The first line between nodes: greetings, refusals, and how often those are reported. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { VERSION_MAX } from "../../../../lib/core/incarnation.ts";
import { ADDRESS_CHARS_MAX } from "../../../../transports/address.ts";
import {
  encodeGreeting,
  encodeRefusal,
  greetingFault,
  PROTOCOL_VERSION,
  readOpening,
  Refusals,
} from "../../../../transports/tcp/greeting.ts";
import {
  GREETING_BYTES_MAX,
  REFUSALS_MAX,
  REFUSALS_SAID_MAX,
  REFUSED_AGAIN_MS,
  UNREACHED_MS,
} from "../../../../transports/tcp/limits.ts";

const CLUSTER_ID = "4f00112233445566";
const me = { id: "n1", cluster: "test", incarnation: 7 };

test("a greeting is read as it was written, with and without the node that it means", () => {
  const greeting = { ...me, clusterId: "", epoch: 0 };
  assert.deepEqual(readOpening(encodeGreeting(me, "n2")), {
    kind: "greeting",
    greeting: { ...greeting, to: "n2" },
  });
  const short = '{"hearsay":1,"cluster":"test","id":"n1","incarnation":7}';
  assert.deepEqual(readOpening(short), { kind: "greeting", greeting });
});

test("a greeting of a fixed list says nothing of joins; one of a founded cluster says when and where this node joined", () => {
  assert.equal(
    encodeGreeting({ ...me, clusterId: "", epoch: 0 }, "n2"),
    '{"hearsay":1,"cluster":"test","id":"n1","incarnation":7,"to":"n2"}',
  );
  assert.match(
    encodeGreeting({ ...me, clusterId: "", epoch: 5 }, "n2"),
    /,"epoch":5}$/,
    "it has joined a list that was given",
  );
  const joined = { ...me, clusterId: CLUSTER_ID, epoch: 5, address: { host: "::1", port: 7000 } };
  const line = encodeGreeting(joined, "n2");
  assert.deepEqual(readOpening(line), { kind: "greeting", greeting: { ...joined, to: "n2" } });
  assert.match(line, /"cluster_id":"4f00112233445566","epoch":5,"address":"\[::1\]:7000"/);
});

test("fields that a later version may add are passed over", () => {
  const line = '{"hearsay":1,"cluster":"test","id":"n1","incarnation":7,"more":[1],"epoch":1}';
  assert.deepEqual(readOpening(line), {
    kind: "greeting",
    greeting: { ...me, clusterId: "", epoch: 1 },
  });
});

test("a refusal is read as it was written, and not believed without end", () => {
  assert.deepEqual(readOpening(encodeRefusal({ reason: "why" })), { kind: "refusal", reason: "why" });
  for (
    const fault of [{ reason: "why", goneFrom: "" }, { reason: "why", goneFrom: CLUSTER_ID }, {
      reason: "why",
      later: true,
    }] as const
  ) {
    assert.deepEqual(readOpening(encodeRefusal(fault)), { kind: "refusal", ...fault });
  }
  assert.deepEqual(readOpening('{"hearsay":1,"refused":"why","gone":1,"later":"yes","cluster_id":7}'), {
    kind: "refusal",
    reason: "why",
  });
  assert.deepEqual(readOpening(encodeRefusal({ reason: "x".repeat(1000) })), {
    kind: "refusal",
    reason: "x".repeat(300),
  });
});

test("a line that is not one between nodes is a client's", () => {
  const lines = ["", "hello", "[1]", "null", '{"src":"c1","dest":"n1","body":{"type":"read","hearsay":1}}'];
  for (const line of [...lines, '"hearsay"', '["hearsay"]', '{"hearsay":1']) {
    assert.deepEqual(readOpening(line), { kind: "none" }, line);
  }
});

test("a first line over GREETING_BYTES_MAX is no greeting", () => {
  const padded = (bytes: number) => encodeGreeting(me, "n2").padEnd(bytes);
  assert.equal(readOpening(padded(GREETING_BYTES_MAX)).kind, "greeting");
  assert.equal(readOpening(padded(GREETING_BYTES_MAX + 1)).kind, "none");
});

test("a greeting of another version, or without its fields, is a fault", () => {
  const fields = { hearsay: PROTOCOL_VERSION, cluster: "test", id: "n1", incarnation: 7 };
  const bad = [
    { ...fields, hearsay: 2 },
    { ...fields, hearsay: "1" },
    { ...fields, cluster: undefined },
    { ...fields, id: 1 },
    { ...fields, incarnation: -1 },
    { ...fields, incarnation: 1.5 },
    { ...fields, to: 1 },
    { ...fields, cluster_id: null },
    { ...fields, cluster_id: 4 },
    { ...fields, cluster_id: "4f" },
    { ...fields, cluster_id: CLUSTER_ID.toUpperCase().replace("4", "A") },
    { ...fields, epoch: -1 },
    { ...fields, epoch: "1" },
    { ...fields, epoch: 2 ** 60 },
    { ...fields, epoch: VERSION_MAX },
    { ...fields, address: 7000 },
    { ...fields, address: "n1" },
    { ...fields, address: "n1:70000" },
    { ...fields, address: `${"x".repeat(ADDRESS_CHARS_MAX)}:1` },
    { hearsay: null },
  ];
  for (const one of bad) assert.equal(readOpening(JSON.stringify(one)).kind, "fault", JSON.stringify(one));
});

test("a greeting from another cluster, in my name, for another node or of a stranger is refused [M7], with the reason", () => {
  const fault = (given: object) => {
    const greeting = { id: "n2", cluster: "test", incarnation: 1, clusterId: "", epoch: 0, ...given };
    const stranger = ({ id }: { id: string }) => id === "n2" ? undefined : { reason: "a stranger" };
    return greetingFault({ ...me, clusterId: CLUSTER_ID }, greeting, stranger)?.reason;
  };
  assert.equal(fault({}), undefined);
  assert.equal(fault({ to: "n1" }), undefined);
  assert.equal(fault({ clusterId: CLUSTER_ID }), undefined);
  assert.equal(fault({ cluster: "other" }), 'this is cluster "test", not "other"');
  assert.equal(
    fault({ clusterId: "9a00112233445566" }),
    "this is cluster test founded as 4f00112233445566, not 9a00112233445566: two clusters were founded apart",
  );
  assert.equal(fault({ to: "n3" }), "this is n1, not n3");
  assert.equal(fault({ id: "n1", incarnation: 7, to: "n3" }), "the address leads to n1 itself, not to n3");
  assert.equal(fault({ id: "n1", to: "n3" }), "this is n1, not n3");
  assert.equal(fault({ id: "n1" }), "this is n1 itself; no two nodes may have one id");
  assert.equal(fault({ id: "n9" }), "a stranger");
});

test("a node of a fixed list takes one that has joined, as it knows no founding", () => {
  const greeting = { id: "n2", cluster: "test", incarnation: 1, clusterId: CLUSTER_ID, epoch: 5 };
  assert.equal(greetingFault(me, greeting, () => undefined), undefined);
});

test("Refusals says a reason once, until it changes or all was well for REFUSED_AGAIN_MS", () => {
  const said: string[] = [];
  let now = 0;
  const refusals = new Refusals((reason) => said.push(reason), () => now);
  for (const reason of ["a", "a", "b", "a"]) refusals.say("n2", reason);
  assert.deepEqual(said, ["a", "b", "a"]);
  now = REFUSED_AGAIN_MS - 1;
  refusals.forget("n2");
  refusals.say("n2", "a");
  assert.equal(said.length, 3);
  now = REFUSED_AGAIN_MS;
  refusals.say("n2", "a");
  assert.equal(said.length, 4);
  now = 10 * REFUSED_AGAIN_MS;
  refusals.say("n2", "a");
  assert.equal(said.length, 4, "all was not well meanwhile");
});

test("Refusals says what may pass in a moment only if it lasts for UNREACHED_MS", () => {
  const said: string[] = [];
  let now = 0;
  const refusals = new Refusals((reason) => said.push(reason), () => now);
  refusals.say("n2", "not yet", true);
  now = UNREACHED_MS - 1;
  refusals.say("n2", "not yet", true);
  assert.deepEqual(said, []);
  now = UNREACHED_MS;
  refusals.say("n2", "not yet", true);
  refusals.say("n2", "not yet", true);
  assert.deepEqual(said, ["not yet"]);
  refusals.forget("n2");
  now += REFUSED_AGAIN_MS;
  refusals.say("n2", "not yet", true);
  assert.deepEqual(said, ["not yet"], "it begins anew once it was accepted");
});

test("Refusals says at most REFUSALS_SAID_MAX reasons in REFUSED_AGAIN_MS, as strangers can make up names and reasons", () => {
  const said: string[] = [];
  let now = 0;
  const refusals = new Refusals((reason) => said.push(reason), () => now);
  const floods = () => {
    for (let i = 0; i < 1_000; i++) refusals.say(`n${i}`, "made up");
    for (let i = 0; i < 1_000; i++) refusals.say("n2", `made up ${i}`);
  };
  floods();
  assert.equal(said.length, REFUSALS_SAID_MAX);
  now = REFUSED_AGAIN_MS;
  refusals.say("n3", "a mistake");
  assert.equal(said.at(-1), "a mistake", "after that, mistakes are said again");
  floods();
  assert.equal(said.length, 2 * REFUSALS_SAID_MAX);
});

test("Refusals remembers REFUSALS_MAX names, those of late", () => {
  const said: string[] = [];
  const refusals = new Refusals((reason) => said.push(reason));
  for (let i = 0; i <= REFUSALS_MAX; i++) refusals.say(`n${i}`, "why");
  said.length = 0;
  refusals.say(`n1`, "why");
  refusals.say(`n${REFUSALS_MAX}`, "why");
  assert.deepEqual(said, []);
  refusals.say("n0", "why");
  assert.deepEqual(said, ["why"]);
});
