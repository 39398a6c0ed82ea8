/** One request to one node: what is waited for comes in time, or the node has failed. */
import { aborted, onAbort } from "../abortable.ts";
import { type ErrorCode, type Failure, HearsayError } from "../errors.ts";

/** A node was of no use; another one may be. */
export class NodeFailed extends Error {
  readonly failure: Failure;
  /** It may have done what it was asked. */
  readonly mayBeDone: boolean;

  constructor(at: string, reason: string, code: ErrorCode, mayBeDone: boolean) {
    super(reason);
    this.failure = { at, reason, code };
    this.mayBeDone = mayBeDone;
  }
}

/** What ends a call before its time: its own signal, or the client's, whose reason is a HearsayError. */
export class Ends {
  readonly #own: AbortSignal | undefined;
  readonly #client: AbortSignal;

  constructor(own: AbortSignal | undefined, client: AbortSignal) {
    this.#own = own;
    this.#client = client;
  }

  get error(): HearsayError | undefined {
    if (this.#own?.aborted) return aborted(this.#own.reason);
    const { aborted: isOver, reason } = this.#client;
    return isOver ? reason instanceof HearsayError ? reason : aborted(reason) : undefined;
  }

  /** Throws what has ended it. */
  check(): void {
    if (this.error !== undefined) throw this.error;
  }

  /** Calls it once it ends, until it is released. */
  on(run: () => void): { readonly release: () => void } {
    const both = [onAbort(this.#own, run), onAbort(this.#client, run)];
    return { release: () => both.forEach(({ release }) => release()) };
  }

  /** Resolves after so many ms, or at the end. */
  async pause(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    const link = this.on(resolve);
    await promise;
    clearTimeout(timer);
    link.release();
  }
}

export class Attempt {
  readonly at: string;
  readonly #ends: Ends;
  readonly #changes: boolean;
  readonly #abort = new AbortController();
  readonly #link: { readonly release: () => void };

  /** `changes`: the node is to do something, and may have done so where its answer does not come. */
  constructor(at: string, ends: Ends, changes: boolean) {
    this.at = at;
    this.#ends = ends;
    this.#changes = changes;
    this.#link = ends.on(() => this.#abort.abort());
  }

  /** Resolves to what `run` does, within so many ms. Throws a NodeFailed, or what has ended the call. */
  async within<T>(ms: number, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#ends.check();
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#abort.abort();
    }, ms);
    try {
      return await run(this.#abort.signal);
    } catch (error) {
      this.#ends.check();
      if (error instanceof HearsayError || error instanceof NodeFailed) throw error;
      throw isLate
        ? this.failed(`is silent for ${ms} ms`, "timeout")
        : this.failed("cannot be reached, or hangs up", "unreachable");
    } finally {
      clearTimeout(timer);
    }
  }

  failed(reason: string, code: ErrorCode, mayBeDone = this.#changes): NodeFailed {
    return new NodeFailed(this.at, reason, code, mayBeDone);
  }

  /** Whatever has not come is not waited for. */
  end(): void {
    this.#link.release();
    this.#abort.abort();
  }
}
