/** Words for where a node listens: "host:port", "[::1]:7000", "host" for the usual port, and lists of them with or without ids. */
import { MEMBER_ID } from "../../core/membership/member_id.ts";
import {
  type Address,
  addressFault,
  DEFAULT_HTTP_PORT,
  DEFAULT_PORT,
  parseAddress,
} from "../../../transports/address.ts";

export { addressFault, parseAddress };

export const NAME_RULE = "1 to 64 letters, digits, '.', '_' or '-'";

export const ADDRESS_RULE = "host:port";
/** The same of what is usually at one port. */
export const NODE_RULE = `host:port, or host for port ${DEFAULT_PORT}`;
export const HTTP_RULE = `host:port, or host for port ${DEFAULT_HTTP_PORT}`;
/** Where the port is left out, it is the usual one. */
export const MEMBERS_RULE = "a comma list of ID=host:port or ID=host";

/** Where a node is, or is to be. */
export function parseNode(text: string): Address | undefined {
  return parseAddress(text, DEFAULT_PORT);
}

/** "host:port,host"; undefined where one of them is no address, or one at which nobody listens. */
export function parseAddresses(text: string, defaultPort = DEFAULT_PORT): readonly Address[] | undefined {
  const found = text.split(",").map((word) => placeAt(word, defaultPort));
  return found.includes(undefined) ? undefined : found.flatMap((address) => address ?? []);
}

/** Where others listen: whoever listens at port 0 is at another one. */
function placeAt(text: string, defaultPort: number): Address | undefined {
  const address = parseAddress(text, defaultPort);
  return address?.port === 0 ? undefined : address;
}

/** Of the first one that is none, where there is more to say. */
export function addressesFault(text: string): string | undefined {
  const wrong = text.split(",").find((word) => placeAt(word, DEFAULT_PORT) === undefined) ?? "";
  if (parseNode(wrong)?.port === 0) return "nobody listens at port 0";
  return addressFault(wrong) ?? (wrong === text ? undefined : `${JSON.stringify(wrong)} is none`);
}

/** "n1=host:port,n2=host"; undefined where one of them is wrong or an id comes twice. */
export function parseMembers(
  text: string,
  defaultPort = DEFAULT_PORT,
): ReadonlyMap<string, Address> | undefined {
  const members = new Map<string, Address>();
  for (const word of text.split(",")) {
    const [id = "", rest = ""] = split(word.trim(), "=");
    const address = placeAt(rest, defaultPort);
    if (address === undefined || !MEMBER_ID.test(id) || members.has(id)) return undefined;
    members.set(id, address);
  }
  return members;
}

function split(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
