/** The wire of a target; what is not needed is not loaded, as it may not be installed. */
import { natsClient } from "../systems/rivals.ts";
import type { Target, Wire } from "../systems/system.ts";

export async function wireOf({ wire }: Target): Promise<Wire> {
  switch (wire) {
    case "hearsay":
      return (await import("./lines_client.ts")).hearsayWire;
    case "relay":
      return (await import("./lines_client.ts")).relayWire;
    case "redis-pubsub":
      return (await import("./redis_client.ts")).pubsubWire;
    case "redis-stream":
      return (await import("./redis_client.ts")).streamWire;
    case "nats":
      return (await natsClient()).natsWire;
    case "jetstream":
      return (await natsClient()).jetstreamWire;
  }
}
