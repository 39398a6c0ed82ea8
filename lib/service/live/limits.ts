/** Every limit and every interval of what a node shows of its cluster. */

/** An onlooker is told how things stand at least this often, ms [Y1]. */
export const LIVE_EVERY_MS = 1_000;
/** How often it is looked whether something has changed, ms [Y1]. */
export const LIVE_TICK_MS = 100;
/** So many may look on at once; one more is told to come again [Y1]. */
export const LIVE_READERS_MAX = 64;
/** So many peers are asked at each tick how they are, and each no more often than LIVE_EVERY_MS [Y2]. */
export const LIVE_ASKS_MAX = 32;
/** So many of the newest values are shown [Y3]. */
export const NEWEST_MAX = 20;
/** Of the entries that came in one turn so many are looked at, the last ones [Y3]. */
export const NEWEST_PER_TURN_MAX = 10;
/** So much of each value is shown, characters [Y3]. */
export const NEWEST_CHARS_MAX = 200;
/** The id and the key of a longer value are not looked for, characters [Y3]. */
export const NEWEST_READ_CHARS_MAX = 4_096;
