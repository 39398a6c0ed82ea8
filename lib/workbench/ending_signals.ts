/** The signals that end a process, and what must be put right before one of them does. */
import process from "node:process";

export const endingSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** How much is being put right because of a signal. */
let mending = 0;

/** Runs `mend` when a signal would end the process, and lets it end then, once everybody has mended. Returns what ends this care. */
export function beforeEnding(mend: () => Promise<void>): () => void {
  const release = () => {
    for (const name of endingSignals) process.off(name, onSignal);
  };
  const onSignal = (name: NodeJS.Signals) => {
    // A person who sends a second signal does not want to wait.
    release();
    mending++;
    const end = () => {
      mending--;
      endUnlessHeard(name);
    };
    mend().then(end, end);
  };
  for (const name of endingSignals) process.on(name, onSignal);
  return release;
}

/** What is being mended comes first. Other listeners of the signal decide how the process ends; without any, it ends as if nobody had ever listened. */
export function endUnlessHeard(name: NodeJS.Signals): void {
  if (mending === 0 && process.listenerCount(name) === 0) process.kill(process.pid, name);
}
