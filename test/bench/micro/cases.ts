/** What a bench consists of: groups of cases that do the same work, ours first, with others beside it. */

/** How long a call takes; how much heap what it returns keeps; or the figure that it returns, in virtual time or of text. */
export type Unit = "ns" | "bytes" | "virtual ms" | "bytes of text";

export interface Case {
  readonly name: string;
  /** Prepares, which is not measured, and returns what is: one call of it, again and again. */
  readonly start: () => () => unknown;
  /** Units of one call, where they are not the group's. */
  readonly count?: number;
}

export interface Group {
  readonly title: string;
  readonly unit: Unit;
  /** Figures are per one of these, of which one call does `count`. */
  readonly per: string;
  readonly count: number;
  /** Made when it is this group's turn: what the cases of one group share is gone before the next. */
  readonly cases: () => readonly Case[];
}

/** How much is much. */
export interface Sizes {
  /** Values outstanding, missed, held. */
  readonly many: number;
  /** So many deltas come to one that is new. */
  readonly deltas: number;
  /** Every second number of twice as many comes first. */
  readonly gaps: number;
  readonly origins: readonly number[];
  readonly peers: readonly number[];
  /** Of a run that is reported. */
  readonly messages: number;
}

export const FULL: Sizes = {
  many: 1_000_000,
  deltas: 1_000,
  gaps: 10_000,
  origins: [5, 25, 1_000],
  peers: [1, 24, 1_000],
  messages: 50_000,
};

/** For trees that take turns: enough to tell them apart. */
export const COMPARED: Sizes = {
  ...FULL,
  many: 100_000,
  deltas: 200,
  gaps: 2_000,
  peers: [1, 24, 200],
  messages: 5_000,
};

export function timed(title: string, per: string, count: number, cases: Group["cases"]): Group {
  return { title, unit: "ns", per, count, cases };
}

export function weighed(title: string, per: string, count: number, cases: Group["cases"]): Group {
  return { title, unit: "bytes", per, count, cases };
}

export function counted(title: string, per: string, count: number, cases: Group["cases"]): Group {
  return { title, unit: "virtual ms", per, count, cases };
}

export function written(title: string, per: string, count: number, cases: Group["cases"]): Group {
  return { title, unit: "bytes of text", per, count, cases };
}

/** A number for people: 1,000,000. */
export function figure(n: number): string {
  return n.toLocaleString("en-US");
}
