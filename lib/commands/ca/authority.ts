/** An authority of one's own: its key and certificate, and the certificates that it issues (X.509, ECDSA over P-256). */
// It must be there before the library, which says what its classes are by it.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { isIP } from "node:net";
import { isDnsName } from "../config/ca.ts";

/** A certificate and its private key, as the text of PEM files. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
  readonly validUntil: Date;
}

/** The holder of a certificate. */
export type Holder =
  | { readonly verb: "issue"; readonly name: string; readonly hosts: readonly string[] }
  | { readonly verb: "client"; readonly name: string; readonly rights: readonly string[] };

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;
/** A clock that is this much behind takes a new certificate for valid all the same, ms. */
const SKEW_MS = 3_600_000;
/** How the name of an authority without one ends. */
const NAME_BYTES = 4;

export async function makeAuthority(name: string | undefined, days: number, now: number): Promise<Pair> {
  const keys = await newKeys();
  const validUntil = new Date(now + days * DAY_MS);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: nameOf(name ?? `hearsay-${randomHex(NAME_BYTES)}`),
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(now - SKEW_MS),
    notAfter: validUntil,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pemOf(certificate), key: await pemOfKey(keys.privateKey), validUntil };
}

/** The part of an authority that issues; it is made from the texts of its two files. */
export class Authority {
  readonly #certificate: x509.X509Certificate;
  readonly #key: CryptoKey;

  private constructor(certificate: x509.X509Certificate, key: CryptoKey) {
    this.#certificate = certificate;
    this.#key = key;
  }

  /** Rejects with a clause that says what is wrong with the files. */
  static async from(certificateText: string, keyText: string, now: number): Promise<Authority> {
    const certificate = certificateIn(certificateText);
    const key = await keyIn(keyText);
    if (!certificate.getExtension(x509.BasicConstraintsExtension)?.ca) {
      throw new Error("ca.pem is the certificate of no authority");
    }
    if (!await belongTogether(certificate, key)) {
      throw new Error("ca-key.pem is not the key of ca.pem");
    }
    if (certificate.notAfter.getTime() <= now) {
      throw new Error(`ca.pem was valid until ${certificate.notAfter.toISOString()}: make another authority`);
    }
    return new Authority(certificate, key);
  }

  /** No certificate outlives the authority. */
  async issue(holder: Holder, days: number, now: number): Promise<Pair> {
    const keys = await newKeys();
    const wanted = now + days * DAY_MS;
    const validUntil = new Date(Math.min(wanted, this.#certificate.notAfter.getTime()));
    const certificate = await x509.X509CertificateGenerator.create({
      subject: nameOf(holder.name),
      issuer: this.#certificate.subjectName,
      publicKey: keys.publicKey,
      signingKey: this.#key,
      signingAlgorithm: algorithm,
      notBefore: new Date(now - SKEW_MS),
      notAfter: validUntil,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension(purposesOf(holder)),
        new x509.SubjectAlternativeNameExtension(namesOf(holder)),
        await x509.AuthorityKeyIdentifierExtension.create(this.#certificate.publicKey),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return { certificate: pemOf(certificate), key: await pemOfKey(keys.privateKey), validUntil };
  }
}

/** The names that are in a node's certificate; a node is a server to some of its peers and a client to others. */
function namesOf(holder: Holder): x509.JsonGeneralNames {
  if (holder.verb === "client") {
    // A topic may hold what a URI may not.
    const rights = holder.rights.map((right) => url(`hearsay:right:${encodeURI(right)}`));
    return [url(`hearsay:client:${holder.name}`), ...rights];
  }
  const hosts = [...isDnsName(holder.name) ? [holder.name] : [], ...holder.hosts];
  return [
    url(`hearsay:node:${holder.name}`),
    ...[...new Set(hosts)].map((host) => ({
      type: isIP(host) === 0 ? "dns" as const : "ip" as const,
      value: host,
    })),
  ];
}

function purposesOf({ verb }: Holder): x509.ExtendedKeyUsage[] {
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  return verb === "issue" ? [serverAuth, clientAuth] : [clientAuth];
}

function url(value: string) {
  return { type: "url" as const, value };
}

function nameOf(commonName: string): x509.JsonName {
  return [{ CN: [commonName] }];
}

function newKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function certificateIn(text: string): x509.X509Certificate {
  try {
    return new x509.X509Certificate(text);
  } catch {
    throw new Error("ca.pem holds no certificate");
  }
}

async function keyIn(text: string): Promise<CryptoKey> {
  try {
    const bytes = x509.PemConverter.decodeFirst(text);
    return await crypto.subtle.importKey("pkcs8", bytes, algorithm, false, ["sign"]);
  } catch {
    throw new Error("ca-key.pem holds no key that was made here");
  }
}

async function belongTogether(certificate: x509.X509Certificate, key: CryptoKey): Promise<boolean> {
  const sample = new Uint8Array(1);
  const publicKey = await certificate.publicKey.export(algorithm, ["verify"]);
  const signature = await crypto.subtle.sign(algorithm, key, sample);
  return await crypto.subtle.verify(algorithm, publicKey, signature, sample);
}

function pemOf(certificate: x509.X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}

async function pemOfKey(key: CryptoKey): Promise<string> {
  const bytes = await crypto.subtle.exportKey("pkcs8", key);
  return `${x509.PemConverter.encode(bytes, "PRIVATE KEY")}\n`;
}

function randomHex(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
