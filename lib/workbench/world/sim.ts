/** The simulated world: nodes in this process, on virtual time; one seed, one result. */
import { assert } from "../../core/assert.ts";
import { Node, type NodeOptions } from "../../core/node.ts";
import { isWorkload } from "../../runtime/workloads/names.ts";
import { Examination } from "../examination.ts";
import { protocols } from "../reference/protocols.ts";
import type { RunObserver } from "../report/recording.ts";
import { isDurable, isOpen, type ProtocolName, type Settings } from "../settings.ts";
import type { Results } from "../verdict/results.ts";
import type { NetLog } from "./network.ts";
import { VirtualScheduler } from "./scheduler.ts";
import { SimHost, type SimNodeOptions, type Steps } from "./sim_host.ts";
import { startUpMsOf } from "./start_up.ts";
import type { HostFactory, Scheduler } from "./world.ts";

export type { SimNodeOptions, Steps } from "./sim_host.ts";

export interface SimOptions extends SimNodeOptions {
  /** Each node's messages and bytes are to be counted, from the first operation on. */
  readonly loads?: boolean;
  readonly recorder?: RunObserver | undefined;
  readonly netLog?: NetLog | undefined;
}

/** Makes the hosts; tests give others that run other nodes than the core's, or broken ones. */
export type SimHosts = (seed: number, scheduler: Scheduler, options: SimNodeOptions) => HostFactory;

/** Runs a whole examination at once. Hosts given here must tell of deliveries. */
export function simulate(settings: Settings, options: SimOptions = {}, hosts?: SimHosts): Results {
  const { scheduler, examination } = simulation(settings, options, hosts);
  let results: Results | undefined;
  examination.start((found) => {
    results = found;
  });
  // Hosts stop with the examination and then set no timer any more, so the timers run out.
  scheduler.run();
  assert(results !== undefined, "an examination ends");
  return results;
}

/** An examination that is still to be started, and the clock that it runs on. */
export function simulation(
  settings: Settings,
  { loads = false, recorder, netLog, ...options }: SimOptions = {},
  hosts: SimHosts = hostsOf(settings.protocol),
): { readonly scheduler: VirtualScheduler; readonly examination: Examination } {
  const scheduler = new VirtualScheduler();
  const durable = isDurable(settings);
  const { nodeCount: nodes, startUpMs = startUpMsOf(nodes), retain, workload } = settings;
  const onTrace = recorder?.traced && { onTrace: recorder.traced.bind(recorder) };
  const given: SimNodeOptions = {
    startUp: { nodes, ms: startUpMs },
    ...retain && { retain },
    ...workload && isWorkload(workload) && { workload },
  };
  const factory = hosts(settings.seed, scheduler, {
    ...given,
    ...options,
    ...onTrace,
    durable,
    ...isOpen(settings) && { open: true },
  });
  const examination = new Examination({
    settings,
    scheduler,
    hosts: factory,
    seesInside: true,
    durable,
    ...{ loads, recorder, netLog },
  });
  return { scheduler, examination };
}

export function hostsOf(protocol: ProtocolName = "hearsay"): SimHosts {
  return (seed, scheduler, options) => simHosts(seed, scheduler, options, protocols[protocol].make);
}

export function simHosts(
  seed: number,
  scheduler: Scheduler,
  options: SimNodeOptions,
  make: (options: NodeOptions) => Steps = (options) => new Node(options),
): HostFactory {
  let count = 0;
  return (id, events) => new SimHost({ id, index: count++, events, seed, scheduler, options, make });
}
