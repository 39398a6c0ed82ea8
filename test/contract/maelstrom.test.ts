/** The contract of carriers, over a pair of streams as stdin and stdout are. */
import { PassThrough } from "node:stream";
import { MaelstromTransport } from "../../transports/maelstrom.ts";
import { carrierContract } from "./carrier.ts";

carrierContract("maelstrom", () => {
  const [out, back] = [new PassThrough(), new PassThrough()];
  return {
    near: new MaelstromTransport(back, out),
    far: new MaelstromTransport(out, back),
    inject: (bytes) => out.write(bytes),
  };
});
