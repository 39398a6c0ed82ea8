/** Whom a certificate names, read from its bytes. */
import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { alternativeNames } from "../../../../../transports/tcp/tls/alternative_names.ts";
import {
  namedIn,
  NO_CERTIFICATE,
  nodeFault,
  periodFault,
} from "../../../../../transports/tcp/tls/identity.ts";
import { issueFor, withAuthority } from "../../../../shared/certificates.ts";

function derWith(...names: string[]): Promise<Uint8Array> {
  return withAuthority((dir) => {
    const { own: { cert } } = issueFor(dir, "any", [], { names });
    return Promise.resolve(new Uint8Array(new X509Certificate(readFileSync(cert)).raw));
  });
}

test("names are read from the bytes, with others between them", async () => {
  const der = await derWith(
    "DNS:a.example",
    "IP:10.0.0.1",
    "URI:hearsay:node:a",
    "email:a@b.example",
    "DNS:b",
  );
  assert.deepEqual(alternativeNames(der), { dns: ["a.example", "b"], uris: ["hearsay:node:a"] });
});

test("a name that holds a comma is one name, whatever it looks like in text", async () => {
  const der = await derWith("URI:hearsay:client:a, URI:hearsay:right:admin, URI:hearsay:node:n1");
  const { kind, names, rights } = namedIn(der);
  assert.deepEqual([kind, names, rights], [
    "client",
    ["a, URI:hearsay:right:admin, URI:hearsay:node:n1"],
    [],
  ]);
});

test("rights may hold what a URI may not", async () => {
  const der = await derWith(
    "URI:hearsay:client:a",
    "URI:hearsay:right:publish:caf%C3%A9%20%25*",
    "URI:hearsay:right:a%",
  );
  assert.deepEqual(namedIn(der).rights, ["publish:café %*", "a%"]);
});

test("a certificate that is cut off or of other bytes names nobody, and throws nothing", async () => {
  const der = await derWith("URI:hearsay:node:n1");
  for (let length = 0; length < der.length; length++) {
    assert.deepEqual(alternativeNames(der.subarray(0, length)), { dns: [], uris: [] });
  }
  for (let at = 0; at < der.length; at++) alternativeNames(der.with(at, 0xff));
  const { kind, fault } = namedIn(Uint8Array.of());
  assert.deepEqual([kind, fault], ["none", "the certificate shown names neither a node nor a client"]);
});

test("a certificate has its time", () => {
  const period = { validFromDate: new Date("2026-01-01T00:00Z"), validToDate: new Date("2026-02-01T12:30Z") };
  const at = (time: string) => periodFault("it", period, Date.parse(time));
  assert.equal(at("2026-01-15T00:00Z"), undefined);
  assert.equal(at("2025-12-31T23:00Z"), "it is valid from 2026-01-01 00:00 UTC on: is a clock wrong?");
  assert.equal(at("2026-02-02T00:00Z"), "it expired on 2026-02-01 12:30 UTC");
});

test("nobody without a certificate is a node", () => {
  assert.equal(nodeFault(NO_CERTIFICATE, "n1"), "no certificate was shown, and a node needs one");
});
