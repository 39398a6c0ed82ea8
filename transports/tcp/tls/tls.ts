/** The certificate, key and authorities of this process: read from files, checked, read again when they change. */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { connect, type TlsOptions, type TLSSocket } from "node:tls";
import type { Address } from "../../address.ts";
import { fileFault, messageOf } from "../../errno.ts";
import { readText } from "../../read_text.ts";
import { shortened } from "../../shortened.ts";
import { HANDSHAKE_MS_MAX } from "../limits.ts";
import { identityOf, namedIn, nodeFault, periodFault, type TlsIdentity } from "./identity.ts";

/** A longer file is refused, bytes: all authorities that a system trusts take 250,000. */
export const PEM_BYTES_MAX = 4 * 1_048_576;

/** Paths of PEM files. A client that has a token in place of a certificate has authorities alone. */
export interface TlsFiles {
  readonly ca: string;
  readonly own?: { readonly cert: string; readonly key: string };
  /** The certificate must be for the node of this id. */
  readonly node?: string | undefined;
}

/** Why a file is of no use, as a sentence; `why` alone may follow "it is of no use, as". */
export class TlsFault extends Error {
  readonly flag: "tls-ca" | "tls-cert" | "tls-key";
  readonly why: string;

  constructor(flag: TlsFault["flag"], path: string, why: string) {
    super(`Cannot use ${JSON.stringify(path)} for --${flag}: ${why}`);
    this.flag = flag;
    this.why = why;
  }
}

/** The texts of the files, and what they say. */
interface Material {
  readonly texts: { readonly ca: string; readonly cert?: string; readonly key?: string };
  readonly authorities: readonly X509Certificate[];
  readonly own?: X509Certificate;
}

/** What TLS is held to on both sides. Certificates are judged here after the handshake, to say what is wrong with one. */
const BOTH_SIDES = { minVersion: "TLSv1.3", maxVersion: "TLSv1.3", rejectUnauthorized: false } as const;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

export class Tls {
  readonly #files: TlsFiles;
  readonly #listeners = new Set<() => void>();
  #material: Material;

  /** Reads the files. Throws a TlsFault where they are of no use. */
  constructor(files: TlsFiles, now: number = Date.now()) {
    this.#files = files;
    this.#material = read(files, now);
  }

  /** For a server, and for its setSecureContext. A client may show no certificate. */
  get serverOptions(): TlsOptions {
    return { ...this.#material.texts, ...BOTH_SIDES, requestCert: true, handshakeTimeout: HANDSHAKE_MS_MAX };
  }

  /** When the certificate of this process expires, ms since 1970. */
  get expiresAt(): number {
    return this.#material.own?.validToDate.getTime() ?? Infinity;
  }

  /** When the last of the authorities expires, ms since 1970: by then no certificate is trusted any more. */
  get authoritiesExpireAt(): number {
    return Math.max(...this.#material.authorities.map(({ validToDate }) => validToDate.getTime()));
  }

  /** The identity that the certificate of this process names. */
  get identity(): TlsIdentity | undefined {
    return this.#material.own && namedIn(this.#material.own.raw);
  }

  /** Dials. The caller asks identityOf once the handshake is done: it says whose certificate the other side has. */
  dial({ host, port }: Address): TLSSocket {
    return connect({
      ...{ host, port, ...this.#material.texts, ...BOTH_SIDES },
      // A node is known by its id, wherever it is dialled.
      checkServerIdentity: () => undefined,
    });
  }

  /** The identity of the other end of a socket whose handshake is done. */
  identityOf(socket: TLSSocket): TlsIdentity {
    return identityOf(socket, this.#material.authorities);
  }

  /** `run` is called when the files have changed and are of use. */
  onChanged(run: () => void): void {
    this.#listeners.add(run);
  }

  /** Of the files, to look whether they changed. */
  get paths(): string[] {
    const { ca, own } = this.#files;
    return own === undefined ? [ca] : [ca, own.cert, own.key];
  }

  /**
   * Reads the files now; where they changed and are of use, every new handshake uses them [X4]. Returns whether that is so.
   * Throws a TlsFault where they are of no use, and then what was read before goes on.
   */
  readAgain(now: number = Date.now()): boolean {
    if (JSON.stringify(textsOf(this.#files)) === JSON.stringify(this.#material.texts)) return false;
    this.#material = read(this.#files, now);
    for (const run of this.#listeners) run();
    return true;
  }

  /** The same, and where the files are of no use now, that is not said: they may be half written. */
  renew(): void {
    attempt(() => this.readAgain());
  }
}

function read(files: TlsFiles, now: number): Material {
  const texts = textsOf(files);
  const authorities = certificatesIn(texts.ca, "tls-ca", files.ca);
  if (texts.cert === undefined || files.own === undefined) return { texts, authorities };
  const { cert, key } = files.own;
  const [own] = certificatesIn(texts.cert, "tls-cert", cert);
  if (own === undefined) throw new TlsFault("tls-cert", cert, "it holds no certificate in PEM form");
  if (!own.checkPrivateKey(keyIn(texts.key ?? "", key))) {
    throw new TlsFault("tls-key", key, `it is not the key of the certificate in ${JSON.stringify(cert)}`);
  }
  const identity = namedIn(own.raw);
  const fault = periodFault("the certificate in it", own, now) ??
    (files.node === undefined ? identity.fault : nodeFault(identity, files.node));
  if (fault !== undefined) throw new TlsFault("tls-cert", cert, fault.replace(" shown", " in it"));
  return { texts, authorities, own };
}

function textsOf({ ca, own }: TlsFiles): Material["texts"] {
  const texts = { ca: textOf("tls-ca", ca) };
  return own === undefined
    ? texts
    : { ...texts, cert: textOf("tls-cert", own.cert), key: textOf("tls-key", own.key) };
}

function textOf(flag: TlsFault["flag"], path: string): string {
  try {
    return readText(path, PEM_BYTES_MAX);
  } catch (error) {
    throw new TlsFault(flag, path, fileFault(error));
  }
}

function certificatesIn(text: string, flag: TlsFault["flag"], path: string): readonly X509Certificate[] {
  const found = attempt(() => (text.match(PEM_CERTIFICATE) ?? []).map((pem) => new X509Certificate(pem)));
  if ("fault" in found) throw new TlsFault(flag, path, `a certificate in it cannot be read (${found.fault})`);
  if (found.value.length === 0) throw new TlsFault(flag, path, "it holds no certificate in PEM form");
  return found.value;
}

function keyIn(text: string, path: string) {
  const key = attempt(() => createPrivateKey(text));
  if ("fault" in key) {
    throw new TlsFault("tls-key", path, "it holds no private key in PEM form without a passphrase");
  }
  return key.value;
}

function attempt<T>(run: () => T): { readonly value: T } | { readonly fault: string } {
  try {
    return { value: run() };
  } catch (error) {
    return { fault: shortened(messageOf(error)) };
  }
}
