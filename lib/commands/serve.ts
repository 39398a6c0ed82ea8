/** `hearsay serve`: one node on TCP, until it is told to stop. */
import type { TokenEntry } from "../service/access/tokens.ts";
import { knownCluster } from "../core/membership/membership.ts";
import type { DiscoverySettings } from "../service/discovery/discovery.ts";
import { namesFrom } from "../service/discovery/names.ts";
import { seedText } from "../service/discovery/seeds.ts";
import type { Logger } from "../service/logger.ts";
import { Service } from "../service/service.ts";
import { type Document, livePage } from "../pages/live/document/frame.ts";
import { pageScript } from "../pages/scripts.ts";
import { openStore } from "../store/sqlite.ts";
import { memoryStore } from "../store/memory.ts";
import { type Store, StoreFault } from "../store/store.ts";
import { tellServiceManager } from "../../transports/service_manager.ts";
import { listenForStop } from "../../transports/stop_signals.ts";
import { parseServe, type ServeConfig } from "./config/serve.ts";
import { readTokens } from "./config/trust/tokens_file.ts";
import { VERSION } from "./flags/command_names.ts";
import { fail, GONE, type Io, OK, refuse } from "./terminal/io.ts";
import { logTo } from "./terminal/logging.ts";
import { ChangedFiles } from "./trust/changed_files.ts";
import { addressText } from "../../transports/address.ts";
import { messageOf } from "../../transports/errno.ts";
import { dateText } from "../../transports/tcp/tls/identity.ts";
import type { Tls } from "../../transports/tcp/tls/tls.ts";

export async function serve(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseServe(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { tokens: path } = parsed.config;
  const tokens = path === undefined ? undefined : readTokens(path);
  if (typeof tokens === "string") return fail(io, tokens);
  const store = storeFor(parsed.config);
  if (typeof store === "string") return fail(io, store);
  try {
    const conflict = givenBesideFound(parsed.config, store);
    if (conflict !== undefined) return fail(io, conflict);
    return await run(parsed.config, store, tokens, io);
  } finally {
    store.close();
  }
}

/** Resolves to the exit status once asked to stop, or no member any longer. */
async function run(
  config: ServeConfig,
  store: Store,
  tokens: readonly TokenEntry[] | undefined,
  io: Io,
): Promise<number> {
  const { id, clusterName, listen, clientListen, limits, peers, deliveryBudgetMs, retain } = config;
  const logger = await logTo(io, config.logLevel, config.logFormat);
  const changed = new ChangedFiles();
  const discovery = discoveryFor(config, store);
  const stop = listenForStop(
    config.tokens === undefined && config.tls === undefined ? undefined : () => changed.readAll(),
  );
  const service = new Service({
    id,
    cluster: clusterName,
    version: VERSION,
    listen,
    clientListen,
    limits,
    peers,
    discovery,
    store,
    logger,
    retain,
    tokens,
    tls: config.tls,
    http: config.http && { ...config.http, page: nodePage() },
    ...deliveryBudgetMs !== undefined && { deliveryBudgetMs },
  });
  if (config.tokens !== undefined) watchTokens(config.tokens, changed, service, logger);
  if (config.tls !== undefined) watchTls(config.tls, changed, logger);
  try {
    const at = await service.start();
    logger.info(`${id} listens on ${addressText(at)}`, {
      node: id,
      ...at,
      ...discovery === undefined ? { peers: [...peers.keys()] } : { seeds: config.seeds.map(seedText) },
      ...kept(config),
    });
    tellServiceManager("READY=1", io.env, (text) => logger.warn(text));
    if (peers.size === 0 && discovery === undefined) {
      logger.warn(
        "this node is alone: --peer names the others, if there are any, or --join where to find them",
      );
    }
    if (config.data === undefined) {
      logger.warn("values are kept in memory only: --data DIR keeps them over restarts");
    }
    return await untilEnd(config, service, stop.came, logger);
  } catch (error) {
    return fail(io, error);
  } finally {
    tellServiceManager("STOPPING=1", io.env, (text) => logger.warn(text));
    changed.stop();
    await service.stop();
  }
}

/** Made when it is first asked for. */
function nodePage(): () => Promise<Document> {
  let page: Promise<Document> | undefined;
  return () => page ??= pageScript("live").then(livePage);
}

/** A file that is no good is said to be so, and the tokens before it stay. */
function watchTokens(path: string, changed: ChangedFiles, service: Service, logger: Logger): void {
  changed.watch([path], () => {
    const tokens = readTokens(path);
    if (typeof tokens === "string") logger.error(`${tokens}. The tokens before it stay`, { path });
    else if (service.setTokens(tokens)) logger.info(`${tokens.length} tokens are known now`, { path });
  });
}

/** Resolves to the exit status. */
async function untilEnd(
  { id, leaveOnStop }: ServeConfig,
  service: Service,
  stopped: Promise<string>,
  logger: Logger,
): Promise<number> {
  const end = await Promise.race([stopped, service.gone]);
  if (typeof end !== "string") {
    if (end.hasLeft) logger.info(`stops: ${end.reason}`, { node: id });
    else logger.error(`stops: ${end.reason}`, { node: id });
    return end.hasLeft ? OK : GONE;
  }
  logger.info(`stops on ${end}`, { node: id });
  if (!leaveOnStop) return OK;
  const fault = await service.leave();
  if (fault === undefined) logger.info(`${id} has left the cluster`, { node: id });
  else logger.warn(`${id} stops without having left the cluster: ${fault}`, { node: id });
  return OK;
}

/** A list that is given would take the place of one that changes. */
function givenBesideFound({ id, peers }: ServeConfig, store: Store): string | undefined {
  const clusterId = knownCluster(store.notes())?.clusterId ?? "";
  if (peers.size === 0 || clusterId === "") return undefined;
  return `Cannot start ${id} with --peer as its log knows the members of cluster ${clusterId}, which it has joined: ` +
    "leave --peer out, or give it an empty directory";
}

/** Undefined where the members are given. */
function discoveryFor(config: ServeConfig, store: Store): DiscoverySettings | undefined {
  const { seeds, bootstrap, advertise, dns, peers, tls } = config;
  const finds = seeds.length > 0 || bootstrap ||
    (peers.size === 0 && knownCluster(store.notes()) !== undefined);
  return finds ? { seeds, names: namesFrom(dns), bootstrap, advertise, tls } : undefined;
}

/** What is no good is said to be so, and what was read before goes on. */
function watchTls(tls: Tls, changed: ChangedFiles, logger: Logger): void {
  changed.watch(tls.paths, () => {
    try {
      if (!tls.readAgain()) return;
      const { expiresAt, identity } = tls;
      logger.info(`new certificates are in use, until ${dateText(new Date(expiresAt))}`, {
        names: identity?.names,
      });
    } catch (error) {
      logger.error(`${messageOf(error)}. What was read before goes on`);
    }
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
