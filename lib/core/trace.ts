/** What a node says of its own decisions, for people who ask why a value was late. Nothing is said unless it is asked for [N13]. */

/**
 * Why something waits that a peer lacks: for company on the way to the relay, for the next flush, for room on the line, for an answer
 * of the peer, or while a message of the peer comes in. `pull`: this node lacks something itself, which the tree may yet bring.
 * `probe`: this node knows no way to some members, and looks for one.
 */
export type WaitReason = "company" | "window" | "room" | "answer" | "arriving" | "pull" | "probe";

/** Why a message leaves: with what is new, as a flush, as an answer to a poll, because an answer is overdue, and so on. */
export type SendReason =
  | "news"
  | "flush"
  | "answer"
  | "retry"
  | "pull"
  | "probe"
  | "inquiry"
  | "acknowledgement"
  | "handover"
  | "rebirth";

export type TraceEvent =
  /** What is there for the peer leaves after so many ms, or when something else lets it; without a peer, for all children. */
  | {
    readonly kind: "wait";
    readonly reason: WaitReason;
    readonly peer?: string;
    readonly ms?: number;
  }
  | {
    readonly kind: "send";
    readonly reason: SendReason;
    readonly peer: string;
    /** The entries that it brings: origin, first and last number. */
    readonly runs: readonly (readonly [origin: string, from: number, to: number])[];
    /** When an answer is overdue, in ms from now; absent where none is expected. */
    readonly answerMs?: number;
  }
  /** An answer is overdue, for so many times in a row. */
  | { readonly kind: "miss"; readonly peer: string; readonly misses: number }
  /** The peer has missed too many answers: it is taken for lost. */
  | { readonly kind: "suspect"; readonly peer: string }
  /** The peer is heard, for the first time or again. */
  | { readonly kind: "hear"; readonly peer: string }
  /** What is new goes to these from now on; the relay is one of them, where there is one. */
  | { readonly kind: "tree"; readonly relay?: string; readonly neighbours: readonly string[] };

/** Takes what is said; where nobody asks there is none, and nothing is made up for it. */
export type Trace = (event: TraceEvent) => void;
