/** The contract of carriers, over TCP on this machine. */
import { carrierContract } from "./carrier.ts";
import { connected, until, wired } from "../unit/transports/tcp/rig.ts";

carrierContract("tcp", async () => {
  const { near, far, out, back } = await wired();
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
