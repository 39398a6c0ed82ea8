/** Who is trusted over TLS, and what both sides say of who is not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "node:net";
import { connect as connectTls } from "node:tls";
import { LineClient } from "../../../../../transports/tcp/line_client.ts";
import { Tls } from "../../../../../transports/tcp/tls/tls.ts";
import { type TcpOptions, TcpTransport } from "../../../../../transports/tcp/tcp.ts";
import type { Address } from "../../../../../transports/address.ts";
import { authorityIn, issueFor, issueForClient, withAuthority } from "../../../../shared/certificates.ts";
import { ANY, connected, Ear, echoing, options, Talker, until, wired } from "../rig.ts";

/** What a client is told, or hears of why it is told nothing. */
function asked(address: Address, tls?: Tls): Promise<string> {
  return new Promise((resolve) => {
    const line: LineClient = new LineClient(address, {
      onOpen: () => line.write('{"src":"c1","dest":"*","body":{"type":"hi","msg_id":1}}'),
      onLine: (text) => resolve(text),
      onOverlong: () => resolve("too long"),
      onLost: resolve,
    }, { tls });
    line.read();
  });
}

async function withNodes(
  given: { near?: Partial<TcpOptions>; far?: Partial<TcpOptions> },
  use: (ears: {
    readonly here: Ear;
    readonly there: Ear;
    readonly near: TcpTransport;
    readonly far: TcpTransport;
  }) => Promise<void>,
) {
  const { near, far, out, back } = await wired(given);
  const [here, there] = [new Ear(), new Ear()];
  near.open(here);
  far.open(there);
  try {
    await use({ here, there, near, far });
  } finally {
    await Promise.all([near.close(), far.close(), out.close(), back.close()]);
  }
}

const says = (ear: Ear, text: string) => () => ear.refused.some((reason) => reason.includes(text));

test("two nodes whose certificates name them are linked", () =>
  withAuthority((dir) =>
    withNodes(
      { near: { tls: new Tls(issueFor(dir, "n1")) }, far: { tls: new Tls(issueFor(dir, "n2")) } },
      async (all) => {
        await until(connected(all.near, all.far));
        assert.deepEqual([all.here.refused, all.there.refused], [[], []]);
      },
    )
  ));

test("a DNS name names a node where no URI does, and a host name beside the URI names none [X2]", () =>
  withAuthority(async (dir) => {
    const byName = new Tls(issueFor(dir, "n1", [], { names: ["DNS:n1"] }));
    await withNodes(
      { near: { tls: byName }, far: { tls: new Tls(issueFor(dir, "n2")) } },
      ({ near, far }) => until(connected(near, far)),
    );
    const hosted = new Tls(issueFor(dir, "n3", ["n1"]));
    await withNodes(
      { near: { tls: hosted }, far: { tls: new Tls(issueFor(dir, "n2")) } },
      async ({ here, there }) => {
        await until(says(there, "the certificate shown is for n3, not for n1"), there.refused.join());
        await until(says(here, "n2 refuses: the certificate shown is for n3, not for n1"));
      },
    );
  }));

const untrusted: Record<string, readonly [(dir: string, other: string) => Tls, string]> = {
  "is for another node": [
    (dir) => new Tls(issueFor(dir, "n3")),
    "the certificate shown is for n3, not for n1",
  ],
  "is for a client": [(dir) => new Tls(issueForClient(dir, "n1")), "is for the client n1, not for n1"],
  "is from a foreign authority": [
    (dir, other) => new Tls({ ...issueFor(other, "n1"), ca: authorityIn(dir) }),
    "which is not in --tls-ca",
  ],
  "has expired": [
    (dir) => new Tls(issueFor(dir, "n1", [], { days: -1 }), Date.now() - 1.5 * 86_400_000),
    "the certificate shown expired on ",
  ],
  "is not there": [
    (dir) => new Tls({ ca: authorityIn(dir) }),
    "no certificate was shown, and a node needs one",
  ],
};

for (const [what, [make, said]] of Object.entries(untrusted)) {
  test(`a node whose certificate ${what} is refused, with a sentence at both ends, whoever dials [X2]`, () =>
    withAuthority((dir) =>
      withAuthority(async (other) => {
        const far = { tls: new Tls(issueFor(dir, "n2")) };
        await withNodes({ near: { tls: make(dir, other) }, far }, async ({ here, there, near }) => {
          await until(says(there, said));
          await until(says(here, `n2 refuses: `));
          assert.ok(here.refused.some((reason) => reason.includes(said)), here.refused.join());
          assert.equal(near.links().some(({ connected, hears }) => connected || hears), false);
        });
      })
    ));
}

test("a client is told why its certificate is of no use, and one that is known is served [X3]", () =>
  withAuthority((dir) =>
    withAuthority(async (other) => {
      const { node, ear, address } = await echoing({
        tls: new Tls(issueFor(dir, "n1")),
        peers: new Map([["n2", ANY]]),
      });
      const ca = authorityIn(dir);
      assert.match(await asked(address, new Tls(issueForClient(dir, "c"))), /hi_ok/);
      assert.match(await asked(address, new Tls(issueFor(dir, "n2", [], { names: ["DNS:n2"] }))), /hi_ok/);
      assert.match(await asked(address, new Tls(issueFor(dir, "joins"))), /hi_ok/);
      assert.match(
        await asked(address, new Tls({ ca })),
        /"code":21,.*no certificate was shown, and a client needs one/,
      );
      assert.match(
        await asked(address, new Tls(issueFor(dir, "n9", [], { names: ["DNS:n9"] }))),
        /"code":21,.*neither a client nor a member/,
      );
      assert.match(
        await asked(address, new Tls({ ...issueForClient(other, "c"), ca })),
        /"code":21,.*which is not in --tls-ca/,
      );
      assert.match(
        await asked(address, new Tls({ ca: authorityIn(other) })),
        /is not trusted: .*which is not in --tls-ca/,
      );
      await until(says(ear, "refuses: the certificate shown is from the authority"));
      assert.ok(says(ear, "no certificate was shown, and a client needs one")(), ear.refused.join("\n"));
      await node.close();
    })
  ));

test("clients without a certificate are admitted where somebody else asks who they are", () =>
  withAuthority(async (dir) => {
    const { node, address } = await echoing({ tls: new Tls(issueFor(dir, "n1")), admitsUnnamed: true });
    assert.match(await asked(address, new Tls({ ca: authorityIn(dir) })), /hi_ok/);
    await node.close();
  }));

test("the owner is told whose certificate a client has shown", () =>
  withAuthority(async (dir) => {
    const node = new TcpTransport(options("n1", { tls: new Tls(issueFor(dir, "n1")) }));
    const identities: unknown[] = [];
    node.open(new Ear(({ src }) => identities.push(node.identityOf(src))));
    void asked(await node.listening, new Tls(issueForClient(dir, "c", ["publish:orders*", "watch:*"])));
    await until(() => identities.length > 0);
    assert.deepEqual(identities, [{ kind: "client", names: ["c"], rights: ["publish:orders*", "watch:*"] }]);
    await node.close();
  }));

test("text on a TLS port, and TLS on a port for text, are said for what they are at both ends", () =>
  withAuthority(async (dir) => {
    const secured = await echoing({ tls: new Tls(issueFor(dir, "n1")) });
    const plain = await echoing();
    assert.match(await asked(secured.address), /^speaks TLS, and was addressed without/);
    await until(says(secured.ear, "it does not speak TLS, as this node does"), secured.ear.refused.join());
    assert.match(await asked(plain.address, new Tls(issueForClient(dir, "c"))), /^does not speak TLS$/);
    await until(says(plain.ear, "this node does not speak TLS, and was addressed with it"));
    await Promise.all([secured.node.close(), plain.node.close()]);
  }));

test("a node with TLS and one without say so", () =>
  withAuthority((dir) =>
    withNodes({ near: { tls: new Tls(issueFor(dir, "n1")) } }, async ({ here, there, near, far }) => {
      await until(says(there, "this node does not speak TLS, and was addressed with it"));
      await until(says(here, "it does not speak TLS, as this node does"));
      await until(() => near.links()[0]?.reason === "it does not speak TLS");
      await until(() =>
        far.links()[0]?.reason.startsWith("it speaks TLS, and was addressed without") === true
      );
    })
  ));

test("TLS 1.2 is refused [X1]", () =>
  withAuthority(async (dir) => {
    const { node, ear, address } = await echoing({ tls: new Tls(issueFor(dir, "n1")) });
    const socket = connectTls({
      ...address,
      rejectUnauthorized: false,
      minVersion: "TLSv1.2",
      maxVersion: "TLSv1.2",
    });
    const failed = Promise.withResolvers<unknown>();
    socket.on("error", failed.resolve);
    await failed.promise;
    await until(says(ear, "it does not speak TLS 1.3"), ear.refused.join());
    await node.close();
  }));

test("handshakes under way count as connections, and the oldest goes where there is no room", () =>
  withAuthority(async (dir) => {
    const tls = new Tls(issueFor(dir, "n1"));
    const { node, ear, address } = await echoing({ tls, clientsMax: 1, unclassifiedMax: 3 });
    const silent = Array.from({ length: 10 }, () => {
      const socket = connect({ ...address });
      socket.on("error", () => {}).resume();
      return socket;
    });
    await until(() => node.refusedCount === 6);
    assert.equal(node.clientCount, 4);
    assert.ok(says(ear, "4 connections are open")());
    assert.match(await asked(address, new Tls(issueForClient(dir, "c"))), /hi_ok/);
    for (const socket of silent) socket.destroy();
    await node.close();
  }));

test(
  "a connection whose handshake stands still is closed after HANDSHAKE_MS_MAX",
  { timeout: 30_000 },
  () =>
    withAuthority(async (dir) => {
      const { node, ear, address } = await echoing({ tls: new Tls(issueFor(dir, "n1")) });
      const talker = new Talker(address);
      await until(() => node.clientCount === 1);
      await until(() => talker.closed || talker.ended);
      await until(() => node.clientCount === 0);
      assert.ok(says(ear, "its TLS handshake was not done within 6000 ms")(), ear.refused.join());
      talker.close();
      await node.close();
    }),
);
