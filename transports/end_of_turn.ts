/** The end of a turn of the event loop: everything that has come in by now was handed over [S9]. */
import { setImmediate } from "node:timers";

let planned: (() => void)[] = [];

/** Runs it at the end of this turn, in the order of the calls; a call at the end of a turn still runs at that one. */
export function atEndOfTurn(run: () => void): void {
  if (planned.push(run) === 1) setImmediate(runAll);
}

// All run in one go: what a node decides to send leaves before the runtime looks for more input.
function runAll(): void {
  try {
    for (const run of planned) run();
  } finally {
    planned = [];
  }
}
