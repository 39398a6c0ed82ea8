/** How a session stands, in two or three sentences. */
import type { Session } from "./session.ts";

/** "At 12.3 s: 9 nodes, n3 down. All 15 values are everywhere, the last after 203 ms. 1.2 messages per operation." */
export function summaryOf(session: Session): string {
  return [`At ${seconds(session.now)}: ${standingOf(session)}.`, ...valuesOf(session), messagesOf(session)]
    .join(" ");
}

/** To a tenth. */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** "1.22", "2,404" */
export function perOperation(messages: number, operations: number): string {
  const each = messages / operations;
  return each < 100 ? each.toFixed(2) : Math.round(each).toLocaleString("en");
}

/** "203 ms", "1.4 s" */
export function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}

function standingOf({ nodes, picture: { states, grudge } }: Session): string {
  const named = (state: string) => nodes.filter((_, i) => states[i] === state);
  const out = ["down", "paused"].flatMap((state) => {
    const those = named(state);
    return those.length === 0 ? [] : [`${those.join(", ")} ${state}`];
  });
  const count = nodes.length === 1 ? "1 node" : `${nodes.length} nodes`;
  return [count, ...out, ...grudge.size > 0 ? ["some links cut"] : []].join(", ");
}

function valuesOf({ picture: { ledger } }: Session): string[] {
  const { values: { length: told }, missing, lateness } = ledger;
  if (told === 0) return ["No value was told yet."];
  const late = lateness === undefined ? "" : `, the last after ${duration(lateness.last)}`;
  if (missing === 0) {
    return [told === 1 ? `The value is everywhere${late}.` : `All ${told} values are everywhere${late}.`];
  }
  // One that was everywhere may be so no more, where a node has lost its memory.
  const took = lateness === undefined ? "" : `; the last one that got there took ${duration(lateness.last)}`;
  return [
    told === 1
      ? "The value is not everywhere yet."
      : `${told - missing} of ${told} values are everywhere${took}.`,
  ];
}

function messagesOf({ picture: { ledger: { messages, operations } } }: Session): string {
  const each = operations === 0 ? "" : `, ${perOperation(messages, operations)} per operation`;
  return `${messages.toLocaleString("en")} messages between nodes${each}.`;
}
