/** Time in the place of the runtime's, for code that waits by setTimeout for longer than a test may. */

interface Waiting {
  readonly at: number;
  readonly run: () => void;
}

export interface VirtualTimers {
  /** How many have not run yet, and were not given up. */
  readonly count: number;
  /** So much time passes, ms: what is due by then runs, and nothing else does. */
  pass(ms: number): void;
}

/** While `use` runs, timers of `fromMs` or more run when it says so; shorter ones as ever, as sockets need them. */
export async function withVirtualTimers(
  fromMs: number,
  use: (timers: VirtualTimers) => Promise<void>,
): Promise<void> {
  const { setTimeout: begin, clearTimeout: end } = globalThis;
  const waiting = new Map<unknown, Waiting>();
  let now = 0;
  const replace = (setTimeout: unknown, clearTimeout: unknown) =>
    void Object.assign(globalThis, { setTimeout, clearTimeout });
  replace((run: () => void, ms = 0) => {
    if (ms < fromMs) return begin(run, ms);
    const timer = {};
    waiting.set(timer, { at: now + ms, run });
    return timer;
  }, (timer: Parameters<typeof end>[0]) => {
    if (!waiting.delete(timer)) end(timer);
  });
  const pass = (ms: number) => {
    now += ms;
    for (const [timer, { at, run }] of [...waiting]) if (at <= now && waiting.delete(timer)) run();
  };
  try {
    await use({
      get count() {
        return waiting.size;
      },
      pass,
    });
  } finally {
    replace(begin, end);
  }
}
