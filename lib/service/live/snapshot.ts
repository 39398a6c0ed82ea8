/** What the page of a node is told: the cluster as this node knows it, at one moment. */

/** How a node is, by its own word. Counts are of the life of its process. */
export interface View {
  readonly version: string;
  readonly uptime_ms: number;
  readonly storage: string;
  /** Values held, and all entries, also those that are gone again. */
  readonly values: number;
  readonly entries: number;
  readonly gone: number;
  /** Of the set of its values. */
  readonly digest: string;
  readonly watchers: number;
  readonly memory_bytes: number;
  /** Messages of the protocol between nodes, sent and received, and bytes on all links. */
  readonly messages: number;
  readonly bytes: number;
  /** Peers to which its link is down. */
  readonly down: readonly string[];
}

/** A member as this node knows it. */
export interface Member {
  readonly id: string;
  readonly address: string;
  /** Null of this node itself. */
  readonly link: {
    /** It stands both ways. */
    readonly up: boolean;
    /** For how long it has, or has not, ms. */
    readonly for_ms: number;
    /** Why it does not, for people. */
    readonly reason: string;
  } | null;
  /** The node that passes on what this one is told; null at the root; absent where no way there is known. */
  readonly relay?: string | null;
  /** The members that it suspects, as it advertises; of one to which no way is known, nothing is. */
  readonly suspects: readonly string[];
  /** Entries that it lacks, and that it holds and this node lacks; null unless they are neighbours in the tree. */
  readonly lag: number | null;
  readonly ahead: number | null;
  readonly rtt_ms: number | null;
  /** Its own word, how old that is, ms, and what differed from this node then; null where it has said nothing. */
  readonly said: {
    readonly view: View;
    readonly age_ms: number;
    /** Whether the two held the same values. */
    readonly agrees: boolean;
    /** How many entries fewer than this node it held, or more where it is below 0. */
    readonly behind: number;
  } | null;
}

export interface Newest {
  /** "" for the default one. */
  readonly topic: string;
  readonly key?: string;
  readonly deleted?: true;
  /** How its JSON begins. */
  readonly text: string;
  /** There is more of it. */
  readonly cut?: true;
  readonly origin: string;
  readonly seq: number;
  /** How long ago it came here, ms. */
  readonly age_ms: number;
}

export interface Snapshot {
  readonly id: string;
  readonly cluster: string;
  /** Why it is no member yet. */
  readonly waits?: string;
  readonly view: View;
  /** False where whoever asks may not see the others: then this node alone is a member here. */
  readonly whole: boolean;
  /** In order of rank, this node among them. */
  readonly members: readonly Member[];
  /** The newest first; of topics that whoever asks may watch. */
  readonly newest: readonly Newest[];
}
