/** One line of a file of events, by the name of its event: the schemas by which every line is checked, and their types. */
import Type, { type Static } from "typebox";
import { Compile } from "typebox/schema";
import { fs } from "../../verdict/history.ts";
import type { Body, Json } from "../../../core/message.ts";
import { AboutSchema, ResultsSchema, SettingsSchema } from "./run_schema.ts";
import { TraceSchema } from "./trace_schema.ts";

/** The version of the format: a reader of an older one refuses what it cannot understand. */
export const FORMAT = 1;

/** ms since the load began, below 0 before. */
const At = Type.Number();
const Name = Type.String();
const AnyJson = Type.Unsafe<Json>(Type.Unknown());
const Values = Type.Unsafe<readonly Json[]>(Type.Array(Type.Unknown()));
/** Whatever a node sent, be it ever so odd, but for its type. */
const AnyBody = Type.Unsafe<Body>(Type.Object({ type: Type.String() }));
const Index = Type.Integer({ minimum: 0 });
const Mark = Type.Object({ index: Index, time: At, node: Name });

const schemas = {
  /** The first line: what was run, and the verdict. */
  run: Type.Object({
    event: Type.Literal("run"),
    format: Type.Literal(FORMAT),
    /** Of hearsay. */
    version: Type.String(),
    about: AboutSchema,
    settings: SettingsSchema,
  }),
  /** A client asks a node for something; `op` is the operation's index in the history. */
  invoke: Type.Object({
    event: Type.Literal("invoke"),
    at: At,
    op: Index,
    process: Type.Integer(),
    node: Name,
    f: Type.Enum([...fs]),
    /** The value of a broadcast; null for a read. */
    value: AnyJson,
    /** One of the last reads, after everything is healed and rested. */
    final: Type.Boolean(),
  }),
  /** The answer: "fail" surely did not happen; "info" may or may not have. */
  complete: Type.Object({
    event: Type.Literal("complete"),
    at: At,
    op: Index,
    outcome: Type.Enum(["ok", "fail", "info"]),
    /** How many values a read showed that is ok. */
    shown: Type.Optional(Index),
  }),
  /** A message from a node to a node, once it is over: `at` is when it was received or given up. */
  message: Type.Object({
    event: Type.Literal("message"),
    at: At,
    sent: At,
    src: Name,
    dest: Name,
    body: AnyBody,
    /** Why it was not received; absent if it was. */
    dropped: Type.Optional(Type.Enum(["partition", "loss", "down", "overflow"])),
  }),
  /** A client's broadcast has come to a node. */
  told: Type.Object({ event: Type.Literal("told"), at: At, node: Name, values: Values }),
  /** A node holds these values from now on. */
  held: Type.Object({ event: Type.Literal("held"), at: At, node: Name, values: Values }),
  /** A node has lost these values, or all that it held. */
  lost: Type.Object({
    event: Type.Literal("lost"),
    at: At,
    node: Name,
    values: Type.Union([Values, Type.Literal("all")]),
  }),
  /** From now on these nodes, and no others, drop what comes from those. */
  cut: Type.Object({
    event: Type.Literal("cut"),
    at: At,
    grudge: Type.Record(Type.String(), Type.Array(Name)),
  }),
  /** Nothing is cut any more. */
  heal: Type.Object({ event: Type.Literal("heal"), at: At }),
  /** A node takes part again. */
  up: Type.Object({ event: Type.Literal("up"), at: At, node: Name }),
  /** A node is stopped for a while. */
  paused: Type.Object({ event: Type.Literal("paused"), at: At, node: Name }),
  /** A node is not started, was killed, or is out of reach. */
  down: Type.Object({ event: Type.Literal("down"), at: At, node: Name }),
  /** A node says why it waits or sends, or whom it hears and misses; nodes that cannot say so say nothing. */
  trace: Type.Object({ event: Type.Literal("trace"), at: At, node: Name, said: TraceSchema }),
  /** After all that happened: what the reads say of a value that was broadcast. Moments are those of operations. */
  value: Type.Object({
    event: Type.Literal("value"),
    value: AnyJson,
    added: Mark,
    acked: Type.Optional(Mark),
    known: Type.Optional(Mark),
    lastPresent: Type.Optional(Mark),
    lastAbsent: Type.Optional(Mark),
  }),
  /** The first read that had a value twice, and the first that had one which nobody had broadcast. */
  duplicated: Type.Object({ event: Type.Literal("duplicated"), value: AnyJson, read: Mark }),
  phantom: Type.Object({ event: Type.Literal("phantom"), value: AnyJson, read: Mark }),
  /** The last line. */
  results: Type.Object({
    event: Type.Literal("results"),
    /** How many messages are not among the events, as there were too many. */
    overlooked: Index,
    results: ResultsSchema,
  }),
};

type Schemas = typeof schemas;
export type EventName = keyof Schemas;
export type EventNamed<N extends EventName> = Static<Schemas[N]>;
export type RunEvent = { [N in EventName]: EventNamed<N> }[EventName];
/** What happens at a moment. */
export type Happening = Extract<RunEvent, { at: number }>;

export function happens(event: RunEvent): event is Happening {
  return "at" in event;
}

interface Checker {
  check(value: unknown): value is RunEvent;
  fault(value: unknown): string;
}

const checkers: ReadonlyMap<string, Checker> = new Map(
  Object.entries(schemas).map(([name, schema]) => {
    const compiled = Compile(schema);
    return [name, {
      check: (value): value is RunEvent => compiled.Check(value),
      fault: (value) => {
        const [, [first]] = compiled.Errors(value);
        if (first === undefined) return `this is no ${name}`;
        return `${name} ${first.instancePath === "" ? "" : `${first.instancePath} `}${first.message}`;
      },
    }];
  }),
);

/** An event; or the name of one that this version does not know; or, in words, why it is none. */
export type Read =
  | { readonly kind: "event"; readonly event: RunEvent }
  | { readonly kind: "unknown"; readonly name: string }
  | { readonly kind: "malformed"; readonly reason: string };

export function readEvent(value: unknown): Read {
  const name = nameOf(value);
  if (name === undefined) return { kind: "malformed", reason: "it is no object with the name of an event" };
  const checker = checkers.get(name);
  if (checker === undefined) return { kind: "unknown", name };
  return checker.check(value)
    ? { kind: "event", event: value }
    : { kind: "malformed", reason: checker.fault(value) };
}

function nameOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || !("event" in value)) return undefined;
  return typeof value.event === "string" ? value.event : undefined;
}
