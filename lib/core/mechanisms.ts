/** The mechanisms of the protocol that can be switched off, to see what each of them buys. */

export const mechanisms = [
  ...["retry", "repair", "detour", "failover", "pacing", "rebirth"] as const,
  // What waits, and for what.
  ...["window", "stretch", "linger", "bulk", "stagger", "hold", "ack-on-flush", "first-contact"] as const,
  // What is measured.
  ...["rtt-bounds", "typical", "ask-back"] as const,
  // What is kept.
  ...["retention", "inquiry", "retirement"] as const,
  // What is known of members.
  ...["member-news", "handover"] as const,
  // What is sent, and when it is asked for.
  ...["eager-push", "recent-first", "delta-digest", "fast-retry", "pull", "arriving"] as const,
  // The control plane.
  ...["background-probe", "retract", "search", "roll-call", "deputy", "reconnect", "flush-watch"] as const,
  ...["stub", "notify", "two-levels", "ask-relay", "link-hint"] as const,
] as const;

export type Mechanism = (typeof mechanisms)[number];
/** Those that are on. */
export type Switches = ReadonlySet<Mechanism>;

export function allBut(without: readonly Mechanism[]): Switches {
  return new Set(mechanisms.filter((each) => !without.includes(each)));
}
