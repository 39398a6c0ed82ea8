/** `hearsay serve`: one node on TCP, until it is told to stop. */
import { Service } from "../service/service.ts";
import { openStore } from "../store/sqlite.ts";
import { memoryStore } from "../store/memory.ts";
import { type Store, StoreFault } from "../store/store.ts";
import { listenForStop } from "../../transports/stop_signals.ts";
import { parseServe, type ServeConfig } from "./config/serve.ts";
import { VERSION } from "./flags/command_names.ts";
import { fail, type Io, OK, refuse } from "./terminal/io.ts";
import { logTo } from "./terminal/logging.ts";
import { addressText } from "../../transports/address.ts";

export async function serve(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseServe(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const store = storeFor(parsed.config);
  if (typeof store === "string") return fail(io, store);
  try {
    return await run(parsed.config, store, io);
  } finally {
    store.close();
  }
}

/** Resolves to the exit status once asked to stop. */
async function run(config: ServeConfig, store: Store, io: Io): Promise<number> {
  const { id, clusterName, listen, peers, deliveryBudgetMs, retain } = config;
  const logger = await logTo(io, config.logLevel, config.logFormat);
  const stop = listenForStop();
  const service = new Service({
    id,
    cluster: clusterName,
    version: VERSION,
    listen,
    peers,
    store,
    logger,
    retain,
    ...deliveryBudgetMs !== undefined && { deliveryBudgetMs },
  });
  try {
    const at = await service.start();
    logger.info(`${id} listens on ${addressText(at)}`, {
      node: id,
      ...at,
      peers: [...peers.keys()],
      ...kept(config),
    });
    if (peers.size === 0) logger.warn("this node is alone: --peer names the others, if there are any");
    if (config.data === undefined) {
      logger.warn("values are kept in memory only: --data DIR keeps them over restarts");
    }
    logger.info(`stops on ${await stop.came}`, { node: id });
    return OK;
  } catch (error) {
    return fail(io, error);
  } finally {
    await service.stop();
  }
}

/** The log of the values, or why there is none. */
function storeFor({ id, clusterName, data }: ServeConfig): Store | string {
  const now = Date.now();
  if (data === undefined) return memoryStore({ now });
  try {
    return openStore({ dir: data, id, cluster: clusterName, now });
  } catch (error) {
    if (error instanceof StoreFault) return error.message;
    throw error;
  }
}

function kept({ data }: ServeConfig): { readonly data: string } {
  return { data: data ?? "in memory" };
}
