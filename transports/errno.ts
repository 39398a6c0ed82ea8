/** The codes of system errors, and what they mean for a file and for a connection, in words. */
import { shortened } from "./shortened.ts";

/** The name of a system error, as ENOSPC; undefined where the error has none. */
export function codeOf(error: unknown): string | undefined {
  // Where a name has several addresses, each of them failed.
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why a file or a directory cannot be read or written, in words; `missing` says what is not there. */
export function fileFault(error: unknown, missing = "there is no such file"): string {
  const code = codeOf(error) ?? "";
  return code === "ENOENT" ? missing : fileFaults[code] ?? shortened(messageOf(error));
}

const fileFaults: Readonly<Record<string, string>> = {
  ENOTDIR: "what should be a directory is none",
  EISDIR: "it is a directory",
  EEXIST: "something of that name is there already",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "this user may take no more room on the disk",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "its name is too long",
  ELOOP: "its links lead in a circle",
};

/** Why a connection failed, said of the other side: the address, or "it", goes before. */
export function connectionFault(error: unknown): string {
  return tlsFault(error) ?? connectionFaults[codeOf(error) ?? ""] ??
    `cannot be talked to: ${shortened(messageOf(error))}`;
}

/** Said where a connection to nobody was made, which has no error. */
export const NOTHING_LISTENS = "refuses the connection: nothing listens there";
export const CLOSED = "closed the connection";

const connectionFaults: Readonly<Record<string, string>> = {
  ECONNREFUSED: NOTHING_LISTENS,
  ECONNRESET: CLOSED,
  EPIPE: CLOSED,
  ENOTFOUND: "has no address: its name is not known",
  EAI_AGAIN: "has no address now: its name cannot be looked up",
  ETIMEDOUT: "does not take a connection",
  EHOSTUNREACH: "cannot be reached: there is no way to that host",
  ENETUNREACH: "cannot be reached: there is no way to that network",
};

/** Why a dial over TLS failed, said of the other side; undefined where the fault has nothing to do with TLS. */
export function tlsFault(error: unknown): string | undefined {
  const said = `${codeOf(error) ?? ""} ${messageOf(error)}`;
  if (/WRONG_VERSION_NUMBER|InvalidContentType/i.test(said)) return "does not speak TLS";
  if (isOldTls(said)) return "does not speak TLS 1.3";
  if (/before secure TLS connection/i.test(said)) return "closed the connection in the TLS handshake";
  return undefined;
}

/** Whether the code and the message of an error, which differ from runtime to runtime, say that TLS is too old. */
export function isOldTls(said: string): boolean {
  return /UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|ProtocolVersion|Tls12NotOffered/i.test(said);
}
