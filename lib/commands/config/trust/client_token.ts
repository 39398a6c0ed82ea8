/** How a client command is told its token: by a file, or by a variable that no flag stands for, as others see flags. */
import { readToken, tokenIn, tokenOf, type TokenSource } from "../../../client/token.ts";
import { complain, type Given, mustBe } from "../../flags/flags.ts";
import type { Env } from "../../flags/read_flags.ts";
import { text, toggle } from "../../flags/schemas.ts";
import { type Address, addressText, isLoopback } from "../../../../transports/address.ts";

export const TOKEN_VARIABLE = "HEARSAY_TOKEN";

export const tokenFlags = {
  "token-file": text(
    "FILE",
    "a file",
    `a file that holds the token by which the nodes know this client (the token in ${TOKEN_VARIABLE}, or none)`,
  ),
  "insecure": toggle("the token may cross the network in plain text, where whoever listens can take it"),
};

interface TokenFlags {
  readonly "token-file"?: string | undefined;
  readonly insecure?: boolean | undefined;
  readonly "tls-ca"?: string | undefined;
}

export function tokenFrom({ "token-file": file }: TokenFlags, env: Env): { readonly token?: TokenSource } {
  const token = env[TOKEN_VARIABLE] ?? "";
  if (file !== undefined) return { token: tokenIn(file) };
  return token === "" ? {} : { token: tokenOf(token) };
}

/** A file that cannot be read, and a token that would cross a network in plain text. */
export function tokenMistakes(
  command: string,
  flags: TokenFlags,
  given: ReadonlyMap<string, Given>,
  env: Env,
  at: readonly Address[],
): string[] {
  const { "token-file": file } = flags;
  const found = file === undefined ? tokenFrom(flags, env).token?.() : readToken(file);
  if (found === undefined) return [];
  if ("fault" in found) return complain(command, given, "token-file", `a file with a token (${found.fault})`);
  const far = at.find(({ host }) => !isLoopback(host));
  if (far === undefined || flags.insecure || flags["tls-ca"] !== undefined) return [];
  const rule = `left out for ${addressText(far)} without TLS, as whoever listens there can take the token ` +
    "(--insecure allows it)";
  return given.has("token-file")
    ? complain(command, given, "token-file", rule)
    : [mustBe(command, TOKEN_VARIABLE, rule, "…")];
}
