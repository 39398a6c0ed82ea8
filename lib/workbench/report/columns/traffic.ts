/** Sums over the messages of a run: by type over time, from node to node, and how much each node had to do. */
import type { Messages } from "./messages.ts";

export interface Flow {
  readonly count: number;
  readonly bytes: number;
}

export interface NodeTraffic {
  readonly node: number;
  readonly sent: Flow;
  readonly received: Flow;
}

/** By type, for each of so many equal stretches from the beginning of the load until `endMs`: messages sent in it. */
export function overTime(messages: Messages, types: number, endMs: number, stretches: number): number[][] {
  const counts = Array.from({ length: types }, () => new Array<number>(stretches).fill(0));
  for (let i = 0; i < messages.count; i++) {
    const place = Math.floor(stretches * (messages.sentAt[i] ?? 0) / endMs);
    const ofType = counts[messages.type[i] ?? 0];
    if (ofType !== undefined && place >= 0 && place < stretches) ofType[place] = (ofType[place] ?? 0) + 1;
  }
  return counts;
}

/** Messages sent from each node to each other: [source * nodes + target]. */
export function matrixOf(messages: Messages, nodes: number) {
  const counts = new Uint32Array(nodes * nodes);
  const bytes = new Float64Array(nodes * nodes);
  for (let i = 0; i < messages.count; i++) {
    const place = (messages.src[i] ?? 0) * nodes + (messages.dest[i] ?? 0);
    counts[place] = (counts[place] ?? 0) + 1;
    bytes[place] = (bytes[place] ?? 0) + (messages.bytes[i] ?? 0);
  }
  return { counts, bytes };
}

/** The busiest node first. What did not arrive was not received. */
export function byNode(messages: Messages, nodes: number): readonly NodeTraffic[] {
  const all = Array.from({ length: nodes }, (_, node) => ({
    node,
    sent: { count: 0, bytes: 0 },
    received: { count: 0, bytes: 0 },
  }));
  for (let i = 0; i < messages.count; i++) {
    const bytes = messages.bytes[i] ?? 0;
    add(all[messages.src[i] ?? 0]?.sent, bytes);
    if (messages.drop[i] === 0) add(all[messages.dest[i] ?? 0]?.received, bytes);
  }
  const weight = ({ sent, received }: NodeTraffic) => sent.count + received.count;
  return all.toSorted((a, b) => weight(b) - weight(a) || a.node - b.node);
}

export interface TypeTraffic extends Flow {
  readonly type: number;
  readonly dropped: number;
  /** Values brought, each as often as it was. */
  readonly brought: number;
}

export function byType(messages: Messages, types: number): readonly TypeTraffic[] {
  const all = Array.from(
    { length: types },
    (_, type) => ({ type, count: 0, bytes: 0, dropped: 0, brought: 0 }),
  );
  for (let i = 0; i < messages.count; i++) {
    const ofType = all[messages.type[i] ?? 0];
    add(ofType, messages.bytes[i] ?? 0);
    if (ofType === undefined) continue;
    ofType.brought += messages.brought[i] ?? 0;
    if (messages.drop[i] !== 0) ofType.dropped++;
  }
  return all;
}

function add(flow: { count: number; bytes: number } | undefined, bytes: number): void {
  if (flow === undefined) return;
  flow.count++;
  flow.bytes += bytes;
}
