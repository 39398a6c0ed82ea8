/** `hearsay test --cluster`: nodes that run already, on a real network. */
import { beforeEnding } from "../../workbench/ending_signals.ts";
import { PartitionController, resolveAll } from "../../workbench/faults/partition_controller.ts";
import { Examination } from "../../workbench/examination.ts";
import { INIT_TIMEOUT_MS } from "../../workbench/introduction.ts";
import { knowTopics, topicNamed } from "../../workbench/world/running/own_topic.ts";
import type { Running } from "../../workbench/setup.ts";
import type { ExaminationProgress } from "../../workbench/progress.ts";
import type { Recorder } from "../../workbench/report/recording.ts";
import { OrderlyCuts, realPartitioner, simulatedPartitioner } from "../../workbench/faults/partitioner.ts";
import { remoteHosts } from "../../workbench/world/running/remote.ts";
import type { Results } from "../../workbench/verdict/results.ts";
import { RealScheduler } from "../../workbench/world/scheduler.ts";
import type { Settings } from "../../workbench/settings.ts";
import type { RunningCluster } from "../config/cut.ts";

/** Values count from here: no earlier examination came as far, as none broadcasts a thousand values a millisecond. */
const VALUES_PER_MS = 1_000;

export interface RunningExam {
  readonly settings: Settings;
  readonly running: RunningCluster;
  readonly onProgress: (progress: ExaminationProgress) => void;
  readonly recorder?: Recorder | undefined;
}

/** Rejects with a sentence where cuts cannot be made. Whatever is cut is healed and said to be, though a signal ends the process. */
export async function examineRunning(exam: RunningExam, onHealed: () => Promise<void>): Promise<Results> {
  const cuts = exam.settings.nemesis.includes("partition") ? await cutsOf(exam.running) : undefined;
  const release = cuts === undefined ? () => {} : beforeEnding(() => cuts.end().then(onHealed));
  const results = await examine(exam, cuts);
  release();
  return results;
}

async function examine(
  { running: { cluster, tls, token: source }, ...options }: RunningExam,
  cuts: OrderlyCuts | undefined,
): Promise<Results> {
  const scheduler = new RealScheduler();
  const named = topicNamed(`${Date.now().toString(36)}.${crypto.randomUUID().slice(0, 8)}`);
  const token = source && (() => {
    const found = source();
    return "token" in found ? found.token : undefined;
  });
  const topic = await knowTopics(cluster, named, INIT_TIMEOUT_MS, { tls, token: token?.() })
    ? named
    : undefined;
  const running = {
    nodes: [...cluster.keys()],
    firstValue: Date.now() * VALUES_PER_MS,
    ...topic !== undefined && { topic },
    partitioner: cuts === undefined ? simulatedPartitioner : (network) => realPartitioner(cuts, network),
  } satisfies Running;
  const hosts = remoteHosts(cluster, scheduler, { topic, tls, token });
  const results = await new Promise<Results>((resolve) => {
    new Examination({ ...options, scheduler, hosts, seesInside: true, running }).start(resolve);
  });
  scheduler.close();
  return results;
}

async function cutsOf({ cluster, sidecars, secret }: RunningCluster): Promise<OrderlyCuts> {
  const addresses = await resolveAll(cluster);
  const alike = [...Map.groupBy(addresses, ([, address]) => address)].filter(([, nodes]) => nodes.length > 1);
  const said = alike.map(([address, nodes]) => `${nodes.map(([id]) => id).join(", ")} are all ${address}`);
  if (said.length > 0) {
    throw new Error(`Cannot cut nodes apart that have no address of their own: ${said.join("; ")}`);
  }
  return new OrderlyCuts(new PartitionController(sidecars, addresses, { secret }));
}
