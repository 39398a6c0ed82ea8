/** Where something listens, and how that is written. */

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Where a node listens, and speaks HTTP, unless it is told otherwise. */
export const DEFAULT_PORT = 7000;
export const DEFAULT_HTTP_PORT = 8000;

/** The longest address, in characters: a name has 253 at most. */
export const ADDRESS_CHARS_MAX = 261;

export function addressText({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Undefined where it is no address. A host may be a name or an address; one with colons stands in brackets. Without a default
 * the port has to be there.
 */
export function parseAddress(text: string, defaultPort?: number): Address | undefined {
  if (text.length > ADDRESS_CHARS_MAX) return undefined;
  const [, bracketed, plain, digits] =
    /^(?:\[([^\]\s]+)\]|([^:\s[\]=,]+))(?::(\d{1,5}))?$/.exec(text.trim()) ??
      [];
  const host = bracketed ?? plain;
  const port = digits === undefined ? defaultPort : Number(digits);
  // A number alone is a port of which the host is missing.
  if (digits === undefined && /^\d+$/.test(plain ?? "")) return undefined;
  return host === undefined || port === undefined || port > 65_535 ? undefined : { host, port };
}

/** What is wrong with a text that parseAddress does not take, where more can be said than the rule. */
export function addressFault(text: string): string | undefined {
  const given = text.trim();
  if (/^\d+$/.test(given)) return "a host is missing before the port";
  if (/^[\da-f]*:[\da-f:]*:[\da-f.:]*$/i.test(given)) {
    return "an IPv6 address stands in brackets, as [::1]:7000";
  }
  return /:(\d+)$/.test(given) && Number(/\d+$/.exec(given)?.[0]) > 65_535
    ? "a port is at most 65535"
    : undefined;
}

/** Whether only this machine can be behind the host, be it a name or an address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/i.test(host);
}

/** So many groups of an IPv6 address are those of its network, and so many it has. */
const [NETWORK_GROUPS, GROUPS] = [4, 8];

/** What counts as one address for limits: whoever has an IPv6 address has, as a rule, all of its network of 64 bits. */
export function limitedHost(host: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(host) ?? [];
  if (mapped !== undefined || !host.includes(":")) return mapped ?? host;
  const [address = ""] = host.split("%");
  const [before = [], behind = []] = address.split("::").map((part) => part === "" ? [] : part.split(":"));
  const zeros = Array.from({ length: Math.max(0, GROUPS - before.length - behind.length) }, () => "0");
  const network = [...before, ...zeros, ...behind].slice(0, NETWORK_GROUPS);
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}
