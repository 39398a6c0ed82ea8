/** Why TLS did not come about, in words. The codes of one and the same fault differ from runtime to runtime. */
import { codeOf, isOldTls, messageOf } from "../../errno.ts";
import { shortened } from "../../shortened.ts";
import { HANDSHAKE_MS_MAX } from "../limits.ts";

/** The first bytes of a TLS record: of a handshake, and of an alert. */
const HANDSHAKE_RECORD = 22;
const ALERT_RECORD = 21;
const TLS_MAJOR = 3;

/** Said by a node that does not speak TLS, to a side that does. */
export const TLS_NOT_SPOKEN = "this node does not speak TLS, and was addressed with it";
/** Said of a side that speaks TLS, by one that does not. */
export const TLS_SPOKEN =
  "it speaks TLS, and was addressed without: --tls-ca, --tls-cert and --tls-key are wanted";

/** Whether these are the first bytes of somebody who speaks TLS: no line of text begins so. */
export function isTls(chunk: Uint8Array): boolean {
  return chunk[1] === TLS_MAJOR && (chunk[0] === HANDSHAKE_RECORD || chunk[0] === ALERT_RECORD);
}

/** Why a handshake failed, said of the side that dialled. */
export function handshakeFault(error: Error): string {
  const said = `${codeOf(error) ?? ""} ${error.message}`;
  if (/timeout/i.test(said)) return `its TLS handshake was not done within ${HANDSHAKE_MS_MAX} ms`;
  if (/WRONG_VERSION_NUMBER|HTTP_REQUEST|InvalidContentType/i.test(said)) {
    return "it does not speak TLS, as this node does";
  }
  if (isOldTls(said)) return "it does not speak TLS 1.3";
  if (/UNKNOWN_?CA|CERTIFICATE/i.test(said)) return "it does not trust the certificate of this node";
  if (/ECONNRESET|hang up|EPIPE/i.test(said)) return "it hung up in the TLS handshake";
  return `its TLS handshake failed: ${shortened(messageOf(error))}`;
}
