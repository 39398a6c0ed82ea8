/** Asks a node again and again until one answers as it should, as whoever operates a cluster does. */
import type { Body } from "../../core/message.ts";
import type { Clients } from "../load/client.ts";
import type { Scheduler } from "../world/world.ts";

/** From an answer that was none, or a refusal, to the next request, ms. */
export const AGAIN_MS = 200;

export interface Asking {
  /** The node to ask now; undefined where there is none at the moment. */
  readonly whom: () => string | undefined;
  readonly body: () => Body;
  readonly timeoutMs: number;
  /** There is no need to ask any more. */
  readonly isVoid: () => boolean;
  /** Told of every answer but the one that was asked for. */
  readonly onRefusal?: (reply: Body) => void;
}

/** Calls `done` with the answer and who gave it, or with nothing once it is void. */
export function askUntilAnswered(
  clients: Clients,
  scheduler: Scheduler,
  asking: Asking,
  done: (reply: Body | undefined, by: string) => void,
): void {
  const client = clients.open();
  const again = (): void => {
    if (asking.isVoid()) return done(undefined, "");
    const node = asking.whom();
    if (node === undefined) return later();
    const body = asking.body();
    client.call(node, body, asking.timeoutMs, (reply) => {
      if (reply?.type === `${body.type}_ok`) return done(reply, node);
      if (reply !== undefined) asking.onRefusal?.(reply);
      later();
    });
  };
  const later = (): void => void scheduler.at(scheduler.now() + AGAIN_MS, again);
  again();
}
