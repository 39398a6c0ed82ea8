/** One examination as it is drawn and told afterwards: what was run, what happened, and what came of it. */
import type { Results } from "../verdict/results.ts";
import type { Recording } from "./recording.ts";

/** A figure that the run is held to, such as a challenge's median latency. */
export interface Limit {
  /** "median latency", as people read it. */
  readonly name: string;
  readonly unit: string;
  readonly most: number;
  /** Undefined where the run did not show it. */
  readonly value: number | undefined;
  /** Which of the latencies or counts it bounds, where a chart shows that one. */
  readonly of?: "stable-median" | "stable-max" | "true-max" | "messages-per-op";
}

export interface About {
  readonly world: "sim" | "test" | "cluster";
  /** What was run, in a sentence: "Challenge 3d: 25 nodes, …, simulated nodes." */
  readonly headline: string;
  /** "Valid: every acknowledged value is read once at every node, and no other." */
  readonly verdict: string;
  /** Whether it is valid and within all limits. */
  readonly passed: boolean;
  /** One sentence for each reason why not. */
  readonly reasons: readonly string[];
  readonly nodes: readonly string[];
  /** The command that runs it again, where there is one. */
  readonly command: string | undefined;
  readonly limits: readonly Limit[];
}

export interface Run {
  readonly about: About;
  readonly recording: Recording;
  readonly results: Results;
}
