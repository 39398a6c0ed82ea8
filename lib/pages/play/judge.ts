/** Judges a story as `hearsay sim` does, without keeping the page from anything else. */
import { settingsOf, type Story } from "../../workbench/session/story.ts";
import type { Results } from "../../workbench/verdict/results.ts";
import { simulation } from "../../workbench/world/sim.ts";

/** The page does nothing else for so long at a time, ms. */
const TURN_MS = 30;

/** `onProgress` gets how far the run has come, ms of its own time. */
export function judge(story: Story, onProgress: (ms: number) => void): Promise<Results> {
  const { scheduler, examination } = simulation(settingsOf(story));
  return new Promise((resolve, reject) => {
    let results: Results | undefined;
    const turn = (): void => {
      try {
        const beganAt = performance.now();
        while (results === undefined && performance.now() - beganAt < TURN_MS) scheduler.runNext();
      } catch (error) {
        return reject(error);
      }
      if (results !== undefined) return resolve(results);
      onProgress(scheduler.now());
      setTimeout(turn);
    };
    examination.start((found) => {
      results = found;
    });
    turn();
  });
}

/** "Valid: …" or why not. */
export function verdictOf({ valid, failures, "true-latencies": latencies }: Results): string {
  if (!valid) return `Not valid: ${failures.join(" ")}`;
  const late = latencies === null
    ? ""
    : ` Values were everywhere after ${latencies["0.5"]} ms (median), the latest after ${latencies["1"]} ms.`;
  return `Valid: every acknowledged value is read once at every node.${late}`;
}
