/** The end of a turn of the event loop: everything that has come in by now was handed over. */
import { setImmediate } from "node:timers";

let planned: (() => void)[] = [];

/** Runs it then, after what was planned before it. What is planned at the end of a turn runs at the same one. */
export function atEndOfTurn(run: () => void): void {
  if (planned.push(run) === 1) setImmediate(runAll);
}

// One after the other in one go: a node decides, and what it sends leaves before the runtime looks for more.
function runAll(): void {
  try {
    for (const run of planned) run();
  } finally {
    planned = [];
  }
}
