/** The picture of the README: a value that is told during a cut, and crosses it once it has healed. */
import assert from "node:assert/strict";
import { Recorder } from "../../../lib/workbench/report/recording.ts";
import { type Scene, sceneOf, viewOf } from "../../../lib/workbench/report/scene.ts";
import { spaceTimeOf } from "../../../lib/workbench/report/space_time.ts";
import { defaults, type Settings } from "../../../lib/workbench/settings.ts";
import { simulate } from "../../../lib/workbench/world/sim.ts";

/** The first cut always begins with the load; the second one is drawn, as it meets nodes that know each other. */
const settings: Settings = {
  ...defaults,
  latencyMs: 50,
  // One value at a time can be followed with the eye. With this seed one is told to n0 in the midst of the cut.
  rate: 0.6,
  readShare: 0,
  seed: 4,
  timeLimitS: 8,
  nemesis: ["partition"],
  grudge: "n0,n1|rest",
  cutsS: [0.1, 1.5],
  nemesisIntervalS: 2.4,
  startUpMs: 0,
};

export function healedCut(): { readonly scene: Scene; readonly svg: string } {
  const recorder = new Recorder();
  assert(simulate(settings, { recorder }).valid, "the examination finds nothing wrong");
  const { recording } = recorder;
  const cut = recording.cuts[1];
  const told = recording.told.find(({ at }) => cut !== undefined && at > cut.from && at < cut.to);
  const value = told?.values[0];
  assert(
    told !== undefined && value !== undefined,
    "a value is told during the cut; if not, take another seed",
  );
  const nodes = Array.from({ length: settings.nodeCount }, (_, i) => `n${i}`);
  const view = viewOf(recording, nodes, value);
  assert(view !== undefined, "somebody holds it");
  const scene = sceneOf(recording, view);
  return {
    scene,
    svg: spaceTimeOf(scene, "A value that is told during a cut crosses it once it has healed"),
  };
}
