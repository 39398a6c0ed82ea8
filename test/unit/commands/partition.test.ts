/** `hearsay partition` and `hearsay heal`: what is printed, what sidecars are asked, and how it ends. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { heal } from "../../../lib/commands/cuts/heal.ts";
import { partition } from "../../../lib/commands/cuts/partition.ts";
import { listen } from "../../shared/io.ts";
import { addresses, nodes, secret, withSidecars } from "../workbench/faults/fake_sidecars.ts";
import type { Io } from "../../../lib/commands/terminal/io.ts";
import type { Address } from "../../../transports/address.ts";

const cluster = ["--cluster", nodes.map((id) => `${id}=${addresses.get(id)}:7000`).join(",")];
const withSecret = (io: Io): Io => ({ ...io, env: { ...io.env, HEARSAY_SIDECAR_SECRET: secret } });
const at = (places: ReadonlyMap<string, Address>) => [
  ...cluster,
  "--sidecars",
  [...places].map(([id, { host, port }]) => `${id}=${host}:${port}`).join(","),
];

test("partition --dry-run prints each node's rules and asks nobody", () =>
  withSidecars(async ({ places, requests }) => {
    const { io, out, err } = listen();
    assert.equal(await partition(["n1|n2,n3", "--dry-run", ...at(places)], withSecret(io)), 0);
    assert.deepEqual([out.join(""), err.join("")], [
      [
        "n1 | n2,n3",
        "  n1  iptables -A INPUT -s 10.0.0.2,10.0.0.3 -j DROP -w",
        "  n2  iptables -A INPUT -s 10.0.0.1 -j DROP -w",
        "  n3  iptables -A INPUT -s 10.0.0.1 -j DROP -w",
        "",
      ].join("\n"),
      "",
    ]);
    assert.deepEqual(requests, []);
  }));

test("partition --dry-run --one-way leaves the first side alone", async () => {
  const { io, out } = listen();
  assert.equal(await partition(["bisect", "--one-way", "--dry-run", ...cluster], io), 0);
  assert.equal(
    out.join(""),
    [
      "bisect: n1 > n2,n3",
      "  n1  hears everyone",
      "  n2  iptables -A INPUT -s 10.0.0.1 -j DROP -w",
      "  n3  iptables -A INPUT -s 10.0.0.1 -j DROP -w",
      "",
    ].join("\n"),
  );
});

test("partition cuts and says when it ends; --show tells which nodes drop which; heal ends it", () =>
  withSidecars(async ({ places }) => {
    const said = async (command: typeof partition, ...args: string[]) => {
      const { io, out, err } = listen();
      assert.equal(await command([...args, ...at(places)], withSecret(io)), 0);
      return out.join("") + err.join("");
    };
    assert.match(
      await said(partition, "n1>n2,n3"),
      /Cut\. It ends by itself in 30 s, and with 'hearsay heal' at once/,
    );
    const left = "drops n1 for 30 s more, unless somebody holds it";
    assert.equal(await said(partition, "--show"), `n1 hears everyone\nn2 ${left}\nn3 ${left}\n`);
    assert.equal(await said(heal), "Healed.\n");
    assert.equal(
      await said(partition, "--show"),
      "n1 hears everyone\nn2 hears everyone\nn3 hears everyone\n",
    );
  }));

test("partition, --show and heal have status 1 and a sentence where a sidecar does not answer", () =>
  withSidecars(async ({ places }) => {
    places.set("n2", { host: "127.0.0.1", port: 1 });
    for (const [command, args, sentence] of failures) {
      const { io, out, err } = listen();
      assert.equal(await command([...args, ...at(places)], withSecret(io)), 1);
      assert.match(err.join(""), sentence);
      if (args[0] === "--show") assert.equal(out.join(""), "n1 hears everyone\nn3 hears everyone\n");
    }
  }));

const failures: readonly (readonly [typeof partition, readonly string[], RegExp])[] = [
  [partition, ["one"], /^Cannot cut: the sidecar of n2: 127\.0\.0\.1:1 refuses the connection: .*\n$/],
  [partition, ["--show"], /^The sidecar of n2: 127\.0\.0\.1:1 refuses the connection: .*\n$/],
  [heal, [], /^Cannot heal: the sidecar of n2: 127\.0\.0\.1:1 refuses the connection: .*\n$/],
];

test("partition names every host whose address is not known", async () => {
  const { io, err } = listen();
  assert.equal(await partition(["one", "--cluster", "n1=a.invalid:1,n2=b.invalid:1"], io), 1);
  assert.equal(err.join(""), "Cannot find an IPv4 address of a.invalid, b.invalid\n");
});
