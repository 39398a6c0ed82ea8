/** Certificates for tests: an authority in a folder, and what it issues, as PEM files. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TlsFiles } from "../../transports/tcp/tls/tls.ts";

export interface Issue {
  /** How long it is valid from now on; below 0 it has expired. */
  readonly days?: number;
  /** Ms since 1970. */
  readonly now?: number;
  /** The subject alternative names, as "DNS:n1" and "URI:hearsay:node:n1"; by default those of a node. */
  readonly names?: readonly string[];
}

/** What a node or a client is given, and the flags that say so. */
export interface Issued extends TlsFiles {
  readonly own: { readonly cert: string; readonly key: string };
}

const DAY_MS = 86_400_000;
/** Certificates are valid since so many days. */
const SINCE_DAYS = 30;

/** Runs `use` with a folder for one authority, which is gone afterwards. */
export async function withAuthority<T>(use: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), "hearsay-ca-"));
  try {
    return await use(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** A certificate for the node `id`, from the authority in this folder, which is made where there is none. */
export function issueFor(dir: string, id: string, hosts: readonly string[] = [], given: Issue = {}): Issued {
  const names = given.names ?? [`URI:hearsay:node:${id}`, ...hosts.map((host) => `DNS:${host}`)];
  const ca = authorityIn(dir);
  const path = (ending: string) => join(dir, `${id}.${ending}`);
  const [cert, key, request, extensions] = [path("pem"), path("key"), path("csr"), path("ext")];
  makeKey(key);
  openssl("req", "-new", "-key", key, "-subj", `/CN=${id}`, "-out", request);
  const lines = names.map((name, i) => name.replace(":", `.${i} = `));
  writeFileSync(extensions, `subjectAltName = @names\n[names]\n${lines.join("\n")}\n`);
  const { days = 90, now = Date.now() } = given;
  openssl(
    ...["ca", "-batch", "-notext", "-config", join(dir, "ca.cnf"), "-in", request, "-out", cert],
    ...["-startdate", moment(now - SINCE_DAYS * DAY_MS), "-enddate", moment(now + days * DAY_MS)],
    ...["-extfile", extensions],
  );
  return { ca, own: { cert, key } };
}

/** A certificate for a client of this name with these rights. */
export function issueForClient(dir: string, name: string, rights: readonly string[] = []): Issued {
  const uris = [`client:${name}`, ...rights.map((right) => `right:${right}`)];
  return issueFor(dir, name, [], { names: uris.map((uri) => `URI:hearsay:${uri}`) });
}

export function tlsFlagsOf({ ca, own: { cert, key } }: Issued): string[] {
  return ["--tls-ca", ca, "--tls-cert", cert, "--tls-key", key];
}

/** The certificate of the authority in this folder. */
export function authorityIn(dir: string): string {
  const [ca, key] = [join(dir, "ca.pem"), join(dir, "ca.key")];
  if (existsSync(ca)) return ca;
  makeKey(key);
  writeFileSync(join(dir, "issued"), "");
  writeFileSync(
    join(dir, "ca.cnf"),
    `[ca]\ndefault_ca = here\n[here]\ndatabase = ${dir}/issued\nnew_certs_dir = ${dir}\nrand_serial = yes\n` +
      `default_md = sha256\nunique_subject = no\npolicy = any\ncertificate = ${ca}\nprivate_key = ${key}\n` +
      `[any]\ncommonName = supplied\n`,
  );
  openssl("req", "-x509", "-new", "-key", key, "-days", "365", "-subj", `/CN=${dir.slice(-4)}`, "-out", ca);
  return ca;
}

function moment(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace(/[-T:]/g, "")}Z`;
}

function makeKey(path: string): void {
  openssl("ecparam", "-genkey", "-name", "prime256v1", "-noout", "-out", path);
}

function openssl(...args: string[]): void {
  execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
}
