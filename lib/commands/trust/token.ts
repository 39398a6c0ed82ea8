/** `hearsay token NAME`: makes a token for a client, and what the nodes' tokens file must say of it. */
import { randomBytes } from "node:crypto";
import { hashOf, type TokenEntry } from "../../service/access/tokens.ts";
import { parseToken } from "../config/trust/rights.ts";
import { type Io, OK, refuse } from "../terminal/io.ts";

/** Nobody guesses so many. */
const CHANCE_BYTES = 32;

export function token(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseToken(args, io.env);
  if (!parsed.ok) return Promise.resolve(refuse(io, parsed.mistakes));
  const { name, rights } = parsed.config;
  const secret = `hearsay-${randomBytes(CHANCE_BYTES).toString("base64url")}`;
  const entry: TokenEntry = { name, sha256: hashOf(secret), rights };
  io.err(
    `The token of ${name}, for ${name} alone (--token-file, or HEARSAY_TOKEN). It is shown this once:\n`,
  );
  io.out(`${secret}\n`);
  io.err("An element of the array in the file that serve --tokens names:\n");
  io.out(`${JSON.stringify(entry)}\n`);
  return Promise.resolve(OK);
}
