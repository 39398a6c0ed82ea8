/** Which messages are drawn: those in view that pass the filter, thinned where there are too many. */
import type { Messages, Stretch } from "../../../workbench/report/columns/messages.ts";

/** More are thinned: nobody can tell so many lines apart, and all must be drawn while one drags. */
export const DRAWN_MAX = 3_000;

export interface Filter {
  /** Only what one node sent or received. */
  readonly node?: number;
  /** Only what brings this value. */
  readonly value?: number;
  /** Types that are not shown. */
  readonly hidden: ReadonlySet<number>;
}

export interface Picked {
  /** In the order in which they were sent. */
  readonly drawn: readonly number[];
  readonly inView: number;
}

/** `kept` are drawn in any case, if they are in view and pass. */
export function pick(
  messages: Messages,
  view: Stretch,
  filter: Filter,
  kept: ReadonlySet<number> = new Set(),
  most = DRAWN_MAX,
): Picked {
  const passing = filter.value === undefined
    ? inRange(messages, view, filter)
    : messages.bringing(filter.value).filter((message) => passes(messages, message, view, filter));
  if (passing.length <= most) return { drawn: [...passing], inView: passing.length };
  const share = most / passing.length;
  let credit = 0;
  const drawn: number[] = [];
  for (const message of passing) {
    credit += share;
    if (credit < 1 && !kept.has(message)) continue;
    if (credit >= 1) credit--;
    drawn.push(message);
  }
  return { drawn, inView: passing.length };
}

/** A million messages take a few milliseconds: no list but of those that pass. */
function inRange(messages: Messages, view: Stretch, filter: Filter): Uint32Array {
  const [first, end] = messages.range(view);
  const passing = new Uint32Array(Math.max(0, end - first));
  let count = 0;
  for (let message = first; message < end; message++) {
    if (passes(messages, message, view, filter)) passing[count++] = message;
  }
  return passing.subarray(0, count);
}

function passes(messages: Messages, message: number, view: Stretch, { node, hidden }: Filter): boolean {
  if ((messages.sentAt[message] ?? 0) >= view.to || (messages.endedAt[message] ?? 0) < view.from) {
    return false;
  }
  if (hidden.size > 0 && hidden.has(messages.type[message] ?? 0)) return false;
  return node === undefined || messages.src[message] === node || messages.dest[message] === node;
}
