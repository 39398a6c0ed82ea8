/** Looks names up, anew each time: by the system's rules, or at one name server. */
import { lookup, Resolver } from "node:dns/promises";
import { isIP } from "node:net";
import { type Address, addressText } from "../../../transports/address.ts";
import { codeOf, messageOf } from "../../../transports/errno.ts";
import { within } from "../../../transports/clock.ts";

/** A name that is not found by then is not found. */
export const RESOLVE_MS_MAX = 3_000;
/** A name server is asked so often, and so long each time, ms. */
const TRIES = 2;
const TRY_MS_MAX = 1_000;

/** Where something is to be had, as an SRV record has it. */
export interface Service {
  readonly name: string;
  readonly port: number;
}

/** Both reject with a sentence, said of the name: "does not resolve: …". */
export interface Names {
  /** Every A and AAAA record of it. */
  addressesOf(name: string): Promise<readonly string[]>;
  /** Every SRV record of it. */
  servicesOf(name: string): Promise<readonly Service[]>;
}

/** Names with the system's search domains and hosts file; SRV records, and all with a `server`, by full names alone. */
export function namesFrom(server?: Address, msMax: number = RESOLVE_MS_MAX): Names {
  const inTime = <T>(found: Promise<readonly T[]>) => foundWithin(msMax, found);
  return {
    addressesOf: (name) =>
      inTime(server === undefined ? systemAddresses(name) : askedAddresses(name, server)),
    servicesOf: (name) => inTime(resolverOf(server).resolveSrv(name)),
  };
}

async function systemAddresses(name: string): Promise<string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

/** A name that has records of one kind has addresses. */
async function askedAddresses(name: string, server: Address): Promise<string[]> {
  if (isIP(name) !== 0) return [name];
  const resolver = resolverOf(server);
  const [four, six] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  const found = [four, six].flatMap((outcome) => outcome.status === "fulfilled" ? outcome.value : []);
  if (found.length === 0 && four.status === "rejected") throw four.reason;
  return found;
}

/** A new one each time: it reads the system's settings as they are now. */
function resolverOf(server: Address | undefined): Resolver {
  const resolver = new Resolver({ timeout: TRY_MS_MAX, tries: TRIES });
  if (server !== undefined) resolver.setServers([addressText(server)]);
  return resolver;
}

async function foundWithin<T>(msMax: number, found: Promise<readonly T[]>): Promise<readonly T[]> {
  let records: readonly T[] | undefined;
  try {
    await within(msMax, found.then((all) => void (records = all)));
  } catch (error) {
    throw new Error(faultOf(error));
  }
  if (records === undefined) throw new Error(`does not resolve: no name server answers within ${msMax} ms`);
  if (records.length === 0) throw new Error(NO_RECORD);
  return records;
}

const NO_RECORD = "does not resolve: it is not known, or has no such record";

const faults: Readonly<Record<string, string>> = {
  // Neither runtime tells the two apart.
  ENOTFOUND: NO_RECORD,
  ENODATA: NO_RECORD,
  ETIMEOUT: "does not resolve: the name server does not answer",
  ECONNREFUSED: "does not resolve: the name server does not answer",
  EAI_AGAIN: "does not resolve: the name server does not answer",
  ESERVFAIL: "does not resolve: the name server cannot say",
  EREFUSED: "does not resolve: the name server refuses to say",
};

function faultOf(error: unknown): string {
  return faults[codeOf(error) ?? ""] ?? `does not resolve: ${messageOf(error)}`;
}
