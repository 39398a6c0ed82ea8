/** `hearsay broadcast`: tells values to the cluster, from arguments or from lines, until each is acknowledged. */
import { beforeEnding } from "../../workbench/ending_signals.ts";
import { Broadcaster } from "../../client/broadcaster.ts";
import { unguessable } from "../../client/event_ids.ts";
import { type BroadcastConfig, parseBroadcast } from "../config/client.ts";
import { FAILED, type Io, OK, refuse } from "../terminal/io.ts";
import { Nodes } from "../../client/nodes.ts";
import { elsewhere, nobodyDoes } from "./asking.ts";
import { LineValues, type Values, valuesOf } from "../../client/values.ts";
import { shortened } from "../../../transports/shortened.ts";

/** Values that no node would take are named one by one, up to so many. */
export const REFUSALS_SHOWN_MAX = 10;

export async function broadcast(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseBroadcast(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { config } = parsed;
  const nodes = new Nodes(config, io.err);
  const values = open(config, io);
  const onRefused = (text: string, reason: string) => {
    if (broadcaster.refused > REFUSALS_SHOWN_MAX) return;
    io.err(`Cannot broadcast ${shortened(text)}: ${reason}\n`);
  };
  const { topic, key, id, areEvents } = config;
  const events = areEvents ? unguessable() : undefined;
  const broadcaster = new Broadcaster({ nodes, values, belongings: { topic, key, id }, events, onRefused });
  const release = beforeEnding(() => {
    io.err(`Stopped: ${soFar(broadcaster, values)}\n`);
    return io.errDrained();
  });
  const reached = await broadcaster.run();
  release();
  const isGood = reached && broadcaster.refused === 0;
  const isWatched = io.errIsTerminal || config.verbose;
  if (!reached) io.err(`${unreached(broadcaster, values, nodes)}${elsewhere(config, nodes.isRefused)}`);
  else if (!isGood) io.err(`${counted(broadcaster, values)}.\n`);
  else if (isWatched) io.err(`${counted(broadcaster, values)} by ${[...broadcaster.by].join(", ")}.\n`);
  return isGood ? OK : FAILED;
}

function open({ values, asStrings }: BroadcastConfig, io: Io): Values {
  if (values.length > 0) return valuesOf(values, asStrings);
  if (io.inputIsTerminal) io.err("One value per line; Ctrl-D ends.\n");
  return new LineValues(io.input(), asStrings);
}

function unreached(broadcaster: Broadcaster, values: Values, nodes: Nodes): string {
  const why = nodes.code === "refused" ? "No node takes values now." : nobodyDoes(nodes);
  return `${why.slice(0, -1)}: ${soFar(broadcaster, values)}\n${nodes.failureLines}`;
}

/** "3 of 5 values acknowledged. Up to 1 more may have been taken all the same." */
function soFar(broadcaster: Broadcaster, values: Values): string {
  const unsure = broadcaster.unsure > 0
    ? [`Up to ${broadcaster.unsure} more may have been taken all the same.`]
    : [];
  const unread = values.ended ? [] : ["What follows was not sent."];
  return [`${counted(broadcaster, values)}.`, ...unsure, ...unread].join(" ");
}

/** "3 of 5 values acknowledged"; how many there are is known once all of them were read. */
function counted({ acknowledged, refused, unanswered }: Broadcaster, values: Values): string {
  const all = acknowledged + (values.isWhole ? refused + unanswered + values.waiting : 0);
  const of = all === acknowledged ? `${all}` : `${acknowledged} of ${all}`;
  return all === 1 ? `${of} value acknowledged` : `${of} values acknowledged`;
}
