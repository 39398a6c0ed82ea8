/** Seeds are looked up anew each time, at a name server of the test's: all records, and a sentence where there are none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { namesFrom } from "../../../../lib/service/discovery/names.ts";
import {
  resolveSeeds,
  type Seed,
  SEED_ADDRESSES_MAX,
  seedText,
  SERVICES_MAX,
} from "../../../../lib/service/discovery/seeds.ts";
import { addressText } from "../../../../transports/address.ts";
import { type DnsServer, withDns } from "../../../shared/dns_server.ts";

const hearsay: Seed = { kind: "dns", name: "hearsay.test", port: 7000 };
const service: Seed = { kind: "dnssrv", name: "_hearsay._tcp.test" };

const UNKNOWN = "does not resolve: it is not known, or has no such record";

async function resolved(dns: DnsServer, ...seeds: Seed[]) {
  const { addresses, faults } = await resolveSeeds(seeds, namesFrom(dns.address));
  return { addresses: addresses.map(addressText), faults };
}

test("seeds: a name stands for all its addresses, of both kinds, and for others when they have changed", async () => {
  await withDns(async (dns) => {
    dns.set("hearsay.test", { a: ["10.0.0.1", "10.0.0.2"], aaaa: ["fd00::1"] });
    assert.deepEqual(await resolved(dns, hearsay), {
      addresses: ["10.0.0.1:7000", "10.0.0.2:7000", "[fd00::1]:7000"],
      faults: [],
    });
    dns.set("hearsay.test", { a: ["10.0.0.3"] });
    assert.deepEqual((await resolved(dns, hearsay)).addresses, ["10.0.0.3:7000"]);
    dns.set("hearsay.test", { aaaa: ["fd00::1"] });
    assert.deepEqual((await resolved(dns, hearsay)).addresses, ["[fd00::1]:7000"]);
  });
});

test("seeds: an SRV name stands for the addresses of all that it names, at their ports; an address comes once", async () => {
  await withDns(async (dns) => {
    dns.set("_hearsay._tcp.test", {
      srv: [{ target: "n1.test", port: 7001 }, { target: "n2.test", port: 7002 }],
    });
    dns.set("n1.test", { a: ["10.0.0.1"] });
    const literal: Seed = { kind: "address", address: { host: "10.0.0.1", port: 7001 } };
    assert.deepEqual(await resolved(dns, literal, service), { addresses: ["10.0.0.1:7001"], faults: [] });
    dns.set("n2.test", { a: ["10.0.0.2"] });
    assert.deepEqual((await resolved(dns, service)).addresses, ["10.0.0.1:7001", "10.0.0.2:7002"]);
  });
});

test("seeds: a seed without an address is said to have none, and why, and the others are found", async () => {
  await withDns(async (dns) => {
    const literal: Seed = { kind: "address", address: { host: "10.0.0.9", port: 7000 } };
    assert.deepEqual(await resolved(dns, hearsay, service, literal), {
      addresses: ["10.0.0.9:7000"],
      faults: [`dns+hearsay.test:7000 ${UNKNOWN}`, `dnssrv+_hearsay._tcp.test ${UNKNOWN}`],
    });
    dns.set("hearsay.test", {});
    dns.set("_hearsay._tcp.test", { srv: [{ target: "n1.test", port: 7001 }] });
    assert.deepEqual((await resolved(dns, hearsay, service)).faults, [
      `dns+hearsay.test:7000 ${UNKNOWN}`,
      `dnssrv+_hearsay._tcp.test names n1.test, which ${UNKNOWN}`,
    ]);
  });
});

test("seeds: a name server that does not answer is given up in time; one that is late, or stale, is believed", async () => {
  await withDns(async (dns) => {
    dns.set("hearsay.test", { a: ["10.0.0.1"] });
    dns.lateMs = 300;
    assert.deepEqual((await resolved(dns, hearsay)).addresses, ["10.0.0.1:7000"]);
    dns.lateMs = 0;
    dns.set("hearsay.test", { a: ["10.0.0.2"] });
    dns.staleMs = 60_000;
    assert.deepEqual((await resolved(dns, hearsay)).addresses, ["10.0.0.1:7000"]);
    dns.isSilent = true;
    const { faults } = await resolveSeeds([hearsay], namesFrom(dns.address, 200));
    assert.deepEqual(faults, [
      "dns+hearsay.test:7000 does not resolve: no name server answers within 200 ms",
    ]);
  });
});

test("seeds: of a name with very many addresses so many are taken", async () => {
  const many = Array.from({ length: SEED_ADDRESSES_MAX + 5 }, (_, i) => `10.0.${i >> 8}.${i & 255}`);
  const names = { addressesOf: () => Promise.resolve(many), servicesOf: () => Promise.reject(new Error()) };
  assert.equal((await resolveSeeds([hearsay], names)).addresses.length, SEED_ADDRESSES_MAX);
});

test("seeds: the system's names are found by the system's rules", async () => {
  const local: Seed = { kind: "dns", name: "localhost", port: 7000 };
  const { addresses } = await resolveSeeds([local], namesFrom());
  assert.ok(addresses.some(({ host }) => host === "127.0.0.1" || host === "::1"));
});

test("seeds: of an SRV name no more than SERVICES_MAX services are looked at", async () => {
  const all = Array.from({ length: SERVICES_MAX + 1 }, (_, i) => ({ name: `n${i}.test`, port: 7000 + i }));
  for (const count of [SERVICES_MAX, SERVICES_MAX + 1]) {
    const looked: string[] = [];
    const names = {
      servicesOf: () => Promise.resolve(all.slice(0, count)),
      addressesOf: (name: string) => Promise.resolve([`10.0.0.${looked.push(name)}`]),
    };
    const { addresses, faults } = await resolveSeeds([service], names);
    assert.deepEqual(looked, all.slice(0, SERVICES_MAX).map(({ name }) => name));
    assert.deepEqual([addresses.length, faults], [SERVICES_MAX, []]);
  }
});

test("seeds: each is written as it was given", () => {
  const six: Seed = { kind: "address", address: { host: "::1", port: 7000 } };
  assert.deepEqual([hearsay, service, six].map(seedText), [
    "dns+hearsay.test:7000",
    "dnssrv+_hearsay._tcp.test",
    "[::1]:7000",
  ]);
});
