/** The settings of cuts, sidecars and the lab: every mistake is a sentence, and all of them at once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHeal, parsePartition, parseSidecar, WITHIN_MAX } from "../../../../lib/commands/config/cut.ts";
import { FIRST_PORT, FIRST_PORT_MAX, parseLab } from "../../../../lib/commands/config/lab.ts";
import { flagsOf } from "../../../../lib/commands/flags/every_flag.ts";
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { SECRET_CHARS_MIN } from "../../../../lib/workbench/faults/sidecar_secret.ts";
import { inFolder } from "../../../shared/in_folder.ts";
import { configOf, mistakesOf } from "./parsed.ts";

const cluster = ["--cluster", "n1=a:7000,n2=b:7000,n3=c:7000,n4=d:7000,n5=e:7000"];
const env = { HEARSAY_SIDECAR_SECRET: "a secret of enough characters" };
const partition = (...args: string[]) => parsePartition([...args, ...cluster], {});

/** Receiver > sources, in short. */
function drops(...args: string[]): string[] {
  const { cut } = configOf(partition(...args));
  return [...cut?.grudge ?? []].map(([id, sources]) => `${id}<${[...sources]}`).sort();
}

test("partition takes a kind of cut or its sides", () => {
  const halves = ["n1<n3,n4,n5", "n2<n3,n4,n5", "n3<n1,n2", "n4<n1,n2", "n5<n1,n2"];
  assert.deepEqual(drops("bisect"), halves);
  assert.deepEqual(drops("n1,n2|n3,n4,n5"), halves);
  assert.deepEqual(drops("n1,n2|rest"), halves);
  assert.deepEqual(drops("n1>n2,n3"), ["n2<n1", "n3<n1"]);
  for (const kind of ["one", "minority-third", "majority", "majorities-ring", "bridge", "one-way"]) {
    assert.ok(drops(kind).length > 0, kind);
  }
});

test("partition --one-way keeps what the first side does not hear, and no more", () => {
  assert.deepEqual(drops("bisect", "--one-way"), ["n3<n1,n2", "n4<n1,n2", "n5<n1,n2"]);
  assert.deepEqual(drops("n1|n2", "--one-way"), ["n2<n1"]);
  assert.deepEqual(drops("n1>n2", "--one-way"), ["n2<n1"]);
  assert.equal(configOf(partition("n1|n2", "--one-way")).cut?.detail, "n1 > n2");
  for (const cut of ["majorities-ring", "n1|n2|n3"]) {
    assert.deepEqual(mistakesOf(partition(cut, "--one-way")), [
      `Cannot run 'partition' as '--one-way' must be used with a cut of two sides: current value is "${cut}"`,
    ]);
  }
});

test("partition --seed draws the same nodes again", () => {
  const draws = [1, 1, 2, 3, 4, 5].map((seed) => String(drops("majority", "--seed", `${seed}`)));
  assert.equal(draws[0], draws[1]);
  assert.ok(new Set(draws).size > 1);
});

test("partition expects sidecars beside the nodes, unless it is told where they are", () => {
  const { sidecars } = configOf(partition("one", "--sidecars", "n2=x:1"));
  assert.deepEqual([...sidecars].slice(0, 3), [
    ["n1", { host: "a", port: 7100 }],
    ["n2", { host: "x", port: 1 }],
    ["n3", { host: "c", port: 7100 }],
  ]);
  assert.deepEqual(configOf(parseHeal(cluster, {})).sidecars.get("n5"), { host: "e", port: 7100 });
});

test("partition takes its cluster from the environment", () => {
  const env = { HEARSAY_CLUSTER: "n1=a:1,n2=b:2", HEARSAY_SIDECARS: "n1=c:3" };
  const { cluster, sidecars } = configOf(parsePartition(["one"], env));
  assert.deepEqual([...cluster.keys()], ["n1", "n2"]);
  assert.deepEqual([...sidecars.values()], [{ host: "c", port: 3 }, { host: "b", port: 7100 }]);
});

test("partition says every mistake at once", () => {
  const args = ["n1|n9", "--sidecars", "n8=x:1", "--hodl", ...cluster];
  const [unknown, stranger, cut, ...more] = mistakesOf(parsePartition(args, {}));
  assert.match(unknown ?? "", /'--hodl' must be one of its flags: did you mean '--hold'\?/);
  assert.match(
    stranger ?? "",
    /'--sidecars' must be of nodes that --cluster names, without n8: current value is "n8=x:1"$/,
  );
  assert.match(
    cut ?? "",
    /'CUT' must be one of bisect, .* \(there is no node "n9"\): current value is "n1\|n9"$/,
  );
  assert.deepEqual(more, []);
});

test("partition must be told what to cut, once, and where", () => {
  assert.match(
    mistakesOf(partition())[0] ?? "",
    /^Cannot run 'partition' as it must be told what to cut: one of bisect/,
  );
  assert.match(
    mistakesOf(partition("one", "bridge"))[0] ?? "",
    /it takes one cut: current value is "one bridge"$/,
  );
  const rule = "a comma list of ID=host:port or ID=host";
  assert.deepEqual(mistakesOf(parsePartition(["one"], {})), [
    `Cannot run 'partition' as '--cluster' must be given, as ${rule}: it is missing`,
  ]);
  assert.deepEqual(mistakesOf(parseHeal(["--cluster", "n1"], {})), [
    `Cannot run 'heal' as '--cluster' must be ${rule}: current value is "n1"`,
  ]);
});

test("partition --show takes nothing that would cut", () => {
  const { cut, show } = configOf(partition("--show"));
  assert.deepEqual([cut, show], [undefined, true]);
  assert.deepEqual(mistakesOf(partition("--show", "one", "--hold")), [
    `Cannot run 'partition' as '--hold' must be left out with --show, which cuts nothing: current value is "true"`,
    `Cannot run 'partition' as 'CUT' must be left out with --show, which cuts nothing: current value is "one"`,
  ]);
});

test("sidecar must be told the addresses, and takes only IPv4 ones, WITHIN_MAX at most", () => {
  assert.deepEqual(configOf(parseSidecar(["--within", "10.0.0.1, 10.0.0.2"], env)), {
    listen: { host: "0.0.0.0", port: 7100 },
    within: ["10.0.0.1", "10.0.0.2"],
    secret: env.HEARSAY_SIDECAR_SECRET,
  });
  const most = Array.from({ length: WITHIN_MAX }, (_, i) => `10.0.0.${i}`);
  assert.equal(configOf(parseSidecar(["--within", most.join()], env)).within.length, WITHIN_MAX);
  for (const bad of ["", "host", "::1", "10.0.0.0/8", "10.0.0.1,", "-F", [...most, "10.0.1.0"].join()]) {
    assert.equal(mistakesOf(parseSidecar([`--within=${bad}`], {})).length, 1, bad);
  }
  const rule = `a comma list of 1 to ${WITHIN_MAX} IPv4 addresses`;
  assert.deepEqual(mistakesOf(parseSidecar(["--listen", "7100"], {})), [
    `Cannot run 'sidecar' as '--listen' must be host:port, or host for port 7100 (a host is missing before the port): current value is "7100"`,
    `Cannot run 'sidecar' as '--within' must be given, as ${rule}: it is missing`,
  ]);
});

test("the secret of sidecars comes from a file or a variable, is SECRET_CHARS_MIN long, and a sidecar makes its file", () =>
  inFolder((folder) => {
    const path = `${folder}/secret`;
    const within = ["--within", "10.0.0.1"];
    const made = configOf(parseSidecar([...within, "--secret-file", path], env)).secret;
    assert.ok(made.length > SECRET_CHARS_MIN);
    assert.equal(statSync(path).mode & 0o777, 0o640);
    assert.equal(configOf(parseSidecar([...within, "--secret-file", path], {})).secret, made, "it is kept");
    assert.equal(configOf(parseHeal([...cluster, "--secret-file", path], env)).secret, made);
    assert.equal(configOf(parsePartition(["bisect", ...cluster], env)).secret, env.HEARSAY_SIDECAR_SECRET);
    assert.equal(configOf(partition("bisect")).secret, undefined, "--dry-run needs none");
    writeFileSync(path, "x".repeat(SECRET_CHARS_MIN - 1));
    const rule = `a file with a secret of ${SECRET_CHARS_MIN} characters or more`;
    const short = `a secret has ${SECRET_CHARS_MIN} characters or more`;
    for (
      const parsed of [
        parseHeal([...cluster, "--secret-file", path], {}),
        parseSidecar([...within, "--secret-file", path], {}),
      ]
    ) {
      assert.ok(
        mistakesOf(parsed)[0]?.endsWith(
          `'--secret-file' must be ${rule} (${short}): current value is "${path}"`,
        ),
      );
    }
    assert.deepEqual(mistakesOf(parseHeal(cluster, { HEARSAY_SIDECAR_SECRET: "short" })), [
      `Cannot run 'heal' as 'HEARSAY_SIDECAR_SECRET' must be left out, as ${short}: current value is "…"`,
    ]);
    assert.deepEqual(mistakesOf(parseSidecar(within, {})), [
      `Cannot run 'sidecar' as '--secret-file' must be given, as ${rule}: it is missing`,
    ]);
    assert.equal(
      mistakesOf(parseSidecar([...within, "--secret-file", `${folder}/none/secret`], {})).length,
      1,
    );
    assert.equal(mistakesOf(parseSidecar(["--secret-file", `${folder}/other`], {})).length, 1);
    assert.deepEqual(readdirSync(folder), ["secret"], "a command that does not run writes nothing");
  }));

test("lab reads its own flags first, and leaves the rest to the command", () => {
  const lab = (...args: string[]) => configOf(parseLab(args, {}));
  const none = { keep: false, firstPort: FIRST_PORT, command: [] };
  assert.deepEqual(lab(), none);
  assert.deepEqual(lab("--rate", "5", "--data", "x"), { ...none, command: ["--rate", "5", "--data", "x"] });
  assert.deepEqual(lab("--data", "d", "partition", "one", "--hold"), {
    ...none,
    data: "d",
    command: ["partition", "one", "--hold"],
  });
  assert.deepEqual(lab("--data=d", "--", "--keep"), { ...none, data: "d", command: ["--keep"] });
  assert.deepEqual(lab("--keep", "--port", "9001"), { ...none, keep: true, firstPort: 9001 });
  assert.deepEqual(mistakesOf(parseLab(["--keep", "status"], {})), [
    `Cannot run 'lab' as 'COMMAND' must be left out with --keep, which runs nothing: current value is "status"`,
  ]);
  assert.equal(mistakesOf(parseLab(["--keep", "--port", `${FIRST_PORT_MAX + 1}`], {})).length, 1);
});

test("each flag of partition, heal, sidecar and lab has a rule and says what it is about", () => {
  for (const command of ["partition", "heal", "sidecar", "lab"]) {
    const lines = flagsOf(command);
    assert.ok(lines.length > 0);
    for (const line of lines) assert.ok(line.about !== "" && line.rule !== "given", line.name);
  }
});
