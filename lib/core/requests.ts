/** What clients ask of a node [W3], and Maelstrom itself: bodies as typebox schemas compiled once, and their types. */
import Type, { type Static } from "typebox";
import { Compile } from "typebox/schema";
import { VERSION_MAX } from "./incarnation.ts";
import { idFault, keyFault, patternsFault, topicFault } from "./keys/names.ts";
import { MEMBER_ID } from "./membership/member_id.ts";
import {
  AnyJson,
  type Body,
  DigestSchema,
  faultIn,
  type Json,
  type Malformed,
  Member,
  NodeId,
} from "./message.ts";
import type { ScannedValue } from "./raw.ts";

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
  cluster: Type.Optional(Type.String({ maxLength: 64 })),
  cluster_id: Type.Optional(Type.String({ maxLength: 64 })),
});
const Remove = Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) });

/** Where a client may leave a field out, null says the same. */
const Text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const Patterns = Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()]));

/** JSON, or its text where the codec has scanned it. */
const Value = Type.Unsafe<Json | ScannedValue>(Type.Unknown());
const Broadcast = Type.Object({ message: Value, id: Text, topic: Text, key: Text });
const Delete = Type.Object({ topic: Text, key: Type.String(), id: Text });
const Get = Type.Object({ topic: Text, key: Type.String() });
const Read = Type.Object({ topics: Patterns });

/** Where a watch begins that passes over all that is there. */
export const NOW = "now";

/** What a client may ask of a serving node to follow its values: all that `from` does not cover, once the node holds what it `awaits`. */
const Watch = Type.Object({
  from: Type.Optional(Type.Union([DigestSchema, Type.Literal(NOW), Type.Null()])),
  awaits: Type.Optional(Type.Union([DigestSchema, Type.Null()])),
  follow: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  topics: Patterns,
  latest: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
});
const Unwatch = Type.Object({ watch: Type.Integer() });
/** How a client shows who it is [A1]. */
const Hello = Type.Object({ token: Type.String() });

export type WatchBody = Static<typeof Watch>;
export type UnwatchBody = Static<typeof Unwatch>;
export type HelloBody = Body & Static<typeof Hello>;
export type InitBody = Static<typeof Init>;

const checkers = {
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
  return faultIn(what, checkers[what], value);
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
  readonly message: Json | ScannedValue;
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
