/** Child processes of the examiner: none of them outlives it. */
import type { ChildProcess } from "node:child_process";
import process from "node:process";
import type { Envelope } from "../../core/message.ts";
import { messageOf } from "../../../transports/errno.ts";
import { endingSignals, endUnlessHeard } from "../ending_signals.ts";

/** Every child that is alive. */
export class ChildRegistry {
  /** By message, the text that its node printed, to be handed on as it is: a number may have more digits than a double holds. */
  readonly printed = new WeakMap<Envelope, string>();
  readonly #alive = new Set<ChildProcess>();
  #waiting: (() => void)[] = [];

  /** Starts and keeps a child. It listens for signals before the first child is there, as one may come in between. */
  start(spawn: () => ChildProcess, onRefused: (reason: string) => void): ChildProcess | undefined {
    if (this.#alive.size === 0) this.#listen();
    try {
      return this.#keep(spawn(), onRefused);
    } catch (error) {
      // Bun throws what others emit. A refusal is always told later, never at once.
      setImmediate(() => onRefused(messageOf(error)));
      if (this.#alive.size === 0) this.#unlisten();
      return undefined;
    }
  }

  /** Resolves once no child is left. */
  emptied(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#settle();
    });
  }

  #keep(child: ChildProcess, onRefused: (reason: string) => void): ChildProcess {
    this.#alive.add(child);
    child.once("exit", () => this.#remove(child));
    child.once("error", ({ message }) => {
      this.#remove(child);
      onRefused(message);
    });
    return child;
  }

  #remove(child: ChildProcess): void {
    if (!this.#alive.delete(child)) return;
    if (this.#alive.size === 0) this.#unlisten();
    this.#settle();
  }

  #settle(): void {
    if (this.#alive.size > 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #listen(): void {
    process.on("exit", this.#killAll);
    for (const name of endingSignals) process.on(name, this.#onSignal);
  }

  #unlisten(): void {
    process.off("exit", this.#killAll);
    for (const name of endingSignals) process.off(name, this.#onSignal);
  }

  readonly #killAll = () => {
    for (const child of this.#alive) signalGroup(child, "SIGKILL");
  };

  readonly #onSignal = (name: NodeJS.Signals) => {
    this.#killAll();
    this.#unlisten();
    endUnlessHeard(name);
  };
}

/** Whether there is no such process, or none any more: its number may belong to another one by now. */
export function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/** Signals whatever a process with a group of its own has started, too. */
export function signalGroup({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // Nobody is left in the group, which is what a signal to it was for.
  }
}
