/** What JSON can spell. */

/** Any JSON value; a broadcast's payload. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
