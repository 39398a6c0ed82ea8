/** Settings of the commands that ask running nodes: defaults, flags, variables, and every mistake at once. */
import { spellValue } from "../../../../lib/commands/terminal/value_printer.ts";
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import {
  AT_MAX,
  defaultAt,
  parseBroadcast,
  parseRead,
  parseStatus,
  parseWatch,
} from "../../../../lib/commands/config/client.ts";
import { TIMEOUT_MS, TIMEOUT_MS_MAX } from "../../../../lib/client/nodes.ts";
import { parseKey, parsePut } from "../../../../lib/commands/config/keyed.ts";
import { flagsOf } from "../../../../lib/commands/flags/every_flag.ts";
import {
  ID_BYTES_MAX,
  KEY_BYTES_MAX,
  TOPIC_BYTES_MAX,
  TOPICS_PER_WATCH_MAX,
} from "../../../../lib/core/keys/names.ts";
import { configOf, mistakesOf } from "./parsed.ts";

const reach = { at: defaultAt, timeoutMs: TIMEOUT_MS, verbose: false };

test("no flags give the nodes of the compose file, and patience of five seconds", () => {
  deepEqual(defaultAt.map(({ host, port }) => `${host}:${port}`), [
    ...["127.0.0.1:7001", "127.0.0.1:7002", "127.0.0.1:7003", "127.0.0.1:7004", "127.0.0.1:7005"],
  ]);
  deepEqual(configOf(parseBroadcast([], {})), {
    ...reach,
    ...{ values: [], asStrings: false, topic: undefined, key: undefined, id: undefined, areEvents: false },
  });
  deepEqual(configOf(parseRead([], {})), { ...reach, wanted: {}, spell: spellValue, json: false });
  deepEqual(configOf(parseWatch([], {})), { ...reach, wanted: {}, spell: spellValue, onlyNew: false });
  deepEqual(configOf(parseKey("get", ["t/k"], {})), { ...reach, topic: "t", key: "k" });
  deepEqual(configOf(parsePut(["t/k", "1"], {})), {
    ...reach,
    ...{ topic: "t", key: "k", value: "1", asString: false },
  });
  deepEqual(configOf(parseStatus([], {})), { ...reach, json: false, links: false, ready: false });
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

test("what belongs to values is told by flags, and an id by no variable", () => {
  const env = { HEARSAY_TOPIC: "t", HEARSAY_KEY: "k", HEARSAY_ID: "n1" };
  const { topic, key, id, areEvents } = configOf(parseBroadcast(["1", "2"], env));
  deepEqual([topic, key, id, areEvents], ["t", "k", undefined, true]);
  equal(configOf(parseBroadcast(["1", "--id", "x", "--key", "k"], {})).areEvents, false);
  equal(configOf(parseBroadcast(["--event"], {})).areEvents, true);
});

test("one id is for one value", () => {
  const rule =
    "left out, or given with one value on the command line, as all that is told under one id is one entry";
  for (const values of [[], ["1", "2"]]) {
    deepEqual(mistakesOf(parseBroadcast(["--id", "x", ...values], {})), [
      `Cannot run 'broadcast' as '--id' must be ${rule}: current value is "x"`,
    ]);
  }
  deepEqual(mistakesOf(parseBroadcast(["--id", "x", "--event"], {})), [
    `Cannot run 'broadcast' as '--id' must be left out with --event, which makes an id for each value: current value is "x"`,
  ]);
});

test("a place is a topic and a key, which may hold a /, and both may be as long as they may", () => {
  const place = (text: string) => {
    const { topic, key } = configOf(parseKey("delete", [text], {}));
    return [topic, key];
  };
  deepEqual([place("flags/eu/limit"), place("/k")], [["flags", "eu/limit"], ["", "k"]]);
  const [topic, key] = ["t".repeat(TOPIC_BYTES_MAX), "ü".repeat(KEY_BYTES_MAX / 2)];
  deepEqual(place(`${topic}/${key}`), [topic, key]);
  const rule =
    `a topic of at most ${TOPIC_BYTES_MAX} bytes and a key of 1 to ${KEY_BYTES_MAX} bytes with / between them`;
  const bad = [
    ["flags", "there is no /"],
    ["flags/", "the key is empty"],
    ["a b/k", "the topic holds a white space"],
    [`t${topic}/k`, `the topic is over ${TOPIC_BYTES_MAX} bytes`],
    [`t/k${key}`, `the key is over ${KEY_BYTES_MAX} bytes`],
  ] as const;
  for (const [text, why] of bad) {
    deepEqual(mistakesOf(parseKey("get", [text], {})), [
      `Cannot run 'get' as 'TOPIC/KEY' must be ${rule} (${why}): current value is ${JSON.stringify(text)}`,
    ]);
  }
  deepEqual(mistakesOf(parsePut([], {})), [
    `Cannot run 'put' as 'TOPIC/KEY' must be given, as ${rule}: it is missing`,
    "Cannot run 'put' as 'VALUE' must be given, as JSON or a string: it is missing",
  ]);
  deepEqual(mistakesOf(parsePut(["t/k", "1", "2", "3"], {})), [
    `Cannot run 'put' as it takes one value; quotes keep a value together: more is "2 3"`,
  ]);
  deepEqual(mistakesOf(parseKey("get", ["t/k", "t/l"], {})), [
    `Cannot run 'get' as it takes one key: more is "t/l"`,
  ]);
});

test("names that are too long, or hold what they may not, are named with the reason", () => {
  const [topic, key, id] = [TOPIC_BYTES_MAX, KEY_BYTES_MAX, ID_BYTES_MAX].map((most) => "x".repeat(most));
  const right = configOf(
    parseBroadcast(["1", "--topic", `${topic}`, "--key", `${key}`, "--id", `${id}`], {}),
  );
  deepEqual([right.topic, right.key, right.id], [topic, key, id]);
  deepEqual(
    mistakesOf(parseBroadcast(["1", `--topic=${topic}x`, `--key=${key}x`, `--id=${id}x`], {}))
      .map((mistake) => mistake.replace(/: current value.*/, "")),
    [
      `Cannot run 'broadcast' as '--topic' must be a topic of at most ${TOPIC_BYTES_MAX} bytes (it is over ${TOPIC_BYTES_MAX} bytes)`,
      `Cannot run 'broadcast' as '--key' must be a key of 1 to ${KEY_BYTES_MAX} bytes (it is over ${KEY_BYTES_MAX} bytes)`,
      `Cannot run 'broadcast' as '--id' must be an id of 1 to ${ID_BYTES_MAX} bytes (it is over ${ID_BYTES_MAX} bytes)`,
    ],
  );
});

test("topics to read are a list, of TOPICS_PER_WATCH_MAX at most", () => {
  const wanted = (...args: string[]) => configOf(parseRead(args, {})).wanted;
  deepEqual(wanted("--topic", "a,b*", "--topic=a", "--latest"), { topics: ["a", "b*"], latest: true });
  deepEqual(configOf(parseWatch(["--topic", "*"], {})).wanted, { topics: ["*"] });
  const list = (count: number) => Array.from({ length: count }, (_, i) => `t${i}`);
  deepEqual(wanted("--topic", list(TOPICS_PER_WATCH_MAX).join()), { topics: list(TOPICS_PER_WATCH_MAX) });
  const bad = [
    [list(TOPICS_PER_WATCH_MAX + 1).join(), `they are ${TOPICS_PER_WATCH_MAX + 1}`],
    ["a,", "one is empty"],
    ["a,b*c", '"b*c" holds *'],
  ] as const;
  for (const [text, why] of bad) {
    deepEqual(mistakesOf(parseWatch(["--topic", text], {})), [
      `Cannot run 'watch' as '--topic' must be a comma list of topics, at most ${TOPICS_PER_WATCH_MAX} (${why}): ` +
      `current value is ${JSON.stringify(text)}`,
    ]);
  }
});

test("a watch begins where it is told to", () => {
  const config = configOf(parseWatch(["--from", "n1.k3:1-5", "--position", "file"], {}));
  deepEqual([config.from?.toWire(), config.positionFile], [[["n1.k3", [1, 5]]], "file"]);
  equal(configOf(parseWatch(["--new"], {})).onlyNew, true);
});

test("all mistakes are named at once", () => {
  deepEqual(
    mistakesOf(parseWatch(["--at", "n1,7000", "--timeout", "0", "--from", "5", "--new", "here"], {})),
    [
      `Cannot run 'watch' as its arguments must all be flags: current value is "here"`,
      `Cannot run 'watch' as '--at' must be a comma list of host:port, or host for port 7000, at most ${AT_MAX} ` +
      `(a host is missing before the port): current value is "n1,7000"`,
      `Cannot run 'watch' as '--timeout' must be a whole number from 1 to ${TIMEOUT_MS_MAX}: current value is "0"`,
      `Cannot run 'watch' as '--from' must be a position, as n1.k3:1-50;n2.x:1-7,9-12: current value is "5"`,
      `Cannot run 'watch' as '--from' must be left out with --new, which begins now and not at a position: current value is "5"`,
    ],
  );
  for (const bad of ["n1:0", "n1:65536", ":7000", "n1:x", "n1:1,", "", "7000", "::1", "n1:"]) {
    equal(mistakesOf(parseRead([`--at=${bad}`], {})).length, 1, bad);
  }
});

test("a host alone is one at the usual port, be it a name, an address, or one in brackets", () => {
  deepEqual(configOf(parseRead(["--at", "n1,10.0.0.1,[::1],n2:1,[::2]:3"], {})).at, [
    ...["n1", "10.0.0.1", "::1"].map((host) => ({ host, port: 7000 })),
    ...[{ host: "n2", port: 1 }, { host: "::2", port: 3 }],
  ]);
  const why = (text: string) => /\((.*)\)/.exec(mistakesOf(parseRead(["--at", text], {}))[0] ?? "")?.[1];
  equal(why("7000"), "a host is missing before the port");
  for (const text of ["::1", "fe80::1:7000", "n1,2001:db8::7"]) {
    equal(why(text), "an IPv6 address stands in brackets, as [::1]:7000");
  }
  equal(why("n1,n2:70000"), "a port is at most 65535");
  equal(why("n1,n2:0"), "nobody listens at port 0");
  equal(why("n1,n 2"), '"n 2" is none');
});

test("AT_MAX nodes may be named, and TIMEOUT_MS_MAX waited, and no more", () => {
  const list = (count: number) => Array.from({ length: count }, (_, i) => `n${i}:7000`).join();
  equal(configOf(parseRead(["--at", list(AT_MAX)], {})).at.length, AT_MAX);
  equal(mistakesOf(parseRead(["--at", list(AT_MAX + 1)], {})).length, 1);
  equal(configOf(parseRead(["--timeout", String(TIMEOUT_MS_MAX)], {})).timeoutMs, TIMEOUT_MS_MAX);
  equal(mistakesOf(parseRead(["--timeout", String(TIMEOUT_MS_MAX + 1)], {})).length, 1);
});

test("each flag of each command has a rule and says what it is about", () => {
  for (const command of ["broadcast", "put", "get", "delete", "read", "watch", "status"] as const) {
    const lines = flagsOf(command);
    ok(lines.length > 0);
    for (const line of lines) ok(line.about !== "" && line.rule !== "given", line.name);
  }
});
