/** Words for where a node listens: "host:port", "[::1]:7000", and lists of them with or without ids. */
import { MEMBER_ID } from "../../core/membership/member_id.ts";
import { type Address, parseAddress } from "../../../transports/address.ts";

export { parseAddress };

export const NAME_RULE = "1 to 64 letters, digits, '.', '_' or '-'";

/** One rule for both kinds of list, in words. */
export const ADDRESS_RULE = "host:port";
export const MEMBERS_RULE = "a comma list of ID=host:port";

/** "host:port,host:port"; undefined where one of them is no address. */
export function parseAddresses(text: string): readonly Address[] | undefined {
  const found = text.split(",").map(parseAddress);
  return found.includes(undefined) ? undefined : found.flatMap((address) => address ?? []);
}

/** "n1=host:port,n2=host:port"; undefined where one of them is wrong or an id comes twice. */
export function parseMembers(text: string): ReadonlyMap<string, Address> | undefined {
  const members = new Map<string, Address>();
  for (const word of text.split(",")) {
    const [id = "", rest = ""] = split(word.trim(), "=");
    const address = parseAddress(rest);
    if (address === undefined || !MEMBER_ID.test(id) || members.has(id)) return undefined;
    members.set(id, address);
  }
  return members;
}

function split(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
