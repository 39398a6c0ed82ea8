/** Where the entries of a driven node are made safe: its store, or what stands before one that may fail. */

export interface Journal {
  /**
   * Every entry that the node keeps is safe when this returns; where origins are named, those under them are, and others may
   * wait. Throws where they cannot be.
   */
  commit(origins?: ReadonlySet<string>): void;
}
