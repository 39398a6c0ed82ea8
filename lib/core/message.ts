/** What travels [W1] [W3] [W4]: the envelope, and what nodes tell each other, as typebox schemas compiled once. */
import Type, { type Static } from "typebox";
import { Compile } from "typebox/schema";
import type { Json } from "./json.ts";
import { Runs } from "./log/runs.ts";

export type { Json };

/** Maelstrom's error codes, and one of hearsay's own: the client lacks a right. */
export const NOT_SUPPORTED = 10;
export const TEMPORARILY_UNAVAILABLE = 11;
export const MALFORMED_REQUEST = 12;
export const KEY_DOES_NOT_EXIST = 20;
export const FORBIDDEN = 21;
export const PRECONDITION_FAILED = 22;

/** One message names at most so many origins, and so many intervals of each [F8]. */
export const ORIGINS_MAX = 1_024;
export const SPANS_MAX = 64;

export const Name = Type.String({ minLength: 1, maxLength: 256 });
/** With an incarnation it makes an origin, which is a name, too. */
export const NodeId = Type.String({ minLength: 1, maxLength: 200 });
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Ordinal = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const AnyJson = Type.Unsafe<Json>(Type.Unknown());
const MsgId = Type.Optional(Type.Integer());

const EnvelopeSchema = Type.Object({
  src: Name,
  dest: Name,
  body: Type.Object({ type: Name, msg_id: MsgId, in_reply_to: MsgId }),
});

/** What every body has. Those of nodes are a PeerMessage; what else is in another is told by `type`. */
export interface Body {
  readonly type: string;
  readonly msg_id?: number;
  readonly in_reply_to?: number;
  readonly [field: string]: unknown;
}

/** One message from one id to another. Maelstrom adds an `id` of its own, which means nothing to us. */
export interface Envelope {
  readonly src: string;
  readonly dest: string;
  readonly body: Body;
}

/** Answers to requests that came together, by their msg_ids: each says broadcast_ok and no more. */
export interface Acknowledgements {
  readonly src: string;
  readonly dest: string;
  readonly requests: readonly number[];
}

/** The same as single messages. */
export function envelopesOf({ src, dest, requests }: Acknowledgements): Envelope[] {
  return requests.map((msgId) => ({ src, dest, body: { type: "broadcast_ok", in_reply_to: msgId } }));
}

/** Where an answer to what is no envelope is waited for, as far as it can be told [W2]. */
export interface Asking {
  readonly src?: string;
  readonly dest?: string;
  readonly msgId: number;
}

const AskingSchema = Type.Object({
  src: Type.Optional(Type.Unknown()),
  dest: Type.Optional(Type.Unknown()),
  body: Type.Object({ msg_id: Type.Integer(), in_reply_to: Type.Optional(Type.Unknown()) }),
});

/** What many libraries write for absent fields [W1]. */
const NullIds = Type.Object({
  body: Type.Union([Type.Object({ msg_id: Type.Null() }), Type.Object({ in_reply_to: Type.Null() })]),
});

/** Unknown fields are let through, here and in all that follows: others may speak a later version. */
export const Member = Type.Tuple([
  NodeId,
  Count,
  Count,
  Type.Integer({ minimum: 0, maximum: 2 }),
  Type.String({ maxLength: 300 }),
  Type.Number({ minimum: 0 }),
]);
/** One message tells of at most so many members [F8]. */
export const MEMBERS_PER_MESSAGE = 1_024;
const Members = Type.Array(Member, { maxItems: MEMBERS_PER_MESSAGE });

/** A span list: from, to, from, to …, ascending. */
const Spans = Type.Array(Ordinal, { minItems: 2, maxItems: 2 * SPANS_MAX });
export const DigestSchema = Type.Array(Type.Tuple([Name, Spans]), { maxItems: ORIGINS_MAX });

/** Entries: origin, seq of the first, consecutive values; or these already read, by the codec. */
const RunList = Type.Unsafe<Runs>(Type.Unknown());

/**
 * What one node tells another [W4], pushes apart always in this one shape; `type` only says what it is mostly for:
 * "delta" brings entries, "probe" asks for an answer, "ack" does neither.
 */
const ExchangeSchema = Type.Object({
  type: Type.Union([Type.Literal("delta"), Type.Literal("ack"), Type.Literal("probe")]),
  /** The sender's incarnation: a larger one is a later one, which has forgotten everything [B1]. */
  incarnation: Count,
  /** The sender's count of messages to this peer in its incarnation. */
  seq: Ordinal,
  /** The newest message heard from this peer: its incarnation, its seq, and for how many ms it has been here. */
  ack: Type.Optional(Type.Tuple([Count, Ordinal, Type.Number({ minimum: 0 })])),
  /** Part of what the sender holds, per origin: all that changed since what this peer has confirmed. */
  digest: DigestSchema,
  runs: Type.Optional(RunList),
  /** Nodes, and of each the last of the lives of which nothing is left with the sender: what changed since what this peer has confirmed. */
  retired: Type.Optional(Type.Array(Type.Tuple([NodeId, Count]), { maxItems: ORIGINS_MAX })),
  /** Advertisements: a node, its incarnation, their version, the nodes it suspects, the nodes it hears [K1]. */
  links: Type.Optional(Type.Array(Type.Tuple([Name, Count, Count, Type.Array(Name), Type.Array(Name)]))),
  /** Members: what changed since what this peer has confirmed [M4]. */
  members: Type.Optional(Members),
  /** An answer is wanted at once. */
  poll: Type.Optional(Type.Boolean()),
  /** For how long the sender, as a relay, gathers before it passes on, ms. */
  window: Type.Optional(Type.Number({ minimum: 0 })),
});

/** Entries alone, ahead of the tree, which brings them in any case [V10]. */
const PushSchema = Type.Object({ type: Type.Literal("push"), runs: RunList });

/** To a node that is no member any longer: what is known of it [M2]. */
const FarewellSchema = Type.Object({
  type: Type.Literal("members"),
  members: Members,
  /** Where it answers a message: that one's incarnation and seq, the sender's incarnation, and what it holds. */
  answer: Type.Optional(Type.Object({
    ack: Type.Tuple([Count, Ordinal, Type.Number({ minimum: 0 })]),
    incarnation: Count,
    digest: DigestSchema,
  })),
});

export type Exchange = Static<typeof ExchangeSchema>;
export type Push = Static<typeof PushSchema>;
export type Farewell = Static<typeof FarewellSchema>;
export type PeerMessage = Exchange | Push | Farewell;
const asking = Compile(AskingSchema);
const nullIds = Compile(NullIds);
const name = Compile(Name);
const checkers = {
  "an envelope": Compile(EnvelopeSchema),
  // Between nodes.
  "a peer message": Compile(ExchangeSchema),
  "a push": Compile(PushSchema),
  "a farewell": Compile(FarewellSchema),
};

export function isEnvelope(value: unknown): value is Envelope {
  return checkers["an envelope"].Check(value);
}

/** Why it is none, for people. */
export function envelopeFault(value: unknown): string {
  return faultIn("an envelope", checkers["an envelope"], value);
}

/** The same without a `msg_id` or an `in_reply_to` that is null: such a field counts as absent. */
export function withoutNullIds(value: unknown): unknown {
  if (!nullIds.Check(value)) return value;
  const fields = Object.entries(value.body);
  const present = fields.filter(([key, field]) =>
    field !== null || (key !== "msg_id" && key !== "in_reply_to")
  );
  return { ...value, body: Object.fromEntries(present) };
}

/** Where an answer to `value`, which is no envelope, is waited for; nowhere if it is an answer itself [W2]. */
export function askingOf(value: unknown): Asking | undefined {
  if (!asking.Check(value) || Number.isInteger(value.body.in_reply_to)) return undefined;
  const { src, dest, body } = value;
  return { ...name.Check(src) && { src }, ...name.Check(dest) && { dest }, msgId: body.msg_id };
}

/** Whether it is what members tell each other all the time, by its type. */
export function isExchange({ type }: Body): boolean {
  return type === "delta" || type === "ack" || type === "probe" || type === "push";
}

/** What a node says, as its type demands, or what is wrong with it; undefined where `body` has no type of theirs. */
export function readPeerMessage(body: Body): PeerMessage | Malformed | undefined {
  switch (body.type) {
    case "delta":
    case "ack":
    case "probe":
      return checkers["a peer message"].Check(body)
        ? withRuns("a peer message", body)
        : malformed("a peer message", body);
    case "push":
      return checkers["a push"].Check(body) ? withRuns("a push", body) : malformed("a push", body);
    case "members":
      // A client asks for them by the same word, and gives none.
      if (body["members"] === undefined) return undefined;
      return checkers["a farewell"].Check(body)
        ? { ...body, type: "members" }
        : malformed("a farewell", body);
    default:
      return undefined;
  }
}

/** The codec has read the runs where it could; a message that came another way has them as JSON. */
function withRuns<T extends Exchange | Push>(what: string, message: T): T | Malformed {
  if (message.runs instanceof Runs || (message.runs === undefined && message.type !== "push")) return message;
  const runs = Runs.fromJson(message.runs);
  if (runs === undefined) {
    return { type: "malformed", reason: `${what} /runs must be runs of entries` };
  }
  return { ...message, runs };
}

/** A body that is not as its type demands, and why, for people. */
export interface Malformed {
  readonly type: "malformed";
  readonly reason: string;
}

/** Why `value` is not what it should be, for people. `checker`: of the schema that it should follow. */
export function faultIn(what: string, checker: ReturnType<typeof Compile>, value: unknown): string {
  const [, [first]] = checker.Errors(value);
  if (first === undefined) return `this is not ${what}`;
  return `${what} ${first.instancePath === "" ? "" : `${first.instancePath} `}${first.message}`;
}

function malformed(what: keyof typeof checkers, body: Body): Malformed {
  return { type: "malformed", reason: faultIn(what, checkers[what], body) };
}
