/** Asks a cluster by the library, as every command does that asks one thing, and says why nothing came of it. */
import { Client } from "../../client/client.ts";
import { type ErrorCode, HearsayError, isRefusal } from "../../client/errors.ts";
import type { ReachOptions } from "../../client/nodes.ts";
import { defaultAt } from "../config/client.ts";
import { fail, FAILED, type Io } from "../terminal/io.ts";

/** Where each node has failed, `whyNot` says that, and a line for each follows. */
export async function asking(
  config: ReachOptions,
  io: Io,
  ask: (client: Client) => Promise<number>,
  whyNot: (error: HearsayError) => string = nobodyDoes,
): Promise<number> {
  const client = new Client(config, io.err);
  try {
    return await ask(client);
  } catch (error) {
    if (!(error instanceof HearsayError)) throw error;
    if (error.failures.length === 0) return fail(io, error.message);
    const lines = error.failures.map(({ at, reason }) => `  ${at} ${reason}\n`);
    io.err(`${whyNot(error)}\n${lines.join("")}${elsewhere(config, error.isRefused)}`);
    return FAILED;
  } finally {
    await client.close();
  }
}

/** The first line where each node has failed; what each of them says follows. */
export function nobodyDoes({ code }: { readonly code: ErrorCode }): string {
  if (code === "forbidden") return "No node lets this client do it.";
  return isRefusal(code) ? "No node does it." : "No node answers.";
}

/** The last line, for whoever has named no nodes, so that those of the Compose file were asked, and nobody is there. */
export function elsewhere({ at }: Pick<ReachOptions, "at">, isAnybodyThere: boolean): string {
  if (at !== defaultAt || isAnybodyThere) return "";
  return "--at names other nodes, as 127.0.0.1:7000, where 'hearsay serve' listens.\n";
}
