/** Certificates that change while connections are there, and files that are of no use. */
import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { connect, type TLSSocket } from "node:tls";
import { Tls, TlsFault } from "../../../../../transports/tcp/tls/tls.ts";
import type { Address } from "../../../../../transports/address.ts";
import { authorityIn, issueFor, issueForClient, withAuthority } from "../../../../shared/certificates.ts";
import { echoing, until } from "../rig.ts";

let asked = 0;

/** Under a name of its own each time: a session that is resumed shows no certificate, and Deno resumes by name. */
async function serialAt(address: Address): Promise<string> {
  const servername = `asked-${++asked}.test`;
  const socket: TLSSocket = connect({ ...address, servername, rejectUnauthorized: false });
  socket.on("error", () => {});
  await until(() => socket.getPeerCertificate()?.raw !== undefined);
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

test("a new certificate is shown from the next handshake on, and connections stay [X4]", () =>
  withAuthority(async (dir) => {
    const tls = new Tls(issueFor(dir, "n1"));
    const { node, ear, address } = await echoing({ tls });
    const before = await serialAt(address);
    const stays = new Tls(issueForClient(dir, "c")).dial(address);
    await until(() => stays.authorized || stays.authorizationError === null);
    stays.write('{"src":"c","dest":"*","body":{"type":"hi"}}\n');
    await until(() => ear.received.length === 1);
    assert.equal(tls.readAgain(), false);
    assert.equal(await serialAt(address), before);
    issueFor(dir, "n1");
    assert.equal(tls.readAgain(), true);
    // A handshake that was awaited already may show the old one.
    await until(async () => await serialAt(address) !== before);
    stays.write('{"src":"c","dest":"*","body":{"type":"hi"}}\n');
    await until(() => ear.received.length === 2);
    stays.destroy();
    await node.close();
  }));

test("files that are of no use are said to be so, and what was read before goes on [X4]", () =>
  withAuthority((dir) =>
    withAuthority(async (other) => {
      const issued = issueFor(dir, "n1");
      const { cert, key } = issued.own;
      const tls = new Tls({ ...issued, node: "n1" });
      const good = [cert, key, issued.ca].map((path) => [path, readFileSync(path)] as const);
      const { node, address } = await echoing({ tls });
      const before = await serialAt(address);
      const faults: [spoil: () => void, fault: RegExp][] = [
        [() => writeFileSync(cert, "-----BEGIN"), /for --tls-cert: it holds no certificate in PEM form$/],
        [() => writeFileSync(cert, ""), /for --tls-cert: it holds no certificate/],
        [
          () => writeFileSync(issued.ca, readFileSync(cert, "utf8").replaceAll("M", "A")),
          /for --tls-ca: a certificate in it/,
        ],
        [
          () => writeFileSync(key, readFileSync(key).subarray(0, 99)),
          /for --tls-key: it holds no private key/,
        ],
        [
          () => copyFileSync(issueFor(other, "n1").own.key, key),
          /for --tls-key: it is not the key of the certificate in /,
        ],
        [() => issueFor(dir, "n1", [], { days: -1 }), /for --tls-cert: the certificate in it expired on /],
        [
          () => issueFor(dir, "n1", [], { names: ["URI:hearsay:node:n2"] }),
          /--tls-cert: .* is for n2, not for n1$/,
        ],
        [() => writeFileSync(issued.ca, ""), /for --tls-ca: it holds no certificate/],
      ];
      for (const [spoil, fault] of faults) {
        spoil();
        assert.throws(
          () => tls.readAgain(),
          (error) => error instanceof TlsFault && fault.test(error.message),
        );
        for (const [path, text] of good) writeFileSync(path, text);
      }
      assert.equal(tls.readAgain(), false);
      assert.equal(await serialAt(address), before);
      assert.throws(
        () => new Tls({ ca: join(dir, "none") }),
        /for --tls-ca: there is no such file$/,
      );
      await node.close();
    })
  ));

test("a bundle trusts the certificates of two authorities, until one is taken out of it [X4]", () =>
  withAuthority((dir) =>
    withAuthority(async (other) => {
      const bundle = join(dir, "bundle.pem");
      const both = [authorityIn(dir), authorityIn(other)].map((path) => readFileSync(path, "utf8"));
      writeFileSync(bundle, both.join(""));
      const tls = new Tls({ ...issueFor(dir, "n1"), ca: bundle });
      const { node, ear, address } = await echoing({ tls });
      const ask = (client: Tls) =>
        void client.dial(address).end('{"src":"c","dest":"*","body":{"type":"hi"}}\n');
      const older = new Tls({ ...issueForClient(dir, "c"), ca: bundle });
      const newer = new Tls({ ...issueForClient(other, "c"), ca: bundle });
      ask(older);
      await until(() => ear.received.length === 1);
      ask(newer);
      await until(() => ear.received.length === 2);
      writeFileSync(bundle, both[1] ?? "");
      tls.renew();
      ask(older);
      await until(() => ear.refused.some((reason) => reason.includes("which is not in --tls-ca")));
      ask(newer);
      await until(() => ear.received.length === 3);
      await node.close();
    })
  ));
