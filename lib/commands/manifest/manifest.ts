/** `hearsay manifest`: prints what other programs are given to run a cluster, or to watch one. */
import { parseManifest } from "../config/manifest.ts";
import { type Io, OK, refuse } from "../terminal/io.ts";
import { alerts } from "./alerts.ts";
import { grafana } from "./grafana/grafana.ts";
import { kubernetes } from "./kubernetes.ts";
import { prometheus } from "./prometheus.ts";
import { swarm } from "./swarm.ts";
import { systemd } from "./systemd.ts";

const writers = { kubernetes, swarm, systemd, prometheus, alerts, grafana };

export function manifest(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseManifest(args, io.env);
  if (!parsed.ok) return Promise.resolve(refuse(io, parsed.mistakes));
  io.out(writers[parsed.config.kind](parsed.config));
  return Promise.resolve(OK);
}
