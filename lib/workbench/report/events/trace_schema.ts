/** The schema of what a node says of one of its decisions. */
import Type from "typebox";
import type { TraceEvent } from "../../../core/trace.ts";

const Peer = Type.String();
const Ms = Type.Number();
const Run = Type.Tuple([Type.String(), Type.Number(), Type.Number()]);

export const TraceSchema = Type.Unsafe<TraceEvent>(Type.Union([
  Type.Object({
    kind: Type.Literal("wait"),
    reason: Type.Enum(["company", "window", "room", "answer", "arriving", "pull", "probe"]),
    peer: Type.Optional(Peer),
    ms: Type.Optional(Ms),
  }),
  Type.Object({
    kind: Type.Literal("send"),
    reason: Type.Enum(["news", "flush", "answer", "retry", "pull", "probe", "acknowledgement", "rebirth"]),
    peer: Peer,
    runs: Type.Array(Run),
    answerMs: Type.Optional(Ms),
  }),
  Type.Object({ kind: Type.Literal("miss"), peer: Peer, misses: Type.Number() }),
  Type.Object({ kind: Type.Literal("suspect"), peer: Peer }),
  Type.Object({ kind: Type.Literal("hear"), peer: Peer }),
  Type.Object({ kind: Type.Literal("tree"), relay: Type.Optional(Peer), neighbours: Type.Array(Peer) }),
]));
