/** The settings of certificates: every mistake is a sentence, and all of them at once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DAYS_MAX, HOSTS_MAX, isDnsName, parseCa } from "../../../../lib/commands/config/ca.ts";
import { RIGHTS_MAX } from "../../../../lib/service/access/rights.ts";
import { configOf, mistakesOf } from "./parsed.ts";

const parse = (...args: string[]) => parseCa(args, {});

test("an authority is valid for ten years, and what it issues for one", () => {
  const common = { dir: "d", days: 365, force: false };
  assert.deepEqual(configOf(parse("init", "d")), { ...common, verb: "init", name: undefined, days: 3650 });
  assert.deepEqual(configOf(parse("issue", "n1", "--host", "a,::1", "--host", "10.0.0.1", "--dir", "d")), {
    ...{ ...common, verb: "issue", name: "n1", hosts: ["a", "::1", "10.0.0.1"] },
  });
  assert.deepEqual(
    configOf(parse("client", "c", "--rights", "watch:a*,publish:", "--rights=admin", "--dir=d")),
    {
      ...{ ...common, verb: "client", name: "c", rights: ["watch:a*", "publish:", "admin"] },
    },
  );
});

test("what is missing, too much, or meant for another word is said", () => {
  const told: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /'VERB' must be given, as one of init DIR, issue ID or client NAME: it is missing/],
    [["isue", "n1"], /'VERB' must be one of .*: current value is "isue"/],
    [["init"], /'ca init' as 'DIR' must be given, as a directory/],
    [["issue", "a", "b"], /'ID' must be one alone .*: current value is "a b"/],
    [["issue", "a/b"], /'ID' must be 1 to 64 letters.*: current value is "a\/b"/],
    [["issue", "ca"], /'ID' must be another \(ca.pem is the authority itself\)/],
    [["issue", "n1-key"], /'ID' must be another \(n1-key.pem would be taken for a key\)/],
    [["client", "c"], /'--rights' must be given, as a comma list of publish:TOPICS/],
    [
      ["client", "c", "--rights", "publish"],
      /\("publish" is none of publish:TOPICS, watch:TOPICS and admin\)/,
    ],
    [["client", "c", "--rights", "watch:a/b"], /\("watch:a\/b" holds \/\)/],
    [["issue", "n1", "--rights", "admin"], /'--rights' must be left out with 'ca issue'/],
    [["init", "d", "--dir", "e"], /'--dir' must be left out with 'ca init'/],
    [["issue", "n1", "--host", "a..b"], /'--host' must be a comma list of DNS names and IP addresses/],
  ];
  for (const [args, mistake] of told) {
    assert.match(mistakesOf(parse(...args)).join("\n"), mistake, args.join(" "));
    assert.equal(mistakesOf(parse(...args)).length, 1, args.join(" "));
  }
  assert.equal(mistakesOf(parse("issue", "a b", "--days", "0", "--rights", "x")).length, 4);
});

test("one certificate holds so many hosts and rights, for so many days", () => {
  const many = (count: number, word: string) => Array.from({ length: count }, (_, i) => `${word}${i}`).join();
  for (
    const [max, args] of [
      [HOSTS_MAX, (count: number) => ["issue", "n1", "--host", many(count, "h")]],
      [RIGHTS_MAX, (count: number) => ["client", "c", "--rights", many(count, "watch:t")]],
      [DAYS_MAX, (count: number) => ["issue", "n1", "--days", `${count}`]],
    ] as const
  ) {
    assert.deepEqual(mistakesOf(parse(...args(max))), []);
    assert.match(mistakesOf(parse(...args(max + 1))).join(), new RegExp(`\\b${max}\\b`));
  }
});

test("an id is a DNS name where it could be a host's", () => {
  for (const name of ["n1", "host1.example.org", "tasks.my_stack", "*.example.org"]) {
    assert.equal(isDnsName(name), true, name);
  }
  for (const name of ["1", "10.0.0.1", "a..b", "-a", "a-", "a.", "*", "a b", "é", "a".repeat(64)]) {
    assert.equal(isDnsName(name), false, name);
  }
});
