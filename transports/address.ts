/** Where something listens, and how that is written. */

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The longest address, in characters: a name has 253 at most. */
export const ADDRESS_CHARS_MAX = 261;

export function addressText({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Undefined where it is no address. A host may be a name or an address; one with colons stands in brackets. */
export function parseAddress(text: string): Address | undefined {
  if (text.length > ADDRESS_CHARS_MAX) return undefined;
  const [, bracketed, plain, digits] = /^(?:\[([^\]\s]+)\]|([^:\s[\]=,]+)):(\d{1,5})$/.exec(text.trim()) ??
    [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

/** Whether only this machine can be behind the host, be it a name or an address. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/i.test(host);
}
