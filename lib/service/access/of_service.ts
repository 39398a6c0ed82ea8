/** The access of clients to a service: who each is, and what it may do, where that is known. */
import { Refusals } from "../../../transports/tcp/greeting.ts";
import type { AllClients } from "../all_clients.ts";
import type { ServiceOptions } from "../options.ts";
import { Access, type AccessOptions } from "./access.ts";
import { certified } from "./certified.ts";

/** Undefined where everybody may do everything. */
export function accessOf(
  { id, tls, tokens = tls && [], logger }: ServiceOptions,
  clients: Pick<AllClients, "name" | "identityOf" | "hostOf" | "end">,
  given: Pick<AccessOptions, "clock" | "knowsNodes" | "reply">,
): Access | undefined {
  const said = new Refusals((text) => logger.warn(text, { node: id }));
  // Over TLS whoever shows no certificate is nobody.
  return tokens && new Access({
    ...given,
    tokens,
    name: (client, name) => clients.name(client, name),
    certified: (client) => certified(clients.identityOf(client)),
    hostOf: (client) => clients.hostOf(client),
    end: (client, reason) => clients.end(client, reason),
    say: (about, text) => said.say(about, text),
  });
}
