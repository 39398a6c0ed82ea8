/** Makes the columns of a run. */
import { weigh } from "../../world/loads.ts";
import type { Passage } from "../../world/network.ts";
import { type Key, keyOf } from "../../verdict/values.ts";
import { cutInWords, endOf } from "../html/faults.ts";
import { NAME_CHARS_MAX, valueText } from "../html/markup.ts";
import { shortened, visible } from "../text.ts";
import type { Run } from "../run.ts";
import { sidesOf } from "../scene.ts";
import type { Fates } from "../values/fates.ts";
import { explained } from "../why/explained.ts";
import { type Brought, broughtBy } from "./brought.ts";
import {
  type Columns,
  type CutColumn,
  deltas,
  drops,
  type MessageColumns,
  type OutageColumn,
  TICKS_PER_MS,
  TYPES_MAX,
  type ValueColumns,
} from "./columns.ts";

export function columnsOf(run: Run, fates: Fates): Columns {
  const { recording, about } = run;
  const nodes = new Map(about.nodes.map((node, i) => [node, i]));
  const places = new Map(fates.values.map(({ value }, i) => [keyOf(value), i]));
  const hadAt = fates.values.map(({ course }) => course.hadAt);
  const messages = recording.passages
    .filter(({ envelope: { src, dest } }) => nodes.has(src) && nodes.has(dest))
    .toSorted((a, b) => a.sentAt - b.sentAt);
  const brought = broughtBy(messages, { nodes, places, hadAt });
  const types = typesOf(messages);
  const typeOf = (message: Passage) => types.get(message.envelope.body.type) ?? types.size - 1;
  const guessed = new Set(messages.filter((_, i) => brought[i]?.inferred).map(typeOf));
  return {
    nodes: about.nodes.map(nameOf),
    types: [...types.keys()].map(nameOf),
    inferred: [...types.values()].map((type) => guessed.has(type)),
    messages: messageColumns(messages, brought, nodes, typeOf),
    overlooked: recording.overlooked,
    values: valueColumns(fates, nodes, whyOf(run, places)),
    cuts: cutsOf(run),
    outages: outagesOf(run, nodes),
    lateMs: fates.lateMs,
    end: ticks(Math.max(endOf(recording), messages.at(-1)?.sentAt ?? 0)),
  };
}

function ticks(ms: number): number {
  return Math.round(ms * TICKS_PER_MS);
}

function nameOf(name: string): string {
  return visible(shortened(name, NAME_CHARS_MAX));
}

/** The most frequent first; those beyond TYPES_MAX are the last one's. */
function typesOf(messages: readonly Passage[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { envelope: { body: { type } } } of messages) counts.set(type, (counts.get(type) ?? 0) + 1);
  const names = [...counts].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([name]) => name);
  const shown = names.length > TYPES_MAX ? [...names.slice(0, TYPES_MAX - 1), "other"] : names;
  return new Map(shown.map((name, i) => [name, i]));
}

function messageColumns(
  messages: readonly Passage[],
  brought: readonly Brought[],
  nodes: ReadonlyMap<string, number>,
  typeOf: (message: Passage) => number,
): MessageColumns {
  return {
    sent: deltas(messages.map(({ sentAt }) => ticks(sentAt))),
    took: messages.map(({ sentAt, endedAt }) => ticks(endedAt) - ticks(sentAt)),
    src: messages.map(({ envelope: { src } }) => nodes.get(src) ?? 0),
    dest: messages.map(({ envelope: { dest } }) => nodes.get(dest) ?? 0),
    type: messages.map(typeOf),
    drop: messages.map(({ dropped }) => dropped === undefined ? 0 : drops.indexOf(dropped)),
    bytes: messages.map(({ envelope }) => weigh(envelope)),
    brought: brought.map(({ count }) => count),
    listed: brought.map(({ listed }) => listed.length),
    listing: deltas(brought.flatMap(({ listed }) => listed)),
  };
}

/** By the place of the value. */
function whyOf(run: Run, places: ReadonlyMap<Key, number>): ValueColumns["why"] {
  const said = explained(run).flatMap(({ value, sentences }) => {
    const place = places.get(keyOf(value));
    return place === undefined ? [] : [[place, sentences.map(visible)] as const];
  });
  return Object.fromEntries(said);
}

function valueColumns(
  { values }: Fates,
  nodes: ReadonlyMap<string, number>,
  why: ValueColumns["why"],
): ValueColumns {
  const told = values.map(({ broadcast }) => ticks(broadcast?.from ?? 0));
  const orNull = (ms: number | undefined) => ms === undefined ? null : Math.round(ms * 10) / 10;
  return {
    text: values.map(({ value }) => valueText(value)),
    fate: values.map(({ fate }) => fate),
    node: values.map(({ broadcast }) => broadcast === undefined ? -1 : nodes.get(broadcast.node) ?? -1),
    told: deltas(told),
    stableMs: values.map(({ stableMs }) => orNull(stableMs)),
    trueMs: values.map(({ trueMs }) => orNull(trueMs)),
    had: values.flatMap(({ course }, i) =>
      course.hadAt.map((at) => Number.isNaN(at) ? -1 : Math.max(0, ticks(at) - (told[i] ?? 0)))
    ),
    lost: values.flatMap(({ course }, i) =>
      course.lost.map(({ node, at, hasAgain }) => [i, node, ticks(at), hasAgain ? 1 : 0] as const)
    ),
    why,
  };
}

function cutsOf({ about: { nodes }, recording }: Run): readonly CutColumn[] {
  return recording.cuts.map(({ from, to, grudge }) => {
    const sides = sidesOf(nodes, grudge);
    const side = nodes.map((node) => sides.findIndex((each) => each.has(node)));
    return { ...spanOf(from, to), side, said: visible(cutInWords(nodes, grudge)) };
  });
}

function outagesOf({ recording }: Run, nodes: ReadonlyMap<string, number>): readonly OutageColumn[] {
  const endMs = endOf(recording);
  return recording.outages.filter(({ from }) => from < endMs).flatMap(({ node, state, from, to }) => {
    const place = nodes.get(node);
    return place === undefined ? [] : [{ ...spanOf(from, to), node: place, state }];
  });
}

function spanOf(from: number, to: number) {
  return { from: ticks(from), to: Number.isFinite(to) ? ticks(to) : null };
}
