/** `hearsay ca`: makes an authority of one's own, and the certificates by which nodes and clients are known. */
import { type CaConfig, parseCa } from "../config/ca.ts";
import { fail, type Io, OK, refuse } from "../terminal/io.ts";
import type { Pair } from "./authority.ts";
import { makeDirectory, pathsOf, readPair, thoseThere, writePair } from "./certificate_files.ts";

/** The name of the authority's own files. */
const AUTHORITY = "ca";

export async function ca(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseCa(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  try {
    for (const line of await make(parsed.config)) io.err(`${line}\n`);
    return OK;
  } catch (error) {
    return fail(io, error);
  }
}

/** Resolves to what was made and what comes next, for people; rejects with a sentence. */
async function make(config: CaConfig): Promise<readonly string[]> {
  const { dir, force } = config;
  const paths = pathsOf(dir, config.verb === "init" ? AUTHORITY : config.name);
  const there = force ? [] : thoseThere(paths);
  if (there.length > 0) {
    throw new Error(`Nothing is written, as there is ${there.join(" and ")} already: --force replaces it`);
  }
  if (config.verb === "init") await makeDirectory(dir);
  const { validUntil, ...texts } = await pairFor(config);
  await writePair(paths, texts, force);
  const until = validUntil.toISOString().slice(0, "2026-01-31".length);
  return [`Wrote ${paths.certificate}, valid until ${until}, and ${paths.key}.`, ...nextSteps(config)];
}

async function pairFor(config: CaConfig): Promise<Pair> {
  // The library for certificates takes its time to load, and no other command needs it.
  const { Authority, makeAuthority } = await import("./authority.ts");
  const now = Date.now();
  const { verb, days, dir } = config;
  if (verb === "init") return await makeAuthority(config.name, days, now);
  const { certificate, key } = readPair(pathsOf(dir, AUTHORITY));
  return await (await Authority.from(certificate, key, now)).issue(config, days, now);
}

function nextSteps(config: CaConfig): string[] {
  const { verb, dir } = config;
  if (verb === "init") {
    return [`Keep the key where no node is. Next: hearsay ca issue n1 --host HOST --dir ${dir}`];
  }
  const { certificate, key } = pathsOf(dir, config.name);
  const files = `--tls-cert ${certificate} --tls-key ${key} --tls-ca ${pathsOf(dir, AUTHORITY).certificate}`;
  return [
    verb === "issue" ? `For: hearsay serve --id ${config.name} ${files}` : `For: hearsay watch ${files}`,
  ];
}
