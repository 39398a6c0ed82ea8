/** What a certificate says of who shows it: a node, a client with its rights, or nobody who is trusted; and why not. */
import { Buffer } from "node:buffer";
import { X509Certificate } from "node:crypto";
import type { TLSSocket } from "node:tls";
import { alternativeNames } from "./alternative_names.ts";

/** The URI names by which a certificate says whose it is [X2]. */
export const NODE_URI = "hearsay:node:";
export const CLIENT_URI = "hearsay:client:";
export const RIGHT_URI = "hearsay:right:";

/** The other end of a connection over TLS, as far as its certificate says who that is. */
export interface TlsIdentity {
  /** "host": only DNS names, which are a node's where a member has such an id. "none": no certificate, or none that is trusted. */
  readonly kind: "node" | "host" | "client" | "none";
  /** The ids that a node may have, the names of a host, or the name of a client. */
  readonly names: readonly string[];
  /** Of a client, as "publish:orders*", "watch:*" and "admin". */
  readonly rights: readonly string[];
  /** Why a certificate that was shown is not trusted, said so that either side may say it to the other. */
  readonly fault?: string;
}

export const NO_CERTIFICATE: TlsIdentity = { kind: "none", names: [], rights: [] };

/** The identity of the other end of a socket whose handshake is done. `authorities`: the certificates that are trusted here. */
export function identityOf(
  socket: TLSSocket,
  authorities: readonly X509Certificate[],
  now = Date.now(),
): TlsIdentity {
  // Deno 2.8 called a client without a certificate authorized, so the certificate itself is looked at.
  const { raw } = socket.getPeerCertificate() ?? {};
  if (raw === undefined) return NO_CERTIFICATE;
  const certificate = new X509Certificate(Buffer.from(raw));
  const fault = periodFault("the certificate shown", certificate, now) ??
    (socket.authorized ? undefined : distrust(certificate, authorities, now));
  return fault === undefined ? namedIn(raw) : { ...NO_CERTIFICATE, fault };
}

/** The nodes or clients that a certificate names. One that names a node by URI names it by that alone, as host names stand beside it. */
export function namedIn(der: Uint8Array): TlsIdentity {
  const { dns, uris } = alternativeNames(der);
  const after = (prefix: string) =>
    uris.filter((uri) => uri.startsWith(prefix)).map((uri) => uri.slice(prefix.length));
  const [nodes, clients] = [after(NODE_URI), after(CLIENT_URI)];
  if (nodes.length > 0) return { kind: "node", names: nodes, rights: [] };
  if (clients.length > 0) return { kind: "client", names: clients, rights: after(RIGHT_URI).map(decoded) };
  if (dns.length > 0) return { kind: "host", names: dns, rights: [] };
  return { ...NO_CERTIFICATE, fault: "the certificate shown names neither a node nor a client" };
}

/** Why the holder of this identity is not the node `id`; undefined where it is. */
export function nodeFault({ kind, names, fault }: TlsIdentity, id: string): string | undefined {
  if (fault !== undefined) return fault;
  if (kind === "none") return "no certificate was shown, and a node needs one";
  if (kind === "client") return `the certificate shown is for the client ${names.join(", ")}, not for ${id}`;
  return names.includes(id) ? undefined : `the certificate shown is for ${names.join(", ")}, not for ${id}`;
}

/** Why the holder of this identity is no node of any name. */
export function anyNodeFault(identity: TlsIdentity): string | undefined {
  const [name] = identity.names;
  return nodeFault(identity, identity.kind !== "client" && name !== undefined ? name : "a node");
}

/**
 * Why the holder of this identity may not ask anything as a client [X3]. The certificate of a node will do, which may ask to
 * join, too. `admitsUnnamed`: so will none.
 */
export function clientFault(
  { kind, names, fault }: TlsIdentity,
  isMember: (id: string) => boolean,
  admitsUnnamed: boolean,
): string | undefined {
  if (fault !== undefined) return fault;
  if (kind === "none") return admitsUnnamed ? undefined : "no certificate was shown, and a client needs one";
  if (kind !== "host" || names.some(isMember)) return undefined;
  return `the certificate shown is for ${names.join(", ")}, which is neither a client nor a member`;
}

/** Why a certificate is of no use now. `what`: the certificate, as the subject of a sentence. */
export function periodFault(what: string, { validFromDate, validToDate }: Period, now: number) {
  if (now > validToDate.getTime()) return `${what} expired on ${dateText(validToDate)}`;
  if (now >= validFromDate.getTime()) return undefined;
  return `${what} is valid from ${dateText(validFromDate)} on: is a clock wrong?`;
}

type Period = Pick<X509Certificate, "validFromDate" | "validToDate">;

/** "2026-11-26 07:05 UTC" */
export function dateText(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function distrust(
  certificate: X509Certificate,
  authorities: readonly X509Certificate[],
  now: number,
): string {
  const issuer = commonName(certificate.issuer);
  const issuers = authorities.filter((authority) => hasIssued(authority, certificate));
  const faults = issuers.map((one) =>
    periodFault(`the authority ${issuer} of the certificate shown`, one, now)
  );
  if (issuers.length === 0) {
    return `the certificate shown is from the authority ${issuer}, which is not in --tls-ca`;
  }
  return faults.find((fault) => fault !== undefined) ?? "the certificate shown is not valid";
}

function hasIssued(authority: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  } catch {
    return false;
  }
}

function commonName(distinguished: string): string {
  return `"${/(?:^|\n)CN=(.*)/.exec(distinguished)?.[1] ?? distinguished.replaceAll("\n", ", ")}"`;
}

function decoded(right: string): string {
  try {
    return decodeURIComponent(right);
  } catch {
    return right;
  }
}
