/** What an AbortSignal may end, and how that shows. */
import { HearsayError } from "./errors.ts";

/** What every call takes. */
export interface Abortable {
  /** Ends the waiting: the promise, or the next entry, is rejected as `aborted`. What was sent may come about all the same. */
  readonly signal?: AbortSignal | undefined;
}

export function aborted(cause: unknown): HearsayError {
  return new HearsayError("aborted", "aborted by its signal", { cause });
}

/** Calls it once the signal aborts, until it is released. */
export function onAbort(signal: AbortSignal | undefined, run: () => void): { readonly release: () => void } {
  signal?.addEventListener("abort", run);
  return { release: () => signal?.removeEventListener("abort", run) };
}
