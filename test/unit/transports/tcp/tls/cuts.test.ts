/** Links over TLS that are cut without a word: they come back as those without. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Tls } from "../../../../../transports/tcp/tls/tls.ts";
import { issueFor, withAuthority } from "../../../../shared/certificates.ts";
import { connected, Ear, until, wired } from "../rig.ts";

/** A heal is noticed sooner than this, also where a dial was on its way, and a busy machine has its time beside, ms. */
const HEALED_MS_MAX = 5_000;

test("a link that falls silent is closed at both ends, and up again soon after the heal, several times", () =>
  withAuthority(async (dir) => {
    const tls = (id: string) => ({ tls: new Tls(issueFor(dir, id)) });
    const { near, far, out, back } = await wired({ near: tls("n1"), far: tls("n2") });
    const ears = [new Ear(), new Ear()] as const;
    near.open(ears[0]);
    far.open(ears[1]);
    await until(connected(near, far));
    for (let cut = 1; cut <= 3; cut++) {
      out.cut();
      back.cut();
      await until(() => ears.every(({ links }) => links.length === 2 * cut));
      await until(() =>
        [near, far].every((node) => node.links().every((link) => !link.connected && !link.hears))
      );
      out.heal();
      back.heal();
      const healedAt = performance.now();
      await until(connected(near, far));
      const ms = performance.now() - healedAt;
      assert.ok(ms <= HEALED_MS_MAX, `${ms} ms`);
      near.send({ src: "n1", dest: "n2", body: { type: "note", cut } });
      await until(() => ears[1].received.length === cut);
    }
    assert.deepEqual(ears.map(({ refused }) => refused), [[], []]);
    await Promise.all([near.close(), far.close(), out.close(), back.close()]);
  }));
