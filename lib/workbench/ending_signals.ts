/** The signals that end a process, and what must be put right before one of them does. */
import process from "node:process";

export const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs `mend` when a signal would end the process, and lets it end then. Returns what ends this care. */
export function beforeEnding(mend: () => Promise<void>): () => void {
  const release = () => {
    for (const name of endingSignals) process.off(name, onSignal);
  };
  const onSignal = (name: NodeJS.Signals) => {
    // A person who sends a second signal does not want to wait.
    release();
    const end = () => endUnlessHeard(name);
    mend().then(end, end);
  };
  for (const name of endingSignals) process.on(name, onSignal);
  return release;
}

/** Other listeners of the signal decide how the process ends; without any, it ends as if nobody had ever listened. */
export function endUnlessHeard(name: NodeJS.Signals): void {
  if (process.listenerCount(name) === 0) process.kill(process.pid, name);
}
