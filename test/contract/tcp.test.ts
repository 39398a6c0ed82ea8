/** The contract of carriers, over TCP on this machine, without TLS and with it. */
import { Tls } from "../../transports/tcp/tls/tls.ts";
import { carrierContract } from "./carrier.ts";
import { connected, until, type Wired, wired } from "../unit/transports/tcp/rig.ts";
import { issueFor, withAuthority } from "../shared/certificates.ts";

const [near, far] = await withAuthority((dir) =>
  Promise.resolve([new Tls(issueFor(dir, "n1")), new Tls(issueFor(dir, "n2"))] as const)
);
const secured: Wired = { near: { tls: near }, far: { tls: far }, ends: { near, far } };

for (const [name, given] of [["tcp", {}], ["tcp over tls", secured]] as const) {
  carrierContract(name, async () => {
    const { near, far, out, back } = await wired(given);
    return {
      near,
      far,
      inject: (bytes) => out.inject(bytes),
      ready: () => until(connected(near, far)),
      async release() {
        await Promise.all([out.close(), back.close()]);
      },
    };
  });
}
