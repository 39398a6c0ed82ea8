/** What travels [W1] [W3] [W4]: the envelope and every body, as typebox schemas compiled once, and their types. */
import Type, { type Static } from "typebox";
import { Compile } from "typebox/compile";
import type { Json } from "./json.ts";
import { idFault, keyFault, patternsFault, topicFault } from "./keys/names.ts";
import { Runs } from "./log/runs.ts";
import { VERSION_MAX } from "./incarnation.ts";
import { MEMBER_ID } from "./membership/member_id.ts";

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

const Name = Type.String({ minLength: 1, maxLength: 256 });
/** With an incarnation it makes an origin, which is a name, too. */
const NodeId = Type.String({ minLength: 1, maxLength: 200 });
const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Ordinal = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const AnyJson = Type.Unsafe<Json>(Type.Unknown());
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
const Member = Type.Tuple([
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

const Init = Type.Object({
  node_id: NodeId,
  node_ids: Type.Array(NodeId, { minItems: 1 }),
  /** Of a serving node only: where the members of the list are, and this one; the members it has found, and of which cluster. */
  addresses: Type.Optional(Type.Record(Type.String(), Type.String())),
  address: Type.Optional(Type.String()),
  members: Type.Optional(Type.Array(Member)),
  cluster_id: Type.Optional(Type.String()),
});

/** A node asks to be a member; with an epoch it says that it is one still, as another process or at another address. */
const Join = Type.Object({
  id: Type.String({ pattern: MEMBER_ID.source }),
  incarnation: Type.Integer({ minimum: 1, maximum: VERSION_MAX - 1 }),
  epoch: Type.Optional(Type.Integer({ minimum: 1, maximum: VERSION_MAX - 1 })),
  address: Type.String({ maxLength: 300 }),
  cluster_id: Type.Optional(Type.String({ maxLength: 64 })),
});
const Remove = Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) });

/** A span list: from, to, from, to …, ascending. */
const Spans = Type.Array(Ordinal, { minItems: 2, maxItems: 2 * SPANS_MAX });
const DigestSchema = Type.Array(Type.Tuple([Name, Spans]), { maxItems: ORIGINS_MAX });

/** Entries: origin, seq of the first, consecutive values; or these already read, by the codec. */
const RunList = Type.Unsafe<Runs>(Type.Unknown());

/** Where a client may leave a field out, null says the same. */
const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Patterns = Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()]));

const Broadcast = Type.Object({ message: AnyJson, id: Text, topic: Text, key: Text });
const Delete = Type.Object({ topic: Text, key: Type.String(), id: Text });
const Get = Type.Object({ topic: Text, key: Type.String() });
const Read = Type.Object({ topics: Patterns });

/** What a client may ask of a serving node to follow its values: all that `from` does not cover. */
const Watch = Type.Object({
  from: Type.Optional(Type.Union([DigestSchema, Type.Null()])),
  follow: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  topics: Patterns,
  latest: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
});
const Unwatch = Type.Object({ watch: Type.Integer() });
/** How a client shows who it is [A1]. */
const Hello = Type.Object({ token: Type.String() });

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
const FarewellSchema = Type.Object({ type: Type.Literal("members"), members: Members });

export type Exchange = Static<typeof ExchangeSchema>;
export type Push = Static<typeof PushSchema>;
export type Farewell = Static<typeof FarewellSchema>;
export type PeerMessage = Exchange | Push | Farewell;
export type WatchBody = Static<typeof Watch>;
export type UnwatchBody = Static<typeof Unwatch>;
export type HelloBody = Body & Static<typeof Hello>;
export type InitBody = Static<typeof Init>;

const asking = Compile(AskingSchema);
const nullIds = Compile(NullIds);
const name = Compile(Name);
const checkers = {
  "an envelope": Compile(EnvelopeSchema),
  // Between nodes.
  "a peer message": Compile(ExchangeSchema),
  "a push": Compile(PushSchema),
  "a farewell": Compile(FarewellSchema),
  // What a client, or Maelstrom itself, may ask [W3].
  "init": Compile(Init),
  "topology": Compile(Type.Object({ topology: Type.Record(Type.String(), Type.Array(Type.String())) })),
  "broadcast": Compile(Broadcast),
  "delete": Compile(Delete),
  "get": Compile(Get),
  "read": Compile(Read),
  "echo": Compile(Type.Object({ echo: AnyJson })),
  "watch": Compile(Watch),
  "unwatch": Compile(Unwatch),
  "join": Compile(Join),
  "remove": Compile(Remove),
  "hello": Compile(Hello),
};

/** Why `value` is not what it should be, for people. */
export function faultOf(what: keyof typeof checkers, value: unknown): string {
  const [first] = checkers[what].Errors(value);
  if (first === undefined) return `this is not ${what}`;
  return `${what} ${first.instancePath === "" ? "" : `${first.instancePath} `}${first.message}`;
}

export function isEnvelope(value: unknown): value is Envelope {
  return checkers["an envelope"].Check(value);
}

export function isWatch(body: unknown): body is WatchBody {
  return checkers.watch.Check(body);
}

export function isUnwatch(body: unknown): body is UnwatchBody {
  return checkers.unwatch.Check(body);
}

export function isHello(body: Body): body is HelloBody {
  return checkers.hello.Check(body);
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
        ? { type: "members", members: body.members }
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

/** A request whose body is as its type demands, or what is wrong with it. */
export type Request =
  | ({ readonly type: "init" } & InitBody)
  | { readonly type: "topology" }
  | BroadcastRequest
  | DeleteRequest
  | GetRequest
  | { readonly type: "read"; readonly topics?: readonly string[] }
  | { readonly type: "echo"; readonly echo: Json }
  | MembershipRequest
  | { readonly type: "unknown" }
  | Malformed;

export type JoinRequest = { readonly type: "join" } & Static<typeof Join>;
export type MembershipRequest =
  | JoinRequest
  | { readonly type: "remove"; readonly id: string }
  | { readonly type: "leave" | "members" };

/** A value, and what makes it more than one of a set [H1]. */
export interface BroadcastRequest {
  readonly type: "broadcast";
  readonly message: Json;
  readonly id?: string;
  readonly topic?: string;
  readonly key?: string;
}

/** Asks for the latest value of a key [H9]. */
export interface GetRequest {
  readonly type: "get";
  readonly key: string;
  readonly topic?: string;
}

/** The key has no value from now on. */
export interface DeleteRequest {
  readonly type: "delete";
  readonly key: string;
  readonly id?: string;
  readonly topic?: string;
}

/** A body that is not as its type demands, and why, for people. */
export interface Malformed {
  readonly type: "malformed";
  readonly reason: string;
}

export function readRequest(body: Body): Request {
  const { type } = body;
  switch (type) {
    case "init":
      if (!checkers.init.Check(body)) return malformed(type, body);
      return { ...body, type };
    case "broadcast":
      if (!checkers.broadcast.Check(body)) return malformed(type, body);
      return withNames({ type, message: body.message }, body);
    case "delete":
      if (!checkers.delete.Check(body)) return malformed(type, body);
      return withNames({ type, key: body.key }, body);
    case "get":
      if (!checkers.get.Check(body)) return malformed(type, body);
      return withNames({ type, key: body.key }, body);
    case "echo":
      return checkers.echo.Check(body) ? { type, echo: body.echo } : malformed(type, body);
    case "read":
      return checkers.read.Check(body) ? readOf(body.topics) : malformed(type, body);
    case "topology":
      return checkers.topology.Check(body) ? { type } : malformed(type, body);
    case "join":
      return checkers.join.Check(body) ? { ...body, type } : malformed(type, body);
    case "remove":
      return checkers.remove.Check(body) ? { type, id: body.id } : malformed(type, body);
    case "leave":
    case "members":
      return { type };
    default:
      return { type: "unknown" };
  }
}

function readOf(topics: readonly string[] | null | undefined): Request {
  const reason = topics ? patternsFault("read /topics", topics) : undefined;
  return reason === undefined ? { type: "read", ...topics && { topics } } : { type: "malformed", reason };
}

const faultsOfNames = { topic: topicFault, key: keyFault, id: idFault } as const;

/** The request with the names that its body gives, or what is wrong with one of them. */
function withNames<T extends Request>(request: T, body: Body): T | Malformed {
  let named = request;
  for (const field of ["topic", "key", "id"] as const) {
    const name = body[field];
    if (typeof name !== "string") continue;
    const reason = faultsOfNames[field](`${request.type} /${field}`, name);
    if (reason !== undefined) return { type: "malformed", reason };
    named = { ...named, [field]: name };
  }
  return named;
}

function malformed(what: keyof typeof checkers, body: Body): Malformed {
  return { type: "malformed", reason: faultOf(what, body) };
}
