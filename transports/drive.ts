/** One node, one transport, one clock, one timer: performs what the node decides. */
import type { Effect, Entry, Event, Node } from "../lib/core/node.ts";
import type { Transport } from "./transport.ts";

/** A timer takes 31 bits of milliseconds; a later deadline is approached in steps, as waking early is harmless. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

export interface DriveOptions {
  readonly node: Pick<Node, "step" | "deadline">;
  readonly transport: Transport;
  /** Milliseconds, never decreasing; by default the machine's. */
  readonly clock?: () => number;
  /** Runs once after that many milliseconds; returns a cancel. By default the runtime's timer. */
  readonly timer?: Timer;
  /** Returns once the entries are safe; no later effect of the same step is performed before. */
  readonly onPersist?: (entries: readonly Entry[]) => void;
  readonly onDeliver?: (entries: readonly Entry[]) => void;
  readonly onDropped?: (reason: string) => void;
  /** The carrier has come to its end: nothing more will be received. */
  readonly onEnd?: () => void;
}

export type Timer = (ms: number, run: () => void) => () => void;

export interface Driver {
  /** No step and no wake after this; the transport stays open, to be drained and closed by its owner. */
  stop(): void;
}

/** Opens the transport and runs the node on it until stopped. */
export function drive(options: DriveOptions): Driver {
  const { node, transport, clock = monotonicClock(), timer = runtimeTimer } = options;
  let stopped = false;
  let armedAt = Infinity;
  let cancel = () => {};

  function step(event: Event): void {
    if (stopped) return;
    for (const effect of node.step(event, clock())) perform(effect);
    arm();
  }

  function perform(effect: Effect): void {
    if (effect.kind === "send") transport.send(effect.envelope);
    else if (effect.kind === "persist") options.onPersist?.(effect.entries);
    else if (effect.kind === "deliver") options.onDeliver?.(effect.entries);
    else options.onDropped?.(effect.reason);
  }

  // A timer that is due too early is left alone: it costs one look at the deadline, and most deadlines move back
  // and forth many times before one is met.
  function arm(): void {
    if (stopped || node.deadline >= armedAt) return;
    cancel();
    armedAt = node.deadline;
    cancel = timer(Math.min(TIMER_MS_MAX, Math.max(0, Math.ceil(armedAt - clock()))), onTimer);
  }

  function onTimer(): void {
    armedAt = Infinity;
    if (node.deadline <= clock()) step({ kind: "wake" });
    else arm();
  }

  transport.open({
    onEnvelope: (envelope) => step({ kind: "receive", envelope }),
    onDropped: (reason) => options.onDropped?.(reason),
    onEnd: () => options.onEnd?.(),
  });
  arm();

  return {
    stop() {
      stopped = true;
      cancel();
    },
  };
}

/**
 * Milliseconds since the epoch that never decrease while the process lives, and grow over restarts as long as the
 * machine's own clock does.
 */
export function monotonicClock(): () => number {
  let last = 0;
  return () => last = Math.max(last, performance.timeOrigin + performance.now());
}

function runtimeTimer(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
