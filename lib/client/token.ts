/** The token by which nodes know a client, read anew for each connection, so that a new one counts from the next on. */
import { fileFault } from "../../transports/errno.ts";
import { readText } from "../../transports/read_text.ts";

/** A file longer than this holds no token, bytes. */
export const TOKEN_FILE_BYTES_MAX = 65_536;

/** The token, or why there is none, in words that may follow an address. */
export type TokenSource = () => { readonly token: string } | { readonly fault: string };

export function tokenOf(token: string): TokenSource {
  return () => ({ token });
}

/** A line feed at the end is none of the token. */
export function tokenIn(path: string): TokenSource {
  return () => {
    const found = readToken(path);
    if ("token" in found) return found;
    return { fault: `was not asked, as there is no token in ${JSON.stringify(path)}: ${found.fault}` };
  };
}

/** The token in a file, or why there is none. */
export function readToken(path: string): ReturnType<TokenSource> {
  try {
    const token = readText(path, TOKEN_FILE_BYTES_MAX).trim();
    return token === "" ? { fault: "it is empty" } : { token };
  } catch (error) {
    return { fault: fileFault(error) };
  }
}
