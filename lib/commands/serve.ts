/** `hearsay serve`: one node on TCP, until it is told to stop. */
import { type Logger, Service } from "../service/service.ts";
import type { TokenEntry } from "../service/access/tokens.ts";
import { openStore } from "../store/sqlite.ts";
import { memoryStore } from "../store/memory.ts";
import { type Store, StoreFault } from "../store/store.ts";
import { tellServiceManager } from "../../transports/service_manager.ts";
import { listenForStop } from "../../transports/stop_signals.ts";
import { parseServe, type ServeConfig } from "./config/serve.ts";
import { readTokens } from "./config/trust/tokens_file.ts";
import { VERSION } from "./flags/command_names.ts";
import { fail, type Io, OK, refuse } from "./terminal/io.ts";
import { logTo } from "./terminal/logging.ts";
import { ChangedFiles } from "./trust/changed_files.ts";
import { addressText } from "../../transports/address.ts";

export async function serve(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseServe(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { tokens: path } = parsed.config;
  const tokens = path === undefined ? undefined : readTokens(path);
  if (typeof tokens === "string") return fail(io, tokens);
  const store = storeFor(parsed.config);
  if (typeof store === "string") return fail(io, store);
  try {
    return await run(parsed.config, store, tokens, io);
  } finally {
    store.close();
  }
}

/** Resolves to the exit status once asked to stop. */
async function run(
  config: ServeConfig,
  store: Store,
  tokens: readonly TokenEntry[] | undefined,
  io: Io,
): Promise<number> {
  const { id, clusterName, listen, peers, deliveryBudgetMs, retain } = config;
  const logger = await logTo(io, config.logLevel, config.logFormat);
  const changed = new ChangedFiles();
  const stop = listenForStop(config.tokens === undefined ? undefined : () => changed.readAll());
  const service = new Service({
    id,
    cluster: clusterName,
    version: VERSION,
    listen,
    peers,
    store,
    logger,
    retain,
    tokens,
    ...deliveryBudgetMs !== undefined && { deliveryBudgetMs },
  });
  if (config.tokens !== undefined) watchTokens(config.tokens, changed, service, logger);
  try {
    const at = await service.start();
    logger.info(`${id} listens on ${addressText(at)}`, {
      node: id,
      ...at,
      peers: [...peers.keys()],
      ...kept(config),
    });
    tellServiceManager("READY=1", io.env, (text) => logger.warn(text));
    if (peers.size === 0) logger.warn("this node is alone: --peer names the others, if there are any");
    if (config.data === undefined) {
      logger.warn("values are kept in memory only: --data DIR keeps them over restarts");
    }
    logger.info(`stops on ${await stop.came}`, { node: id });
    return OK;
  } catch (error) {
    return fail(io, error);
  } finally {
    tellServiceManager("STOPPING=1", io.env, (text) => logger.warn(text));
    changed.stop();
    await service.stop();
  }
}

/** A file that is no good is said to be so, and the tokens before it stay. */
function watchTokens(path: string, changed: ChangedFiles, service: Service, logger: Logger): void {
  changed.watch([path], () => {
    const tokens = readTokens(path);
    if (typeof tokens === "string") logger.error(`${tokens}. The tokens before it stay`, { path });
    else if (service.setTokens(tokens)) logger.info(`${tokens.length} tokens are known now`, { path });
  });
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
