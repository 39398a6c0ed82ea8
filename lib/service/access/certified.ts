/** What a certificate lets its holder ask [A2]. */
import { ADMIN, type Identity, rightFault } from "./rights.ts";
import type { TlsIdentity } from "../../../transports/tcp/tls/identity.ts";

/** Whoever has the certificate of a node can do worse than any client. */
const ALL: readonly string[] = ["publish:*", "watch:*", ADMIN];

/** Undefined where no certificate was shown. Rights that this version does not know are passed over. */
export function certified(shown: TlsIdentity | undefined): Identity | undefined {
  if (shown === undefined || shown.kind === "none") return undefined;
  const name = shown.names.join(", ");
  const rights = shown.rights.filter((right) => rightFault("", right) === undefined);
  return { name, rights: shown.kind === "client" ? rights : ALL };
}
