/** `hearsay/maelstrom`: a node for Maelstrom in a few lines, to run as a process, or in `hearsay/sim`. */
import { HandlerNode } from "../runtime/handlers/handler_node.ts";
import type { NodeMaker } from "../runtime/handlers/node.ts";
import { runMaelstrom } from "../service/maelstrom.ts";

export { MaelstromError } from "../runtime/handlers/node.ts";
export type {
  Answer,
  AskOptions,
  Handler,
  Handlers,
  Message,
  Node,
  NodeMaker,
  Question,
  Request,
} from "../runtime/handlers/node.ts";
export type { Json } from "../core/json.ts";
export type { Random } from "../core/random.ts";

/**
 * Runs a node on standard input and output, until the input ends or a signal tells it to stop. `init` and `topology` are
 * answered without a handler. Resolves to the exit status: 1 where written lines are lost, unless their reader left. Where a
 * handler throws what is no MaelstromError, the process ends, as it does with any bug.
 */
export function serve(make: NodeMaker): Promise<number> {
  return runMaelstrom({ makeNode: (options) => new HandlerNode(options, make) });
}
