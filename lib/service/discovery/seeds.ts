/** Seeds: what a node is told of where members of its cluster may be found. */
import { type Address, addressText } from "../../../transports/address.ts";
import { messageOf } from "../../../transports/errno.ts";
import type { Names } from "./names.ts";

/** So many seeds may be given. */
export const SEEDS_MAX = 64;
/** So many addresses are taken of one seed; a name that has more is cut short. */
export const SEED_ADDRESSES_MAX = 128;
/** So many services of one SRV name are looked at. */
export const SERVICES_MAX = 32;

export type Seed =
  | { readonly kind: "address"; readonly address: Address }
  /** Every A and AAAA record of a name. */
  | { readonly kind: "dns"; readonly name: string; readonly port: number }
  /** Every SRV record of a name, and every address of what each one names. */
  | { readonly kind: "dnssrv"; readonly name: string };

export function seedText(seed: Seed): string {
  if (seed.kind === "address") return addressText(seed.address);
  return seed.kind === "dns" ? `dns+${seed.name}:${seed.port}` : `dnssrv+${seed.name}`;
}

/** Addresses, each once, and for each seed that has none a sentence that says why. */
export interface Resolved {
  readonly addresses: readonly Address[];
  readonly faults: readonly string[];
}

/** Looks up all of them at once. Never rejects. */
export async function resolveSeeds(seeds: readonly Seed[], names: Names): Promise<Resolved> {
  const addresses = new Map<string, Address>();
  const faults: string[] = [];
  const outcomes = await Promise.allSettled(seeds.map((seed) => addressesOf(seed, names)));
  outcomes.forEach((outcome, i) => {
    const seed = seeds[i];
    if (outcome.status === "fulfilled") {
      for (const address of outcome.value.slice(0, SEED_ADDRESSES_MAX)) {
        addresses.set(addressText(address), address);
      }
    } else if (seed !== undefined) faults.push(`${seedText(seed)} ${messageOf(outcome.reason)}`);
  });
  return { addresses: [...addresses.values()], faults };
}

async function addressesOf(seed: Seed, names: Names): Promise<readonly Address[]> {
  if (seed.kind === "address") return [seed.address];
  if (seed.kind === "dns") return at(await names.addressesOf(seed.name), seed.port);
  const services = (await names.servicesOf(seed.name)).slice(0, SERVICES_MAX);
  const found = await Promise.allSettled(
    services.map(async ({ name, port }) => at(await names.addressesOf(name), port)),
  );
  const all = found.flatMap((outcome) => outcome.status === "fulfilled" ? outcome.value : []);
  const [service, failed] = [services[0], found.find((outcome) => outcome.status === "rejected")];
  if (all.length === 0 && service !== undefined && failed !== undefined) {
    throw new Error(`names ${service.name}, which ${messageOf(failed.reason)}`);
  }
  return all;
}

function at(hosts: readonly string[], port: number): readonly Address[] {
  return hosts.map((host) => ({ host, port }));
}
