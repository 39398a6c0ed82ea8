/** Where something listens, and how that is written. */

export interface Address {
  readonly host: string;
  readonly port: number;
}

export function addressText({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
