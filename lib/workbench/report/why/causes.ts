/** What a value can have waited for, by name and in words. */

export const causes = {
  "network": "the network",
  "linger": "waiting for company",
  "window": "the relay's window",
  "pacing": "room on a line",
  "silence": "a silence not noticed yet",
  "loss": "a lost message not noticed yet",
  "back-off": "back-off",
  "probe": "looking for a way",
  "pull": "asking for it",
  "catch-up": "catching up",
  "cut": "a cut on every way",
  "paused": "a node that was paused",
  "down": "a node that was down",
  "forgot": "a node that had it and lost it",
  "stalled": "a process that got no processor",
  "unknown": "unknown",
} as const;

export type Cause = keyof typeof causes;
