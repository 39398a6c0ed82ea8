/** A crew of helper processes, one a core: each takes one order at a time, and is replaced where it dies over one. */
import { availableParallelism } from "node:os";
import { clearTimeout, setTimeout } from "node:timers";
import type { Program } from "../../lib/workbench/world/process.ts";
import { Helper } from "./throughput/processes.ts";

/** As many as run at once without taking turns. */
export const CORES = availableParallelism();

export class Worker<Order, Answer> {
  readonly #program: Program;
  readonly #limitMs: number;
  #helper: Helper | undefined;

  /** An order that takes longer than `limitMs` fails. */
  constructor(program: Program, limitMs: number) {
    this.#program = program;
    this.#limitMs = limitMs;
  }

  /** Rejects where the process dies over it, or takes too long; the next order goes to a new one. */
  async ask(order: Order): Promise<Answer> {
    try {
      const helper = this.#helper ?? await Helper.start(this.#program, null);
      this.#helper = helper;
      return await this.#within(helper.ask<Answer>(order));
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    const helper = this.#helper;
    this.#helper = undefined;
    await helper?.stop();
  }

  async #within(answer: Promise<Answer>): Promise<Answer> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer after ${this.#limitMs / 1000} s`)), this.#limitMs);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Each worker carries out one order after the other, in their order, until none is left. */
export async function divide<Order, W>(
  orders: Iterable<Order>,
  workers: readonly W[],
  carryOut: (worker: W, order: Order) => Promise<void>,
): Promise<void> {
  const iterator = orders[Symbol.iterator]();
  const work = async (worker: W): Promise<void> => {
    for (let next = iterator.next(); !next.done; next = iterator.next()) await carryOut(worker, next.value);
  };
  await Promise.all(workers.map(work));
}
