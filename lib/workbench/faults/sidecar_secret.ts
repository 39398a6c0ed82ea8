/** The secret of sidecars: who gives orders proves to know it, and it never crosses the network itself. */
import { Buffer } from "node:buffer";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { linkSync, rmSync, writeFileSync } from "node:fs";
import { codeOf, fileFault } from "../../../transports/errno.ts";
import { readText } from "../../../transports/read_text.ts";
import { type Body, FORBIDDEN } from "../../core/message.ts";
import { type Answer, ask } from "../world/running/ask.ts";
import type { Address } from "../../../transports/address.ts";

/** A shorter secret could be guessed. */
export const SECRET_CHARS_MIN = 16;
/** A file longer than this holds no secret, bytes. */
export const SECRET_FILE_BYTES_MAX = 65_536;
const NONCE_BYTES = 32;

const NEEDED = "this needs the secret of the sidecar (--secret-file, or HEARSAY_SIDECAR_SECRET)";

/** Asks a sidecar; with the secret, which it wants to be proved. Never rejects. */
export function order(sidecar: Address, body: Body, secret: string | undefined): Promise<Answer> {
  if (secret === undefined) return ask(sidecar, body);
  const text = JSON.stringify(body);
  return ask(sidecar, { type: "challenge" }, {
    next: ({ type, nonce }) =>
      type === "challenge_ok"
        ? { type: "order", order: text, proof: proofOf(secret, String(nonce), text) }
        : undefined,
  });
}

/** What answers on one connection: orders that prove the secret go on, each with a nonce of its own. */
export function guarded(
  secret: string,
  answer: (body: Body) => Promise<Body>,
): (body: Body) => Promise<Body> {
  let nonce: string | undefined;
  return (body) => {
    if (body.type === "challenge") {
      nonce = randomBytes(NONCE_BYTES).toString("hex");
      return Promise.resolve({ type: "challenge_ok", nonce });
    }
    const asked = nonce;
    nonce = undefined;
    const order = asked === undefined ? undefined : provenIn(body, secret, asked);
    return order === undefined
      ? Promise.resolve({ type: "error", code: FORBIDDEN, text: NEEDED })
      : answer(order);
  };
}

/** The secret in a file, or a sentence's end that says why there is none. */
export function readSecret(path: string): { readonly secret: string } | { readonly fault: string } {
  try {
    const secret = readText(path, SECRET_FILE_BYTES_MAX).trim();
    const fault = secretFault(secret);
    return fault === undefined ? { secret } : { fault };
  } catch (error) {
    return { fault: fileFault(error) };
  }
}

export function secretFault(secret: string): string | undefined {
  return secret.length < SECRET_CHARS_MIN ? `a secret has ${SECRET_CHARS_MIN} characters or more` : undefined;
}

/** Where there is no such file, one with a new secret is made; of several that make it at once, one wins. */
export function ensureSecret(path: string): ReturnType<typeof readSecret> {
  const draft = `${path}.${randomBytes(4).toString("hex")}`;
  try {
    // Its owner writes it, and its group may read it: an examiner that is not root.
    writeFileSync(draft, `${randomBytes(NONCE_BYTES).toString("base64url")}\n`, { mode: 0o640, flag: "wx" });
    linkSync(draft, path);
  } catch (error) {
    if (codeOf(error) !== "EEXIST") return existing(path, fileFault(error, "there is no such directory"));
  } finally {
    rmSync(draft, { force: true });
  }
  return readSecret(path);
}

/** A folder that cannot be written may hold a secret all the same. */
function existing(path: string, fault: string): ReturnType<typeof readSecret> {
  const found = readSecret(path);
  return "secret" in found ? found : { fault };
}

function proofOf(secret: string, nonce: string, order: string): string {
  return createHmac("sha256", secret).update(`${nonce}\n${order}`).digest("hex");
}

function provenIn({ type, order, proof }: Body, secret: string, nonce: string): Body | undefined {
  if (type !== "order" || typeof order !== "string" || typeof proof !== "string") return undefined;
  const wanted = Buffer.from(proofOf(secret, nonce, order));
  const given = Buffer.from(proof);
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
  return bodyIn(order);
}

function bodyIn(order: string): Body | undefined {
  try {
    const body: unknown = JSON.parse(order);
    return isBody(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

function isBody(value: unknown): value is Body {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
