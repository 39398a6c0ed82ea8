/** The mechanisms of the protocol that can be switched off, to see what each of them buys. */

export const mechanisms = ["retry", "repair", "detour", "failover", "pacing", "rebirth"] as const;

export type Mechanism = (typeof mechanisms)[number];
