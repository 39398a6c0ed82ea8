/** The contract of carriers, over a pair of streams as stdin and stdout are. */
import { PassThrough } from "node:stream";
import { maelstromTransport } from "../../transports/maelstrom.ts";
import { carrierContract } from "./carrier.ts";

carrierContract("maelstrom", () => {
  const [out, back] = [new PassThrough(), new PassThrough()];
  return {
    near: maelstromTransport(back, out),
    far: maelstromTransport(out, back),
    inject: (bytes) => out.write(bytes),
  };
});
