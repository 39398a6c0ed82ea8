/** Where the entries of a driven node are made safe: its store, or what stands before one that may fail. */

export interface Journal {
  /** Every entry that the node keeps is safe when this returns. Throws where it cannot be. */
  commit(): void;
}
