/** What must not outlive this process is put right before a signal ends it. */
import process from "node:process";

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Runs `mend` when a signal would end the process, and lets it end then. Returns what ends this care. */
export function beforeEnding(mend: () => Promise<void>): () => void {
  const release = () => {
    for (const name of endings) process.off(name, onSignal);
  };
  const onSignal = (name: NodeJS.Signals) => {
    // Who signals twice does not want to wait.
    release();
    // Whoever else listens decides how we end; if nobody does, we end as if we had never listened.
    const end = () => process.listenerCount(name) > 0 || process.kill(process.pid, name);
    mend().then(end, end);
  };
  for (const name of endings) process.on(name, onSignal);
  return release;
}
