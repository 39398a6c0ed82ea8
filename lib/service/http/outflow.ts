/** A response that goes on: what was written and has not left is counted, for whoever writes waits for whoever reads. */
import { Buffer } from "node:buffer";
import { HTTP_HEARTBEAT_MS } from "./limits.ts";

export interface OutflowEvents {
  /** So many bytes more, or fewer, are held. */
  onHeld(bytes: number): void;
  /** What counts as held for it, bytes. */
  heldFor(outflow: Outflow): number;
  onOpen(outflow: Outflow): void;
  onClosed(outflow: Outflow): void;
}

/** What is needed of a response. */
export interface Sink {
  /** `onLeft` is called once all of it has left, or never will; never at once. */
  write(data: string | Uint8Array, onLeft: () => void): unknown;
  /** `run` is called once all has left, or never will. */
  once(event: "close", run: () => void): unknown;
  end(): unknown;
  destroy(): unknown;
}

// There may be ten thousand of them: what all have in common is made once.
const nothing = () => {};

export class Outflow {
  readonly #sink: Sink;
  readonly #events: OutflowEvents;
  /** All that was written has left. */
  onDrained = nothing;
  readonly #alive: string;
  #heldBytes = 0;
  #hasMoved = true;
  #isStalled = false;
  #isClosed = false;
  /** For how long nothing was written, ms. */
  #idleMs = 0;

  /** `alive`: what may be written at any time, as a sign of life. */
  constructor(sink: Sink, alive: string, events: OutflowEvents) {
    this.#sink = sink;
    this.#alive = alive;
    this.#events = events;
    events.onOpen(this);
    sink.once("close", () => this.#close());
  }

  /** Bytes that were written and have not left. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Nothing has left between the last two ticks, although there was something. */
  get isStalled(): boolean {
    return this.#isStalled;
  }

  write(data: string | Uint8Array): void {
    this.#idleMs = 0;
    this.#hold(Buffer.byteLength(data), data);
  }

  /** Time passes: where nothing was written for long, that the other side is still there shows by writing. */
  tick(ms: number): void {
    this.#isStalled = this.#heldBytes > 0 && !this.#hasMoved;
    this.#hasMoved = false;
    this.#idleMs += ms;
    if (this.#idleMs >= HTTP_HEARTBEAT_MS && this.#heldBytes === 0) this.write(this.#alive);
  }

  /** The response ends once all has left. */
  end(): void {
    this.#sink.end();
  }

  /** Closes the connection, whatever has not left. */
  destroy(): void {
    this.#sink.destroy();
  }

  #hold(bytes: number, data: string | Uint8Array): void {
    if (this.#isClosed) return;
    this.#heldBytes += bytes;
    this.#events.onHeld(bytes);
    this.#sink.write(data, () => this.#leave(bytes));
  }

  #leave(bytes: number): void {
    if (this.#isClosed) return;
    this.#hasMoved = true;
    this.#heldBytes -= bytes;
    this.#events.onHeld(-bytes);
    if (this.#heldBytes === 0) this.onDrained();
  }

  // Bun does not say of all that was written that it never will leave.
  #close(): void {
    this.#isClosed = true;
    this.#events.onClosed(this);
    this.#events.onHeld(-this.#heldBytes);
    this.#heldBytes = 0;
  }
}
