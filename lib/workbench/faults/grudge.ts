/** Grudges: which node drops the messages of which others during a partition. Jepsen's, one-way ones, and sides by name. */
import { pick, type Random, shuffle } from "../../core/random.ts";

/** receiver -> the sources whose messages it drops */
export type Grudge = ReadonlyMap<string, ReadonlySet<string>>;

/** A grudge, and what to call it when people ask. */
export interface Cut {
  readonly grudge: Grudge;
  readonly detail: string;
  /** The components that do not hear each other, where that is what the cut is. */
  readonly sides?: readonly (readonly string[])[];
}

export type ParsedGrudge =
  | { readonly ok: true; readonly draw: (random: Random) => Cut }
  | { readonly ok: false; readonly reason: string };

type Draw = (nodes: readonly string[], random: Random) => Cut;

/** Drawn from at each start of a partition when no grudge is given, as Jepsen does. */
const usual = ["one", "minority-third", "majority", "majorities-ring"];

const drawn: Readonly<Record<string, Draw>> = {
  "bisect": (nodes) => split("bisect", ...bisect(nodes)),
  "one": (nodes, random) => {
    const loner = pick(random, nodes) ?? "";
    return split("one", [loner], nodes.filter((node) => node !== loner));
  },
  "minority-third": (nodes, random) => {
    const shuffled = shuffle(random, nodes);
    const few = Math.floor((nodes.length - 1) / 3);
    return split("minority-third", shuffled.slice(0, few), shuffled.slice(few));
  },
  "majority": (nodes, random) => split("majority", ...bisect(shuffle(random, nodes))),
  "majorities-ring": (nodes, random) => {
    const grudge = nodes.length <= 5 ? perfectRing(nodes, random) : stochasticRing(nodes, random);
    return { grudge, detail: `majorities-ring: ${describeHearing(nodes, grudge)}` };
  },
  "bridge": (nodes, random) => bridge(shuffle(random, nodes)),
  "one-way": (nodes, random) => {
    const [few, many] = bisect(shuffle(random, nodes));
    return { grudge: oneWay(few, many), detail: `one-way: ${list(few)} > ${list(many)}` };
  },
};

/** The names that a grudge can be asked for by. */
export const grudgeNames: readonly string[] = Object.keys(drawn);

/**
 * The meaning of a `--grudge` over these nodes: undefined draws one of Jepsen's each time, a name always that kind,
 * "n0,n1|n2|rest" cuts these components from each other, "n0>rest" drops what n0 sends to the rest, and "n0-n1,n0-n2"
 * cuts these links.
 */
export function parseGrudge(spec: string | undefined, nodes: readonly string[]): ParsedGrudge {
  if (spec === undefined) return { ok: true, draw: (random) => drawUsual(nodes, random) };
  const draw = Object.hasOwn(drawn, spec) ? drawn[spec] : undefined;
  if (draw !== undefined) return { ok: true, draw: (random) => draw(nodes, random) };
  const links = cutLinks(spec, nodes);
  if (links !== undefined) return { ok: true, draw: () => ({ grudge: links, detail: spec }) };
  const mark = spec.includes(">") ? ">" : "|";
  const named = components(spec.split(mark), nodes);
  if (!named.ok) return named;
  const [from, to, third] = named.components;
  if (from === undefined || to === undefined) {
    return wrong("it is no such name, and has no second side");
  }
  if (mark === ">" && third !== undefined) return wrong("a one-way grudge has two sides");
  const grudge = mark === ">" ? oneWay(from, to) : completeGrudge(named.components);
  const detail = named.components.map(list).join(` ${mark} `);
  const cut: Cut = mark === ">" ? { grudge, detail } : { grudge, detail, sides: named.components };
  return { ok: true, draw: () => cut };
}

/** The same cut, but for what the second side sends to the first. Only a cut of two sides has such a half. */
export function oneWayOf({ detail, sides }: Cut): Cut | undefined {
  const [from, to, third] = sides ?? [];
  if (from === undefined || to === undefined || third !== undefined) return undefined;
  return { grudge: oneWay(from, to), detail: detail.replace(" | ", " > ") };
}

/** No node hears any node outside its component. */
export function completeGrudge(parts: readonly (readonly string[])[]): Grudge {
  const everyone = parts.flat();
  const grudge = new Map<string, ReadonlySet<string>>();
  for (const part of parts) {
    const within = new Set(part);
    const others = new Set(everyone.filter((node) => !within.has(node)));
    for (const node of part) grudge.set(node, others);
  }
  return grudge;
}

/** Those that can be reached from a node, itself included, over links that work both ways. */
export function component(grudge: Grudge, nodes: readonly string[], from: string): Set<string> {
  const reached = new Set([from]);
  let apart = nodes.filter((node) => node !== from);
  for (const here of reached) {
    const next = apart.filter((there) => linked(grudge, here, there));
    for (const there of next) reached.add(there);
    if (next.length > 0) apart = apart.filter((there) => !reached.has(there));
  }
  return reached;
}

/** Undefined where the text does not name links between nodes that there are. */
function cutLinks(text: string, nodes: readonly string[]): Grudge | undefined {
  const grudge = new Map<string, Set<string>>();
  for (const link of text.split(",").map((link) => link.trim())) {
    const [a, b] = linkIn(link, nodes) ?? [];
    if (a === undefined || b === undefined) return undefined;
    for (const [here, there] of [[a, b], [b, a]] as const) {
      grudge.set(here, (grudge.get(here) ?? new Set()).add(there));
    }
  }
  return grudge;
}

/** The two nodes that "n0-n1" names, in the order of `nodes`; undefined where it does not name two. */
export function linkIn(text: string, nodes: readonly string[]): readonly [string, string] | undefined {
  const from = nodes.find((id) => text.startsWith(`${id}-`) && nodes.includes(text.slice(id.length + 1)));
  const to = from === undefined ? undefined : text.slice(from.length + 1);
  if (from === undefined || to === undefined || from === to) return undefined;
  return nodes.indexOf(from) < nodes.indexOf(to) ? [from, to] : [to, from];
}

function linked(grudge: Grudge, a: string, b: string): boolean {
  return !grudge.get(a)?.has(b) && !grudge.get(b)?.has(a);
}

function drawUsual(nodes: readonly string[], random: Random): Cut {
  const draw = drawn[pick(random, usual) ?? "one"];
  return draw === undefined ? { grudge: new Map(), detail: "nothing" } : draw(nodes, random);
}

/** The smaller half first. */
function bisect(nodes: readonly string[]): [string[], string[]] {
  const half = Math.floor(nodes.length / 2);
  return [nodes.slice(0, half), nodes.slice(half)];
}

function split(name: string, few: readonly string[], many: readonly string[]): Cut {
  const sides = [few, many];
  return { grudge: completeGrudge(sides), detail: `${name}: ${list(few)} | ${list(many)}`, sides };
}

function oneWay(from: readonly string[], to: readonly string[]): Grudge {
  return new Map(to.map((receiver) => [receiver, new Set(from)]));
}

/** Two halves, and one node that both can hear. */
function bridge(nodes: readonly string[]): Cut {
  const [few, many] = bisect(nodes);
  const [middle, ...rest] = many;
  const detail = `bridge: ${list(few)} | ${list(rest)}, both hear ${middle ?? "nobody"}`;
  return { grudge: completeGrudge([few, rest]), detail };
}

/** Every node hears a majority, no two the same one: a window of the ring around each node. */
function perfectRing(nodes: readonly string[], random: Random): Grudge {
  const ring = shuffle(random, nodes);
  const most = majority(nodes.length);
  const grudge = new Map<string, ReadonlySet<string>>();
  for (let start = 0; start < ring.length; start++) {
    const window = Array.from({ length: most }, (_, i) => ring[(start + i) % ring.length]);
    const centre = window[Math.floor(most / 2)];
    if (centre !== undefined) grudge.set(centre, new Set(ring.filter((node) => !window.includes(node))));
  }
  return grudge;
}

/** Links the least linked nodes with each other until each hears a majority, then drops all other links. */
function stochasticRing(nodes: readonly string[], random: Random): Grudge {
  const links = new Map(nodes.map((node) => [node, new Set([node])]));
  const degree = (node: string): number => links.get(node)?.size ?? 0;
  for (;;) {
    const order = shuffle(random, nodes).sort((a, b) => degree(a) - degree(b));
    const a = order[0];
    if (a === undefined || degree(a) >= majority(nodes.length)) return invert(nodes, links);
    const b = order.find((node) => !links.get(a)?.has(node));
    if (b === undefined) return invert(nodes, links);
    links.get(a)?.add(b);
    links.get(b)?.add(a);
  }
}

function invert(nodes: readonly string[], links: ReadonlyMap<string, ReadonlySet<string>>): Grudge {
  return new Map(nodes.map((node) => [node, new Set(nodes.filter((other) => !links.get(node)?.has(other)))]));
}

/** The smallest whole number that is more than half. */
export function majority(count: number): number {
  return Math.floor(count / 2) + 1;
}

type Components =
  | { readonly ok: true; readonly components: readonly string[][] }
  | { readonly ok: false; readonly reason: string };

function components(parts: readonly string[], nodes: readonly string[]): Components {
  const named = parts.map((part) => part.split(",").map((id) => id.trim()));
  const ids = named.flat();
  const rest = nodes.filter((node) => !ids.includes(node));
  for (const id of ids) {
    if (id !== "rest" && !nodes.includes(id)) return wrong(`there is no node ${JSON.stringify(id)}`);
    if (ids.indexOf(id) !== ids.lastIndexOf(id)) return wrong(`${id} is named twice`);
  }
  if (ids.includes("rest") && rest.length === 0) return wrong("no node is left to be the rest");
  return { ok: true, components: named.map((part) => part.flatMap((id) => id === "rest" ? rest : [id])) };
}

function wrong(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

function list(nodes: readonly string[]): string {
  return nodes.length === 0 ? "nobody" : nodes.join(",");
}

function describeHearing(nodes: readonly string[], grudge: Grudge): string {
  const hears = (node: string): string => list(nodes.filter((other) => !grudge.get(node)?.has(other)));
  return nodes.map((node) => `${node} hears ${hears(node)}`).join("; ");
}
