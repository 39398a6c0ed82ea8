/** A story: how a session begins and what is done in it. It is all that a run depends on, so the same story is the same run. */
import { endOf, printScript, type Script } from "../script/script.ts";
import {
  defaults,
  type LatencyDist,
  type ProtocolName,
  type Settings,
  type TopologyName,
} from "../settings.ts";
import { shellWord } from "../shell_word.ts";

export const NODES_MAX = 50;
export const LATENCY_MS_MAX = 10_000;
/** Operations per second. */
export const RATE_MAX = 500;
export const SEED_MAX = 4_294_967_295;
/** A session lasts at most so long, ms of its own time. */
export const UNTIL_MS_MAX = 600_000;
/** A run is not shorter than this, ms. */
const TIME_LIMIT_MS_MIN = 100;

export interface Story {
  readonly seed: number;
  readonly nodeCount: number;
  readonly protocol: ProtocolName;
  /** The neighbours that nodes are advised to talk to. */
  readonly topology: TopologyName;
  /** Mean one-way latency between nodes, ms. */
  readonly latencyMs: number;
  readonly latencyDist: LatencyDist;
  /** Operations per second over all clients. */
  readonly rate: number;
  /** How far it is told, whole ms; not before its last action. */
  readonly untilMs: number;
  readonly script: Script;
}

export const emptyStory: Story = {
  seed: 1,
  nodeCount: 9,
  protocol: "hearsay",
  topology: "grid",
  latencyMs: 100,
  latencyDist: "constant",
  rate: 0,
  untilMs: 0,
  script: [],
};

/** What examines the story as `hearsay sim` does: its load ends where the story does. */
export function settingsOf(story: Story): Settings {
  const { seed, nodeCount, protocol, topology, latencyMs, latencyDist, rate, script } = story;
  return {
    ...defaults,
    ...protocol !== "hearsay" && { protocol },
    ...{ seed, nodeCount, topology, latencyMs, latencyDist, rate, timeLimitS: timeLimitMsOf(story) / 1000 },
    ...script.length > 0 && { script: printScript(script) },
  };
}

/** The command that runs the story, to be pasted into a shell; undefined while nothing happens in it. */
export function commandOf(story: Story): string | undefined {
  if (story.script.length === 0 && story.rate === 0) return undefined;
  const usualRate = story.script.length === 0 ? defaults.rate : 0;
  const flags = [
    ["--node-count", story.nodeCount, defaults.nodeCount],
    ["--protocol", story.protocol, "hearsay"],
    ["--topology", story.topology, defaults.topology],
    ["--latency", story.latencyMs, defaults.latencyMs],
    ["--latency-dist", story.latencyDist, defaults.latencyDist],
    ["--rate", story.rate, usualRate],
    ["--time-limit", timeLimitMsOf(story) / 1000, undefined],
    ["--script", printScript(story.script), ""],
  ] as const;
  const given = flags.flatMap(([flag, value, usual]) =>
    value === usual ? [] : [flag, shellWord(String(value))]
  );
  return ["hearsay sim --seed", story.seed, ...given].join(" ");
}

function timeLimitMsOf({ untilMs, script }: Story): number {
  return Math.max(untilMs, Math.ceil(endOf(script)), TIME_LIMIT_MS_MIN);
}
