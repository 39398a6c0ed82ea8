/** The limits and intervals of both clients: over TCP, and over HTTP. */

/** How long a node may take, where nothing else is said, ms. */
export const TIMEOUT_MS = 5_000;
export const TIMEOUT_MS_MAX = 3_600_000;
/** No more requests are under way once they have this length together, bytes. */
export const IN_FLIGHT_BYTES_MAX = 1_048_576;
/** No more is taken once the requests that wait have this length together, bytes. */
export const WAITING_BYTES_MAX = 64 * 1_048_576;
/** While no node answers, or each hangs up soon, all are tried again after a wait between these, ever longer, ms. */
export const RETRY_MS_MIN = 100;
export const RETRY_MS_MAX = 2_000;
/** An outage is over when a node has answered a watch and stayed this long, or sends something new; a shorter visit is brief, ms. */
export const SETTLED_MS = 2_000;
