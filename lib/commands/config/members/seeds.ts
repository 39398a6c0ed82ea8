/** Words for seeds: "host:port", "dns+name:port", each without a port for the usual one, "dnssrv+_name._tcp.domain", and comma lists of them. */
import { type Seed, SEEDS_MAX } from "../../../service/discovery/seeds.ts";
import { addressFault, parseNode } from "../address.ts";
import { DEFAULT_PORT } from "../../../../transports/address.ts";

export const SEEDS_RULE =
  `a comma list of host:port, dns+name:port (port ${DEFAULT_PORT} may be left out) and dnssrv+_name._tcp.domain, at most ${SEEDS_MAX}`;

const DNS = "dns+";
const SRV = "dnssrv+";
const NAME_CHARS_MAX = 253;
const NAME = /^[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\.?$/;
const SRV_NAME = /^_[^.]+\._(tcp|udp)\.[^.]/;

/** Undefined where one of them is none. */
export function parseSeeds(text: string): readonly Seed[] | undefined {
  const found = text.split(",").map((word) => parseSeed(word.trim()));
  const seeds = found.filter((seed) => typeof seed !== "string");
  return seeds.length === found.length && seeds.length <= SEEDS_MAX ? seeds : undefined;
}

/** Says of the first one that is none what is wrong with it. */
export function whyNoSeeds(text: string): string | undefined {
  const words = text.split(",").map((word) => word.trim());
  const wrong = words.find((word) => typeof parseSeed(word) === "string");
  if (wrong !== undefined) return `${JSON.stringify(wrong)} ${parseSeed(wrong)}`;
  return words.length > SEEDS_MAX ? `these are ${words.length}` : undefined;
}

/** A seed, or what is wrong with it. */
function parseSeed(word: string): Seed | string {
  if (word.startsWith(SRV)) return parseSrv(word.slice(SRV.length));
  const isName = word.startsWith(DNS);
  if (!isName && /^[a-z]+\+/i.test(word)) return `begins with neither ${DNS} nor ${SRV}`;
  const place = isName ? word.slice(DNS.length) : word;
  const address = parseNode(place);
  if (address === undefined) return `is no host:port${reason(addressFault(place))}`;
  if (address.port === 0) return "has the port 0, at which nobody listens";
  if (!isName) return { kind: "address", address };
  const { host: name, port } = address;
  return isDnsName(name) ? { kind: "dns", name, port } : "has no name that DNS knows";
}

function parseSrv(name: string): Seed | string {
  if (name.includes(":")) return "has a port, which its SRV records say";
  if (!SRV_NAME.test(name)) return "is no name of a service, as _hearsay._tcp.example.org";
  return isDnsName(name) ? { kind: "dnssrv", name } : "has no name that DNS knows";
}

function reason(fault: string | undefined): string {
  return fault === undefined ? "" : `, as ${fault}`;
}

function isDnsName(name: string): boolean {
  return name.length <= NAME_CHARS_MAX && NAME.test(name);
}
