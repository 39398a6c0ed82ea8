/** Where others reach this node. */
import { networkInterfaces } from "node:os";
import type { Address } from "../../../transports/address.ts";

/** Whether a node that listens here does so at all addresses of its machine. */
export function isWildcard({ host }: Address): boolean {
  return host === "0.0.0.0" || /^[0:]+$/.test(host);
}

/**
 * Where others reach a node: as it is told, where it listens, or, where that is all addresses of its machine, at the one from which
 * it talks to the others, `localHost`, if that is known, or else at the first that leads out of the machine.
 */
export function reachableAt(
  listens: Address,
  advertised: Address | undefined,
  localHost?: string,
): Address {
  if (advertised !== undefined) return advertised;
  if (!isWildcard(listens)) return listens;
  return { host: plain(localHost) ?? outwardHost() ?? "127.0.0.1", port: listens.port };
}

/** An IPv4 address that was written as one of IPv6 is the same. */
function plain(host: string | undefined): string | undefined {
  return host?.replace(/^::ffff:(?=\d+\.)/i, "");
}

function outwardHost(): string | undefined {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith("fe80:"));
  return (all.find(({ family }) => family === "IPv4") ?? all[0])?.address;
}
