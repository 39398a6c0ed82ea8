/** Pictures of first solutions: one value, told to n0 of five nodes, with a cut around it or without. */
import { Recorder } from "../../../lib/workbench/report/recording.ts";
import { type Scene, sceneOf } from "../../../lib/workbench/report/scene.ts";
import { spaceTimeOf } from "../../../lib/workbench/report/space_time.ts";
import { defaults, nodeIds, type ProtocolName } from "../../../lib/workbench/settings.ts";
import { simulate } from "../../../lib/workbench/world/sim.ts";

interface Picture {
  readonly protocol: ProtocolName;
  readonly title: string;
  readonly script: string;
  /** What is shown, ms from the beginning of the load. */
  readonly from: number;
  readonly to: number;
}

const TOLD = "800 broadcast n0 17";
const CUT = { script: `500 cut n0,n1|rest; ${TOLD}; 2000 heal; 2500 read n0`, from: 350, to: 2_500 };
/** More arrows than these are a solid wall. */
const ARROWS_MAX = 200;

export const firstSolutions = {
  send_without_ack: {
    protocol: "send-without-ack",
    title: "Sent and not acknowledged: what a cut swallows is lost",
    ...CUT,
  },
  retry_without_pause: {
    protocol: "retry-without-pause",
    title: "Sent again without a pause: 2,404 messages for one value",
    ...CUT,
  },
  flood: {
    protocol: "flood",
    title: "A flood: 40 messages for one value",
    ...{ script: `${TOLD}; 1000 read n0`, from: 770, to: 1_000 },
  },
} as const satisfies Record<string, Picture>;

/** `messages`: how many the nodes sent each other in all. */
export function firstSolution(
  { protocol, title, script, from, to }: Picture,
): { readonly scene: Scene; readonly svg: string; readonly messages: number } {
  const recorder = new Recorder();
  const timeLimitS = to / 1_000;
  const settings = { ...defaults, protocol, latencyMs: 50, rate: 0, timeLimitS, script, startUpMs: 0 };
  const { net } = simulate(settings, { recorder });
  const nodes = nodeIds(settings.nodeCount);
  const scene = sceneOf(recorder.recording, { nodes, value: 17, from, to, arrowsMax: ARROWS_MAX });
  return { scene, svg: spaceTimeOf(scene, title), messages: net.servers["send-count"] };
}
