/** Nodes that keep values for a while only: a right one as anybody might write it, and some that are wrong in one way. */
import type { Json } from "../../../lib/core/message.ts";
import { gossiping, numberIn } from "./gossip.ts";

/** How long a right one keeps a value, ms. */
export const AGE_MS = 8_000;

/** What a node does in another way than the right one. */
interface Ways {
  readonly ageMs?: number;
  /** Whether it takes a value again that it has dropped. */
  readonly takesAgain?: boolean;
  /** What a read shows. */
  readonly shows?: (held: readonly Json[], dropped: readonly Json[]) => Json[];
}

function node({ ageMs = AGE_MS, takesAgain = false, shows = (held) => [...held] }: Ways = {}) {
  return gossiping(({ now }) => {
    /** When each came. */
    const held = new Map<Json, number>();
    const dropped = new Set<Json>();
    const add = (value: Json): void => {
      if (!held.has(value) && (takesAgain || !dropped.has(value))) held.set(value, now());
    };
    const drop = (): void => {
      for (const [value, at] of held) {
        if (now() < at + ageMs) continue;
        held.delete(value);
        dropped.add(value);
      }
    };
    return {
      answer(body) {
        drop();
        if (body.type === "broadcast") add(numberIn(body, "message"));
        return body.type === "read" ? { messages: shows([...held.keys()], [...dropped]) } : {};
      },
      state() {
        drop();
        return [...held.keys()];
      },
      merge(state) {
        drop();
        if (Array.isArray(state)) state.forEach(add);
      },
    };
  });
}

export const retainers = {
  right: node(),
  "drops too early": node({ ageMs: AGE_MS / 2 }),
  "takes again what it dropped": node({ takesAgain: true }),
  "shows what it dropped": node({
    shows: (held, dropped) => [...held, ...dropped.filter((value) => Number(value) % 7 === held.length % 7)],
  }),
};
