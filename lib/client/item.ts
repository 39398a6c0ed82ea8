/** What readers get of an entry: its value as a text. */

export interface Item {
  /** The value as JSON. */
  readonly text: string;
}
