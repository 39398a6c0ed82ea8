/** One dialled link by itself: a greeting that is not answered. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "../../../../lib/core/random.ts";
import { GREETING_MS_MAX, SILENCE_MS } from "../../../../transports/tcp/limits.ts";
import { Link } from "../../../../transports/tcp/peers/link.ts";
import { Traffic } from "../../../../transports/tcp/traffic.ts";
import { Peer, until } from "./rig.ts";

test("a link whose greeting is not answered within GREETING_MS_MAX is dialled again, though the other side lives", async () => {
  const peer = await Peer.listen({});
  const link = new Link({
    me: { id: "n1", cluster: "test", incarnation: 1 },
    peer: "n2",
    address: peer.address,
    random: seeded(1),
    traffic: new Traffic(),
    events: {
      onLink() {},
      onUnreached() {},
      onRefused() {},
      onDropped() {},
      onGreeted() {},
      onRefusal: () => false,
      memberFault: () => undefined,
    },
  });
  link.start();
  await until(() => peer.greetings.length === 1);
  for (let ms = 0; ms < GREETING_MS_MAX; ms += SILENCE_MS / 2) {
    assert.equal(link.reason, "no answer yet");
    const before = link.receivedBytes;
    peer.say("");
    await until(() => link.receivedBytes > before);
    link.tick(SILENCE_MS / 2, true, undefined);
  }
  assert.equal(link.reason, `the greeting was not answered within ${GREETING_MS_MAX} ms`);
  await until(() => peer.greetings.length === 2);
  link.stop();
  link.connection?.close("the test is over");
  await peer.close();
});
