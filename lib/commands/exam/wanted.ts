/** What an examination writes beside its report on standard output. */

export interface Wanted {
  /** Files; absent where nobody asks for one. */
  readonly report?: string;
  readonly events?: string;
  readonly junit?: string;
  /** Messages are logged as they are sent, or as they are received. */
  readonly logNetSend?: true;
  readonly logNetRecv?: true;
}

/** How one of several runs is chosen, for help. */
export const CHOSEN = "of several runs, of the first that fails, or else of the first";
