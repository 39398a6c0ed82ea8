/** The first line between nodes: greetings, refusals, and how often those are reported. */
import assert from "node:assert/strict";
import { test } from "node:test";
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
} from "../../../../transports/tcp/limits.ts";

const me = { id: "n1", cluster: "test", incarnation: 7 };

test("a greeting is read as it was written, with and without the node that it means", () => {
  const greeting = { ...me, to: "n2" };
  assert.deepEqual(readOpening(encodeGreeting(me, "n2")), { kind: "greeting", greeting });
  const short = '{"hearsay":1,"cluster":"test","id":"n1","incarnation":7}';
  assert.deepEqual(readOpening(short), { kind: "greeting", greeting: me });
});

test("a refusal is read as it was written, and not believed without end", () => {
  assert.deepEqual(readOpening(encodeRefusal("why")), { kind: "refusal", reason: "why" });
  assert.deepEqual(readOpening(encodeRefusal("x".repeat(1000))), {
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
    { hearsay: null },
  ];
  for (const one of bad) assert.equal(readOpening(JSON.stringify(one)).kind, "fault", JSON.stringify(one));
});

test("a greeting from another cluster, in my name, for another node or of a stranger is refused, with the reason", () => {
  const fault = (given: object) =>
    greetingFault(me, { id: "n2", cluster: "test", incarnation: 1, ...given }, (id) => id === "n2");
  assert.equal(fault({}), undefined);
  assert.equal(fault({ to: "n1" }), undefined);
  assert.equal(fault({ cluster: "other" }), 'this is cluster "test", not "other"');
  assert.equal(fault({ to: "n3" }), "this is n1, not n3");
  assert.equal(fault({ id: "n1" }), "this is n1 itself; no two nodes may have one id");
  assert.equal(fault({ id: "n9" }), "n9 is not among the peers of n1");
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
