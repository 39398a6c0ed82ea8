/** A certificate that will expire is said to, in good time and not too often. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Expiry, EXPIRY_LOOK_MS } from "../../../lib/service/expiry.ts";
import { NO_CERTIFICATE } from "../../../transports/tcp/tls/identity.ts";

const DAY_MS = 86_400_000;

/** An owner of a certificate whose days pass at once. */
function passing(expiresAt: number) {
  const said: [day: number, text: string][] = [];
  let now = 0;
  let run = () => {};
  const tls = {
    expiresAt,
    authoritiesExpireAt: 1_000 * DAY_MS,
    identity: { ...NO_CERTIFICATE, names: ["n1"] },
  };
  const note = (text: string) => void said.push([Math.floor(now / DAY_MS), text]);
  const expiry = new Expiry({
    tls,
    logger: { warn: note, error: note },
    clock: () => now,
    timer: (ms, later) => {
      assert.equal(ms, EXPIRY_LOOK_MS);
      run = later;
      return () => run = () => {};
    },
  });
  expiry.start();
  const until = (day: number) => {
    while (now < day * DAY_MS) {
      now += EXPIRY_LOOK_MS;
      run();
    }
    return said.splice(0);
  };
  return { tls, expiry, until };
}

test("30, 7 and 1 day before, and when it has expired [X5]", () => {
  const { until, expiry } = passing(100 * DAY_MS);
  assert.deepEqual(until(120), [
    [70, "the certificate of this node expires in 30 d, on 1970-04-11 00:00 UTC"],
    [93, "the certificate of this node expires in 7.0 d, on 1970-04-11 00:00 UTC"],
    [99, "the certificate of this node expires in 1.0 d, on 1970-04-11 00:00 UTC"],
    [100, "the certificate of this node expired on 1970-04-11 00:00 UTC: new connections are refused"],
  ]);
  expiry.stop();
  assert.deepEqual(until(130), []);
});

test("a node that starts late says so once, and a new certificate counts anew", () => {
  const { tls, until, expiry } = passing(5 * DAY_MS);
  assert.deepEqual(until(3), [[0, "the certificate of this node expires in 5.0 d, on 1970-01-06 00:00 UTC"]]);
  tls.expiresAt = 50 * DAY_MS;
  assert.deepEqual(until(30).map(([day]) => day), [20]);
  assert.deepEqual(expiry.status, {
    names: ["n1"],
    expires_at: 50 * DAY_MS,
    authorities_expire_at: 1_000 * DAY_MS,
  });
});

test("so it is with the authorities, of which the last counts", () => {
  const { tls, until } = passing(10_000 * DAY_MS);
  tls.authoritiesExpireAt = 40 * DAY_MS;
  assert.deepEqual(until(12), [
    [10, "the last of the authorities in --tls-ca expires in 30 d, on 1970-02-10 00:00 UTC"],
  ]);
});
