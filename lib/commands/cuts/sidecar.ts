/** `hearsay sidecar`: makes and removes the iptables rules of one node's network namespace, on request. */
import { messageOf } from "../../../transports/errno.ts";
import { RealScheduler } from "../../workbench/world/scheduler.ts";
import { runCommand } from "../../workbench/faults/iptables.ts";
import { Sidecar } from "../../workbench/faults/sidecar.ts";
import { SidecarServer } from "../../workbench/faults/sidecar_server.ts";
import { listenForStop } from "../../../transports/stop_signals.ts";
import { parseSidecar, type SidecarConfig } from "../config/cut.ts";
import { FAILED, type Io, OK, refuse } from "../terminal/io.ts";
import { addressText } from "../../../transports/address.ts";

export async function sidecar(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseSidecar(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const stop = listenForStop();
  const scheduler = new RealScheduler();
  const report = (what: string) => io.err(`sidecar: ${what}\n`);
  const sidecar = new Sidecar({ within: parsed.config.within, run: runCommand, scheduler, report });
  const wrong = await run(parsed.config, sidecar, stop.came, report);
  scheduler.close();
  if (wrong === undefined) return OK;
  io.err(`${wrong}\n`);
  return FAILED;
}

/** Until the signal comes; then, or when it cannot even begin, everything is healed. Resolves to what went wrong. */
async function run(
  config: SidecarConfig,
  sidecar: Sidecar,
  signal: Promise<string>,
  report: (what: string) => void,
): Promise<string | undefined> {
  const unable = await sidecar.start();
  if (unable !== undefined) return `Cannot run 'sidecar' as ${unable}`;
  try {
    const { listen, secret } = config;
    const server = await SidecarServer.open({ listen, secret, answer: (body) => sidecar.answer(body) });
    report(`listens on ${addressText({ ...listen, port: server.port })} for ${config.within.join(",")}`);
    report(`stops on ${await signal}`);
    const left = await sidecar.stop();
    await server.close();
    return left === undefined ? undefined : `Rules are left behind: ${left}`;
  } catch (error) {
    return messageOf(error);
  }
}
