/** Our clients of other systems: they need packages of those, which are installed by the first run that uses one. */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import type { Target, Wire } from "./system.ts";

const folder = new URL("../rivals/", import.meta.url);
/** npm writes it when everything is installed. */
const INSTALLED = "node_modules/.package-lock.json";

/** What the harness uses of nats_client.ts. */
export interface NatsClient {
  readonly natsWire: Wire;
  readonly jetstreamWire: Wire;
  /** Rejects while the servers are not ready for it. */
  makeStream(target: Target, storage: "file" | "memory"): Promise<void>;
}

/** The compiler does not follow a name that is computed, so the types of the packages are not needed to check us. */
export async function natsClient(): Promise<NatsClient> {
  const { client }: { client: NatsClient } = await import(new URL("nats_client.ts", folder).href);
  return client;
}

let found: { readonly missing: string | undefined } | undefined;

/** Installs the packages where they are missing or out of date, once in a run; says what went wrong, if anything. */
export function missingPackages(): string | undefined {
  found ??= { missing: isInstalled() ? undefined : install() };
  return found.missing;
}

function isInstalled(): boolean {
  const at = (name: string) => statSync(new URL(name, folder), { throwIfNoEntry: false })?.mtimeMs;
  return (at(INSTALLED) ?? -Infinity) > (at("package-lock.json") ?? Infinity);
}

function install(): string | undefined {
  process.stderr.write("installing the packages of NATS and libp2p …\n");
  // They run under Bun or Deno: which Node.js they ask for does not matter.
  const { status, error } = spawnSync("npm", ["ci", "--loglevel=error", "--no-audit", "--no-fund"], {
    cwd: fileURLToPath(folder),
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status === 0) return undefined;
  const reason = error?.message ?? `npm ci ended with status ${status}`;
  return `the packages of its client could not be installed (${reason})`;
}
