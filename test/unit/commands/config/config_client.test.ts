/** Settings of the commands that ask running nodes: defaults, flags, variables, and every mistake at once. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import {
  AT_MAX,
  defaultAt,
  parseBroadcast,
  parseRead,
  parseStatus,
  parseWatch,
  TIMEOUT_MS,
  TIMEOUT_MS_MAX,
} from "../../../../lib/commands/config/client.ts";
import { flagsOf } from "../../../../lib/commands/flags/every_flag.ts";
import { configOf, mistakesOf } from "./parsed.ts";

const reach = { at: defaultAt, timeoutMs: TIMEOUT_MS, verbose: false };

test("no flags give the nodes of the compose file, and patience of five seconds", () => {
  deepEqual(defaultAt.map(({ host, port }) => `${host}:${port}`), [
    ...["127.0.0.1:7001", "127.0.0.1:7002", "127.0.0.1:7003", "127.0.0.1:7004", "127.0.0.1:7005"],
  ]);
  deepEqual(configOf(parseBroadcast([], {})), { ...reach, values: [], asStrings: false });
  deepEqual(configOf(parseRead([], {})), { ...reach, json: false });
  deepEqual(configOf(parseWatch([], {})), { ...reach, onlyNew: false });
  deepEqual(configOf(parseStatus([], {})), { ...reach, json: false });
});

test("nodes are named by a list, by a flag again and again, or by a variable", () => {
  const at = [{ host: "n1", port: 7000 }, { host: "::1", port: 7001 }];
  deepEqual(configOf(parseRead(["--at", "n1:7000,[::1]:7001"], {})).at, at);
  deepEqual(configOf(parseRead(["--at", "n1:7000", "--at=[::1]:7001"], { HEARSAY_AT: "x:1" })).at, at);
  deepEqual(configOf(parseRead([], { HEARSAY_AT: "n1:7000,[::1]:7001" })).at, at);
});

test("values are words, and after -- whatever they look like", () => {
  const { values, asStrings } = configOf(parseBroadcast(["1", "--string", "-5", "--", "--at"], {}));
  deepEqual([values, asStrings], [["1", "-5", "--at"], true]);
});

test("a watch begins where it is told to", () => {
  const config = configOf(parseWatch(["--from", "n1.k3:1-5", "--position", "file"], {}));
  deepEqual([config.from?.toWire(), config.positionFile], [[["n1.k3", [1, 5]]], "file"]);
  equal(configOf(parseWatch(["--new"], {})).onlyNew, true);
});

test("all mistakes are named at once", () => {
  deepEqual(mistakesOf(parseWatch(["--at", "n1", "--timeout", "0", "--from", "5", "--new", "here"], {})), [
    `Cannot run 'watch' as its arguments must all be flags: current value is "here"`,
    `Cannot run 'watch' as '--at' must be a comma list of host:port, at most ${AT_MAX}: current value is "n1"`,
    `Cannot run 'watch' as '--timeout' must be a whole number from 1 to ${TIMEOUT_MS_MAX}: current value is "0"`,
    `Cannot run 'watch' as '--from' must be a position, as n1.k3:1-50;n2.x:1-7,9-12: current value is "5"`,
    `Cannot run 'watch' as '--from' must be left out with --new, which begins now and not at a position: current value is "5"`,
  ]);
  for (const bad of ["n1:0", "n1:65536", ":7000", "n1:x", "n1:1,", ""]) {
    equal(mistakesOf(parseRead([`--at=${bad}`], {})).length, 1, bad);
  }
});

test("AT_MAX nodes may be named, and TIMEOUT_MS_MAX waited, and no more", () => {
  const list = (count: number) => Array.from({ length: count }, (_, i) => `n${i}:7000`).join();
  equal(configOf(parseRead(["--at", list(AT_MAX)], {})).at.length, AT_MAX);
  equal(mistakesOf(parseRead(["--at", list(AT_MAX + 1)], {})).length, 1);
  equal(configOf(parseRead(["--timeout", String(TIMEOUT_MS_MAX)], {})).timeoutMs, TIMEOUT_MS_MAX);
  equal(mistakesOf(parseRead(["--timeout", String(TIMEOUT_MS_MAX + 1)], {})).length, 1);
});

test("each flag of each command has a rule and says what it is about", () => {
  for (const command of ["broadcast", "read", "watch", "status"] as const) {
    const lines = flagsOf(command);
    ok(lines.length > 0);
    for (const line of lines) ok(line.about !== "" && line.rule !== "given", line.name);
  }
});
