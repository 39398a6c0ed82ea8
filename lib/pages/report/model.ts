/** What the page knows of its run, and the value that is followed just now. */
/// <reference lib="dom" />
import type { Columns } from "../../workbench/report/columns/columns.ts";
import { TICKS_PER_MS } from "../../workbench/report/columns/columns.ts";
import { Messages } from "../../workbench/report/columns/messages.ts";
import { unpack } from "../../workbench/report/columns/packed.ts";
import { toldAtOf, type Way, wayOf } from "../../workbench/report/columns/way.ts";

export class Model {
  readonly columns: Columns;
  readonly messages: Messages;
  /** By value, ms since the load began. */
  readonly toldAt: Float64Array;
  readonly endMs: number;
  #followed: number | undefined;
  readonly #listeners: ((value: number | undefined) => void)[] = [];

  constructor(packed: string) {
    this.columns = unpack(packed);
    this.messages = new Messages(this.columns);
    this.toldAt = toldAtOf(this.columns);
    this.endMs = Math.max(1, this.columns.end / TICKS_PER_MS);
  }

  /** The place of the value whose way is shown. */
  get followed(): number | undefined {
    return this.#followed;
  }

  onFollow(listener: (value: number | undefined) => void): void {
    this.#listeners.push(listener);
  }

  follow(value: number | undefined): void {
    this.#followed = value !== undefined && value in this.columns.values.text ? value : undefined;
    for (const listener of this.#listeners) listener(this.#followed);
  }

  wayOf(value: number): Way {
    return wayOf(this.columns, this.messages, this.toldAt, value);
  }

  nodeName(node: number): string {
    return this.columns.nodes[node] ?? "?";
  }
}
