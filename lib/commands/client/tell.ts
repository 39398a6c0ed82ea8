/** Tells one thing to a cluster until a node has acknowledged it. Its id makes it one, however many nodes hear of it. */
import { refusal } from "../../client/connection.ts";
import { Nodes } from "../../client/nodes.ts";
import { request } from "../../client/request.ts";
import type { Body } from "../../core/message.ts";
import type { KeyConfig } from "../config/keyed.ts";
import { fail, FAILED, type Io, OK } from "../terminal/io.ts";

export async function tell(config: KeyConfig, body: Body, io: Io): Promise<number> {
  const nodes = new Nodes(config, io.err);
  const outcome = await request(nodes, body);
  if (!outcome.ok) {
    const why = nodes.isRefused ? "No node takes it now." : "No node answers.";
    const unsure = outcome.mayBeDone ? " It may have been taken all the same." : "";
    io.err(`${why}${unsure}\n${nodes.failureLines}`);
    return FAILED;
  }
  if (outcome.body.type === "error") return fail(io, `${outcome.by} ${refusal(outcome.body)}`);
  if (io.errIsTerminal || config.verbose) io.err(`Acknowledged by ${outcome.by}.\n`);
  return OK;
}
