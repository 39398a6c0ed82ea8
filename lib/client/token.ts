/** The token by which nodes know a client, read anew for each connection, so that a new one counts from the next on. */
import { readFileSync } from "node:fs";
import { messageOf } from "../../transports/errno.ts";

/** The token, or why there is none, in words that may follow an address. */
export type TokenSource = () => { readonly token: string } | { readonly fault: string };

export function tokenOf(token: string): TokenSource {
  return () => ({ token });
}

/** A line feed at the end is none of the token. */
export function tokenIn(path: string): TokenSource {
  return () => {
    try {
      const token = readFileSync(path, "utf8").trim();
      return token === "" ? { fault: `was not asked, as ${JSON.stringify(path)} is empty` } : { token };
    } catch (error) {
      return { fault: `was not asked, as the token cannot be read: ${messageOf(error)}` };
    }
  };
}
