/** `hearsay manifest`: prints what a scheduler is given to run a cluster. */
import { parseManifest } from "../config/manifest.ts";
import { type Io, OK, refuse } from "../terminal/io.ts";
import { kubernetes } from "./kubernetes.ts";
import { swarm } from "./swarm.ts";
import { systemd } from "./systemd.ts";

const writers = { kubernetes, swarm, systemd };

export function manifest(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseManifest(args, io.env);
  if (!parsed.ok) return Promise.resolve(refuse(io, parsed.mistakes));
  io.out(writers[parsed.config.scheduler](parsed.config));
  return Promise.resolve(OK);
}
