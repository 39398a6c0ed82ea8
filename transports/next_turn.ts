/** The next turn of the event loop, before which input was looked for everywhere [S14]. */
import process from "node:process";
import { setImmediate, setTimeout } from "node:timers";

/** The shortest that a timer takes, ms. */
const REST_MS = 1;

const isDeno = process.versions["deno"] !== undefined;

let planned: (() => void)[] = [];

/** Runs it in the next turn, in the order of the calls. */
export function atNextTurn(run: () => void): void {
  if (planned.push(run) === 1) setImmediate(isDeno ? rest : runAll);
}

// Deno looks for input once it has nothing to do, else in one of 61 turns (the event_interval of Tokio, its scheduler): a client
// that always has something for it would be the only one that is heard.
function rest(): void {
  setTimeout(runAll, REST_MS);
}

function runAll(): void {
  const due = planned;
  planned = [];
  for (const run of due) run();
}
