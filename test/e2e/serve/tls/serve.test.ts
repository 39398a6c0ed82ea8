/** Nodes over TLS as operators run them: who is trusted, and how certificates and authorities are replaced under load. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  authorityIn,
  type Issued,
  issueFor,
  issueForClient,
  tlsFlagsOf,
  withAuthority,
} from "../../../shared/certificates.ts";
import { hearsay } from "../../fixtures/hearsay.ts";
import { Load } from "../../fixtures/load.ts";
import { withSecured } from "./secured.ts";
import { freePorts } from "../../../shared/free_ports.ts";
import {
  connectedAll,
  eventually,
  holdEverywhere,
  loopback,
  Serving,
  withNodes,
} from "../../fixtures/serving.ts";
import { addressText } from "../../../../transports/address.ts";

test("serve and the commands of clients over TLS", () =>
  withSecured(["n1", "n2", "n3"], async (nodes, { dir, clientFlags }) => {
    await connectedAll(nodes);
    const [first = assert.fail(), , last = assert.fail()] = nodes;
    const at = (node: Serving) => ["--at", addressText(node.address), ...clientFlags];
    const told = await hearsay("broadcast", ...at(first), "--verbose", "17");
    assert.deepEqual([told.status, told.err], [0, "1 value acknowledged by n1.\n"]);
    await holdEverywhere(nodes, 1);
    assert.equal((await hearsay("read", ...at(last))).out, "17\n");
    const [status] = JSON.parse((await hearsay("status", ...at(first), "--json")).out);
    assert.deepEqual(status.tls.names, ["n1"]);
    assert.ok(
      Math.abs(status.tls.expires_at - Date.now() - 90 * 86_400_000) < 60_000,
      JSON.stringify(status.tls),
    );

    const without = await hearsay("read", "--at", addressText(first.address));
    assert.equal(without.status, 1);
    assert.match(without.err, /speaks TLS, and was addressed without: --tls-ca says whom to trust/);
    const alone = await hearsay("read", "--at", addressText(first.address), "--tls-ca", authorityIn(dir));
    assert.match(alone.err, /answers error 21: no certificate was shown, and a client needs one/);
    const watcher = tlsFlagsOf(issueForClient(dir, "reader", ["watch:"]));
    const refused = await hearsay("broadcast", "--at", addressText(first.address), ...watcher, "18");
    assert.match(refused.err, /answers error 21: this needs the right publish:, which reader does not have/);
  }));

test("the examiner examines a cluster over TLS", () =>
  withSecured(["n1", "n2", "n3"], async (nodes, { clientFlags }) => {
    await connectedAll(nodes);
    const cluster = nodes.map(({ id, address }) => `${id}=${addressText(address)}`).join(",");
    const flags = ["--rate", "20", "--time-limit", "2", "--recovery", "1", "--json"];
    const { status, out, err } = await hearsay("test", "--cluster", cluster, ...clientFlags, ...flags);
    assert.equal(status, 0, err);
    assert.match(out, /"valid":true/);
  }));

test("a node joins by a seed over TLS", () =>
  withSecured(["n1"], async ([first = assert.fail()], { dir, clientFlags }) => {
    await first.end("SIGTERM");
    const [port = 0] = await freePorts(1);
    const more = (issued: Issued) => ["--join", addressText(first.address), ...tlsFlagsOf(issued)];
    const named = issueFor(dir, "n1");
    const seed = new Serving({
      ...first.options,
      members: new Map(),
      flags: ["--bootstrap", ...tlsFlagsOf(named)],
    });
    const joins = new Serving({
      ...seed.options,
      id: "n2",
      address: loopback(port),
      flags: more(issueFor(dir, "n2")),
    });
    await withNodes({ nodes: [seed, joins], folder: dir, add: () => assert.fail() }, async () => {
      await Promise.all([seed.start(), joins.start()]);
      await eventually("both are members", async () => {
        const { out } = await hearsay("members", "--at", addressText(seed.address), ...clientFlags, "--json");
        return out.includes('"n2"');
      });
      await connectedAll([seed, joins]);
    });
  }));

test("a node with the certificate of another cluster is named at both ends, and harms nobody", () =>
  withSecured(["n1", "n2"], (nodes) =>
    withAuthority(async (other) => {
      await connectedAll(nodes);
      const [first = assert.fail(), second = assert.fail()] = nodes;
      await second.end("SIGTERM");
      const stranger = second.options;
      Object.assign(stranger, { flags: tlsFlagsOf(issueFor(other, "n2")) });
      await second.start();
      const said = /the certificate shown is from the authority .*, which is not in --tls-ca/;
      await eventually("both say so", () => first.said(said) && second.said(said));
      assert.equal((await first.status()).peers[0]?.connected, false);
    })));

test("certificates are replaced while nodes run, by change and by SIGHUP, and no link goes down", () =>
  withSecured(["n1", "n2"], async (nodes, { dir }) => {
    await connectedAll(nodes);
    const ends = () => Promise.all(nodes.map(async (node) => (await node.status())["tls"]));
    const before = JSON.stringify(await ends());
    for (const { id } of nodes) issueFor(dir, id, [], { days: 200 });
    for (const node of nodes) node.tell("SIGHUP");
    await eventually(
      "the new ones are in use",
      () => nodes.every((node) => node.said("new certificates are in use, until")),
    );
    assert.notEqual(JSON.stringify(await ends()), before);
    writeFileSync(join(dir, "n1.pem"), "half a cert");
    await eventually(
      "it is said",
      () => nodes[0]?.said("it holds no certificate in PEM form. What was read before goes on") === true,
    );
    for (const node of nodes) {
      assert.equal(node.said("lost the link"), false);
      assert.equal(node.said("stops on"), false);
      assert.ok((await node.status()).peers.every(({ connected }) => connected));
    }
    const [, second = assert.fail()] = nodes;
    await second.end("SIGKILL");
    await second.start();
    await connectedAll(nodes);
  }));

test("one authority takes the place of another under load: nothing is lost, and no link is down for over a second", () =>
  withSecured(["n1", "n2", "n3"], async (nodes, { dir, client }) => {
    await withAuthority(async (other) => {
      await connectedAll(nodes);
      const load = new Load(nodes);
      const [older, newer] = [authorityIn(dir), authorityIn(other)].map((path) => readFileSync(path, "utf8"));
      const took = (count: number) => () =>
        nodes.every(({ log }) =>
          log.filter((line) => line.includes("new certificates are in use")).length === count
        );
      writeFileSync(authorityIn(dir), `${older}${newer}`);
      await eventually("all trust both", took(1));
      for (const id of ["n1", "n2", "n3", "tester"]) {
        const { own } = id === "tester"
          ? issueForClient(other, id, ["publish:*", "watch:*", "admin"])
          : issueFor(other, id);
        for (
          const [from, to] of [[own.key, join(dir, `${id}.key`)], [own.cert, join(dir, `${id}.pem`)]] as const
        ) {
          writeFileSync(to, readFileSync(from));
        }
      }
      client.renew();
      await eventually(
        "all show new ones",
        () => nodes.every(({ log }) => log.filter((line) => line.includes("in use, until")).length >= 2),
      );
      const count = Math.max(
        ...nodes.map(({ log }) => log.filter((line) => line.includes("in use, until")).length),
      );
      assert.ok(count <= 3);
      writeFileSync(authorityIn(dir), newer ?? "");
      client.renew();
      await eventually(
        "the old authority is trusted no more",
        () => nodes.every(({ log }) => log.filter((line) => line.includes("in use, until")).length >= 3),
      );
      // Connections from here on are by the new authority alone.
      const [, , last = assert.fail()] = nodes;
      await last.end("SIGTERM");
      await last.start();
      await connectedAll(nodes);
      await load.stop();
      const values = [...load.acked];
      assert.ok(values.length > 100, `${values.length}`);
      await eventually("all that was acknowledged is everywhere", async () => {
        const statuses = await Promise.all(nodes.map((node) => node.status()));
        return statuses.every(({ values: held }) => held >= values.length) &&
          new Set(statuses.map(({ digest }) => digest)).size === 1;
      });
      for (const node of nodes.slice(0, 2)) {
        const lost = node.log.filter((line) => line.includes("lost the link") && !line.includes("n3"));
        assert.deepEqual(lost, []);
      }
    });
  }, { durable: true }));
