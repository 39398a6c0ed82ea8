/** How members are found, and the commands about them: what flags and variables come to, and every mistake in words. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  LEAVE_TIMEOUT_MS,
  parseLeave,
  parseMembers,
  parseRemove,
} from "../../../../lib/commands/config/members/members.ts";
import { parseSeeds, whyNoSeeds } from "../../../../lib/commands/config/members/seeds.ts";
import { parseServe } from "../../../../lib/commands/config/serve.ts";
import { SEEDS_MAX, seedText } from "../../../../lib/service/discovery/seeds.ts";
import { mistakesOf } from "./parsed.ts";

function serving(args: string, env: Record<string, string> = {}) {
  const parsed = parseServe(["--id", "n1", ...args.split(" ").filter((word) => word !== "")], env);
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.config;
}

function mistake(args: string): string[] {
  return [...mistakesOf(parseServe(["--id", "n1", ...args.split(" ")], {}))];
}

test("seeds: addresses and names in a comma list, given once or more often, or as a variable", () => {
  const texts = [
    "10.0.0.1:7000",
    "[fd00::1]:7000",
    "dns+hearsay.example:7000",
    "dnssrv+_hearsay._tcp.example",
  ];
  assert.deepEqual(serving(`--join ${texts.join()}`).seeds.map(seedText), texts);
  assert.deepEqual(serving(texts.map((text) => `--join ${text}`).join(" ")).seeds.map(seedText), texts);
  assert.deepEqual(serving("", { HEARSAY_JOIN: texts.join(", ") }).seeds.map(seedText), texts);
  assert.deepEqual(serving("").seeds, []);
});

test("seeds: what is none is named, with what is wrong with it", () => {
  const wrong = {
    "7000": '"7000" is no host:port, as a host is missing before the port',
    "::1": '"::1" is no host:port, as an IPv6 address stands in brackets, as [::1]:7000',
    "a:1,dns+": '"dns+" is no host:port',
    "dns+a b:1": '"dns+a b:1" is no host:port',
    "dns+a..b:1": '"dns+a..b:1" has no name that DNS knows',
    "a:0": '"a:0" has the port 0, at which nobody listens',
    "dnssrv+_hearsay._tcp.example:1":
      '"dnssrv+_hearsay._tcp.example:1" has a port, which its SRV records say',
    "dnssrv+hearsay.example":
      '"dnssrv+hearsay.example" is no name of a service, as _hearsay._tcp.example.org',
    "zk+a:1": '"zk+a:1" begins with neither dns+ nor dnssrv+',
    "": '"" is no host:port',
  };
  for (const [text, why] of Object.entries(wrong)) {
    assert.equal(parseSeeds(text), undefined, text);
    assert.equal(whyNoSeeds(text), why);
  }
  const many = Array.from({ length: SEEDS_MAX + 1 }, (_, i) => `a:${i + 1}`);
  assert.equal(parseSeeds(many.slice(1).join())?.length, SEEDS_MAX);
  assert.equal(parseSeeds(many.join()), undefined);
  assert.equal(whyNoSeeds(many.join()), `these are ${SEEDS_MAX + 1}`);
});

test("serve: a node that joins, founds, advertises and leaves is told so", () => {
  const { bootstrap, advertise, leaveOnStop, dns } = serving(
    "--join a:1 --bootstrap --advertise n1.example:7000 --leave-on-stop --dns 127.0.0.1:8600",
  );
  assert.deepEqual({ bootstrap, advertise, leaveOnStop, dns }, {
    bootstrap: true,
    advertise: { host: "n1.example", port: 7000 },
    leaveOnStop: true,
    dns: { host: "127.0.0.1", port: 8600 },
  });
  assert.equal(serving("--bootstrap").bootstrap, true);
  assert.equal(serving("--peer n2=a:1 --bootstrap=false --leave-on-stop=false").leaveOnStop, false);
});

test("serve: what means nothing without a cluster that is found is refused without one", () => {
  const rule = "given together with --join or --bootstrap: current value is";
  assert.deepEqual(mistake("--advertise a:1"), [`Cannot run 'serve' as '--advertise' must be ${rule} "a:1"`]);
  assert.deepEqual(mistake("--leave-on-stop"), [
    `Cannot run 'serve' as '--leave-on-stop' must be ${rule} "true"`,
  ]);
  for (
    const [text, why] of [
      ["0.0.0.0:7000", "0.0.0.0:7000 stands for all addresses of a machine"],
      ["[::]:7000", "[::]:7000 stands for all addresses of a machine"],
      ["a:0", "nobody listens at port 0"],
      ["a", "it is no host:port"],
    ]
  ) {
    assert.deepEqual(mistake(`--bootstrap --advertise ${text}`), [
      `Cannot run 'serve' as '--advertise' must be host:port of this one node (${why}): current value is "${text}"`,
    ]);
  }
});

test("members, leave, remove: whom they ask, and what must be said", () => {
  const members = parseMembers(["--json"], {});
  assert.equal(members.ok && members.config.json, true);
  const leave = parseLeave([], { HEARSAY_AT: "10.0.0.4:7000" });
  assert.deepEqual(leave.ok && [leave.config.at, leave.config.timeoutMs], [
    [{ host: "10.0.0.4", port: 7000 }],
    LEAVE_TIMEOUT_MS,
  ]);
  const which = "the one node that is to leave, as host:port, or host for port 7000";
  assert.deepEqual(mistakesOf(parseLeave([], {})), [
    `Cannot run 'leave' as '--at' must be given, as ${which}: it is missing`,
  ]);
  assert.deepEqual(mistakesOf(parseLeave([], { HEARSAY_AT: "a:1,b:1" })), [
    `Cannot run 'leave' as 'HEARSAY_AT' must be ${which}: current value is "a:1,b:1"`,
  ]);
  const remove = parseRemove(["n4"], {});
  assert.equal(remove.ok && remove.config.id, "n4");
  const rule = "the id of a member, which is 1 to 64 letters, digits, '.', '_' or '-'";
  assert.deepEqual(mistakesOf(parseRemove([], {})), [
    `Cannot run 'remove' as 'ID' must be given, as ${rule}: it is missing`,
  ]);
  assert.deepEqual(mistakesOf(parseRemove(["n 4", "n5"], {})), [
    `Cannot run 'remove' as 'ID' must be ${rule}: current value is "n 4"`,
    `Cannot run 'remove' as it takes one ID: more is "n5"`,
  ]);
});
