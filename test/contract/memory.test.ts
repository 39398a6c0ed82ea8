/** The contract of carriers, over memory. */
import { memoryPair } from "../../transports/memory.ts";
import { carrierContract } from "./carrier.ts";

carrierContract("memory", () => {
  const [near, far] = memoryPair();
  return { near, far, inject: (bytes) => near.inject(bytes) };
});
