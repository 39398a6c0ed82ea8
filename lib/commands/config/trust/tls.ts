/** The files by which a node or a client shows who it is, and knows whom to trust [X1]. */
import { complain, type Given } from "../../flags/flags.ts";
import { text } from "../../flags/schemas.ts";
import { Tls, TlsFault } from "../../../../transports/tcp/tls/tls.ts";

const CERT_RULE = "a file with a certificate";
const KEY_RULE = "a file with a private key";
const CA_RULE = "a file with certificates of authorities";

export const tlsNames = ["tls-cert", "tls-key", "tls-ca"] as const;

export interface TlsFlags {
  readonly "tls-cert"?: string | undefined;
  readonly "tls-key"?: string | undefined;
  readonly "tls-ca"?: string | undefined;
}

const flags = (whose: string, about: string) => ({
  "tls-cert": text("FILE", CERT_RULE, `the certificate of this ${whose}, as PEM (no TLS)`),
  "tls-key": text("FILE", KEY_RULE, "the private key of that certificate, as PEM"),
  "tls-ca": text("FILE", CA_RULE, about),
});

const CA_ABOUT = "whom to trust, as PEM; two while one takes the other's place";

/** Nodes are known by certificates alone, so all three or none are given. */
export const nodeTlsFlags = flags("node", CA_ABOUT);
/** A client may be known by a token instead, and then has authorities alone. */
export const clientTlsFlags = flags("client", `${CA_ABOUT}; enough for a client with a token`);

/** The files, read. `node`: its certificate must be for this id. Neither where no flag is given, or one is missing. */
export function tlsFrom(flags: TlsFlags, node?: string): { readonly tls?: Tls; readonly fault?: TlsFault } {
  const { "tls-ca": ca, "tls-cert": cert, "tls-key": key } = flags;
  if (ca === undefined || (cert === undefined) !== (key === undefined)) return {};
  try {
    return {
      tls: new Tls({ ca, node, ...cert !== undefined && key !== undefined && { own: { cert, key } } }),
    };
  } catch (error) {
    if (error instanceof TlsFault) return { fault: error };
    throw error;
  }
}

/** Flags that are missing beside others, and files that are of no use. `node`: of a node, which needs all three. */
export function tlsMistakes(
  command: string,
  flags: TlsFlags,
  given: ReadonlyMap<string, Given>,
  node?: string,
): string[] {
  const [first] = tlsNames.filter((name) => flags[name] !== undefined);
  const missing = tlsNames.filter((name) => !given.has(name)).map((name) => `--${name}`);
  const isEnough = node === undefined && first === "tls-ca";
  if (first !== undefined && missing.length > 0 && !isEnough) {
    return complain(command, given, first, `given together with ${missing.join(" and ")}`);
  }
  const { fault } = tlsFrom(flags, node);
  return fault === undefined ? [] : complain(command, given, fault.flag, `${ruleOf(fault)} (${fault.why})`);
}

function ruleOf({ flag }: TlsFault): string {
  return flag === "tls-ca" ? CA_RULE : flag === "tls-key" ? KEY_RULE : CERT_RULE;
}
