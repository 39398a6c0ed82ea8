/** How far the settings of examinations go. */

export const NODE_COUNT_MAX = 10_000;
export const RATE_MAX = 100_000;
export const TIME_LIMIT_S_MAX = 86_400;
export const LATENCY_MS_MAX = 60_000;
export const BANDWIDTH_BPS_MIN = 1_000;
export const BANDWIDTH_BPS_MAX = 1_000_000_000_000;
export const NEMESIS_INTERVAL_S_MAX = 3_600;
export const RECOVERY_S_MAX = 3_600;
export const DELIVERY_BUDGET_MS_MAX = 3_600_000;
/** A node that starts later would not answer in time. */
export const START_UP_MS_MAX = 9_000;
