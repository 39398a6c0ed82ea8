/** Which files an examination writes. */

/** Absent where nobody asks for one. */
export interface Wanted {
  readonly events?: string;
}

/** How one of several runs is chosen, for help. */
export const CHOSEN = "of several runs, of the first that fails, or else of the first";
