/** A node in this process that speaks HTTP, for tests. */
import assert from "node:assert/strict";
import { hashOf, type TokenEntry } from "../../../../lib/service/access/tokens.ts";
import { Service, type ServiceOptions } from "../../../../lib/service/service.ts";
import { memoryStore } from "../../../../lib/store/memory.ts";
import { addressText } from "../../../../transports/address.ts";

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const ANY = { host: "127.0.0.1", port: 0 };

export interface Served {
  readonly service: Service;
  /** "http://127.0.0.1:1234" */
  readonly url: string;
  /** Of the TCP port. */
  readonly at: { readonly host: string; readonly port: number };
}

export type Given = Partial<ServiceOptions> & { readonly origins?: readonly string[] };

/** Runs `use` with a node that stops afterwards. */
export async function withServed(use: (served: Served) => Promise<void>, given: Given = {}): Promise<void> {
  const store = memoryStore({ now: Date.now() });
  const { origins = [], ...options } = given;
  const service = new Service({
    ...{ id: "n1", cluster: "test", version: "1.2.3", listen: ANY, peers: new Map(), store, logger: quiet },
    http: { listen: ANY, origins },
    ...options,
  });
  try {
    const at = await service.start();
    const { httpAt = assert.fail("it speaks HTTP") } = service;
    await use({ service, url: `${options.tls ? "https" : "http"}://${addressText(httpAt)}`, at });
  } finally {
    await service.stop();
    store.close();
  }
}

/** A request with a body of JSON. */
export function withJson(method: string, value: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method,
    body: JSON.stringify(value),
    headers: { "content-type": "application/json", ...headers },
  };
}

export function tokenOf(name: string, rights: readonly string[]): TokenEntry {
  return { name, sha256: hashOf(`token of ${name}`.replaceAll(" ", "-")), rights };
}

export function bearer(name: string): Record<string, string> {
  return { authorization: `Bearer ${`token of ${name}`.replaceAll(" ", "-")}` };
}

/** What went wrong, by RFC 9457. */
export async function problemIn(response: Response): Promise<Record<string, unknown>> {
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  const problem: Record<string, unknown> = await response.json();
  assert.equal(problem["status"], response.status);
  return problem;
}

/** The lines of JSON in a response that ends. */
export async function linesIn(response: Response): Promise<Record<string, unknown>[]> {
  assert.equal(response.status, 200);
  return (await response.text()).split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}
