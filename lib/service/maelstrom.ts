/** A node on standard input and output, as Maelstrom runs it: until the input ends, or it is told to stop. */
import process from "node:process";
import type { Readable, Writable } from "node:stream";
import { monotonicClock, unpredictable } from "../../transports/clock.ts";
import { MaelstromTransport } from "../../transports/maelstrom.ts";
import { shortened } from "../../transports/shortened.ts";
import { isReaderGone, standardOutput, whyUnwritten } from "../../transports/standard_output.ts";
import { listenForStop } from "../../transports/stop_signals.ts";
import { Node, type NodeOptions } from "../core/node.ts";
import type { Rule } from "../core/retention/rules.ts";
import type { Random } from "../core/random.ts";
import { drive, type Steps } from "../runtime/drive.ts";
import type { WorkloadName } from "../runtime/workloads/names.ts";
import { WorkloadNode } from "../runtime/workloads/workload_node.ts";

/** So many lines about dropped messages are printed in one second; the others are counted. */
export const REPORTS_PER_SECOND_MAX = 5;

export interface MaelstromOptions {
  readonly deliveryBudgetMs?: number;
  /** Makes another node than hearsay's, which serves whatever it serves. */
  readonly makeNode?: ((options: NodeOptions) => Steps) | undefined;
  /** Empty by default: all is kept forever, but for what is built in. */
  readonly retain?: readonly Rule[];
  /** By default the requests tell. */
  readonly workload?: WorkloadName;
  readonly random?: Random;
  readonly input?: Readable;
  readonly output?: Writable;
  readonly errors?: Writable;
}

/**
 * Runs a node until end of input, a closed output or a signal to stop. Resolves to the exit status: 1 where written lines
 * are lost, unless their reader left.
 */
export async function runMaelstrom(options: MaelstromOptions = {}): Promise<number> {
  const { input = process.stdin, output = standardOutput(1), errors = standardOutput(2) } = options;
  const clock = monotonicClock();
  const reports = new Reports(errors, clock);
  const transport = new MaelstromTransport(input, output);
  const ended = Promise.withResolvers<void>();
  const stop = listenForStop();
  const driver = drive({
    node: createNode(options, clock()),
    transport,
    clock,
    onDropped: (reason) => reports.add(reason),
    onNotice: (text) => reports.tell(text),
    onEnd: ended.resolve,
  });
  await Promise.race([ended.promise, stop.came]);
  stop.release();
  driver.stop();
  await transport.close();
  const error = output.errored;
  const fault = error === null || isReaderGone(error) ? undefined : whyUnwritten(1, error);
  reports.close(fault);
  return fault !== undefined || transport.cutBytes > 0 ? 1 : 0;
}

/** Reports dropped messages to people: a few lines a second, then counts. Never fails. */
class Reports {
  readonly #errors: Writable;
  readonly #clock: () => number;
  #secondAt = -Infinity;
  #inSecond = 0;
  #unsaid = 0;
  #total = 0;

  constructor(errors: Writable, clock: () => number) {
    this.#errors = errors;
    this.#clock = clock;
    errors.on("error", () => {});
  }

  add(reason: string): void {
    this.#total += 1;
    if (this.#clock() - this.#secondAt >= 1000) this.#turn();
    this.#inSecond += 1;
    if (this.#inSecond > REPORTS_PER_SECOND_MAX || this.#errors.writableNeedDrain) this.#unsaid += 1;
    else this.#print(`dropped (${this.#total}): ${shortened(reason)}`);
  }

  /** Prints a text that is not about one dropped message. */
  tell(text: string): void {
    if (!this.#errors.writableNeedDrain) this.#print(shortened(text));
  }

  /** `fault`: why the output failed, if it did. */
  close(fault: string | undefined): void {
    if (this.#total > 0) this.#print(`dropped in all: ${this.#total}`);
    if (fault !== undefined) this.#print(fault);
  }

  #turn(): void {
    if (this.#unsaid > 0) this.#print(`dropped and not shown: ${this.#unsaid}`);
    this.#secondAt = this.#clock();
    this.#inSecond = 0;
    this.#unsaid = 0;
  }

  #print(text: string): void {
    this.#errors.write(`hearsay: ${text}\n`);
  }
}

function createNode(options: MaelstromOptions, now: number): Steps {
  const { random = unpredictable(), makeNode, deliveryBudgetMs, retain = [], workload } = options;
  const life = { random, incarnation: Math.floor(now) };
  const given: NodeOptions = { ...life, retain, ...deliveryBudgetMs !== undefined && { deliveryBudgetMs } };
  return makeNode?.(given) ?? new WorkloadNode({ node: new Node(given), workload, ...life });
}
