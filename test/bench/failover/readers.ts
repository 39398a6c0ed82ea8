/** Readers of all that is told, each of which goes on at another node in its own way when one is killed. */
import { setTimeout as pause } from "node:timers/promises";
import * as library from "../../../lib/client/mod.ts";
import type * as http from "../../../lib/client/http/mod.ts";
import type { Address } from "../../../transports/address.ts";
import { eventsIn, Reading } from "../../shared/events.ts";
import type { Tally } from "./tally.ts";

export const TOPIC = "t";
/** Watches that go on from positions are made anew after so many entries. */
const RENEWED_AFTER = 1_000;
const EVERY_MS = 20;

/** The library goes on by itself: one watch of one client. */
export async function watchOnce(client: library.Client | http.Client, tally: Tally, signal: AbortSignal) {
  for await (const entry of client.watch({ topics: [TOPIC], signal })) {
    if (entry.gap === undefined) tally.add(entry);
  }
}

/** Each watch knows nothing of the one before but its position, and begins at another node. */
export async function watchAnew(at: readonly Address[], tally: Tally, signal: AbortSignal): Promise<void> {
  let from: library.Position = "";
  for (let turn = 0;; turn++) {
    await using client = await library.connect({ at: turned(at, turn), signal });
    let taken = 0;
    for await (const entry of client.watch({ topics: [TOPIC], from, signal })) {
      if (entry.gap === undefined) tally.add(entry);
      from = entry.position;
      if (++taken === RENEWED_AFTER) break;
    }
  }
}

/** As an EventSource does: server-sent events from the node after the one that is gone, and after the event that came last. */
export async function watchEvents(urls: readonly string[], tally: Tally, signal: AbortSignal): Promise<void> {
  let from = "";
  for (let turn = 0; !signal.aborted; turn++) {
    const [url] = turned(urls, turn);
    const reading = await Reading.open(`${url}/v1/watch?topic=${TOPIC}`, { "last-event-id": from }).catch(
      () => {},
    );
    for (let isOver = reading === undefined; !isOver && !signal.aborted;) {
      await pause(EVERY_MS);
      isOver = reading?.ended ?? true;
      for (const { id, data } of eventsIn(reading?.take() ?? "")) {
        tally.add(data);
        from = id;
      }
    }
    reading?.close();
    await pause(EVERY_MS);
  }
}

function turned<T>(list: readonly T[], by: number): readonly T[] {
  const at = by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}
