/** What `status` opens with: how many nodes are up, whether each reaches the others, and whether they agree. */
import type { PeerStatus, Status } from "../../client/answers.ts";

/** Of more nodes the others are counted. */
export const NAMES_SHOWN_MAX = 8;

export interface Summary {
  readonly text: string;
  /** Nothing is to be seen to. */
  readonly isGood: boolean;
}

/** "5 of 5 up, all agree on 12,345 values." `answers` are those of nodes, out of so many that were asked. */
export function summaryOf(answers: readonly Status[], asked: number): Summary {
  if (answers.length === 0) {
    return {
      text: asked === 1 ? "The node does not answer." : `None of ${asked} nodes answers.`,
      isGood: false,
    };
  }
  const clusters = new Set(answers.map(({ cluster, cluster_id = "" }) => `${cluster} ${cluster_id}`)).size;
  if (clusters > 1 && answers.every(isMember)) {
    const text = `${answers.length} nodes answer, of ${clusters} clusters that were founded apart.`;
    return { text, isGood: false };
  }
  const parts = [up(answers), reach(answers), agreement(answers.filter(isMember)), ...refusals(answers)];
  const said = parts.filter((part) => part !== undefined);
  return { text: `${said.map(({ text }) => text).join(", ")}.`, isGood: said.every(({ isGood }) => isGood) };
}

/** A node that waits for a seed belongs to no cluster yet. */
function isMember({ waits_for_a_seed: waits }: Status): boolean {
  return waits === undefined;
}

function up(answers: readonly Status[]): Summary {
  const members = answers.filter(isMember);
  const ids = idsIn(members);
  const lost = ids.filter((id) => !isUp(id, members));
  const [only] = members;
  const view = only !== undefined && members.length === 1 && ids.length > 1 ? ` as ${only.id} sees it` : "";
  const down = lost.length === 0 ? "" : ` (not ${listed(lost)})`;
  return { text: `${ids.length - lost.length} of ${ids.length} up${view}${down}`, isGood: lost.length === 0 };
}

/** Whether there are parts that do not reach each other; or, where ways lead round, how many links are not there. */
function reach(answers: readonly Status[]): Summary | undefined {
  const members = answers.filter(isMember);
  const parts = partsOf(members);
  if (parts.length > 1) {
    return { text: `cut into ${parts.length} parts (${parts.map(listed).join(" | ")})`, isGood: false };
  }
  const pairs = members.flatMap((one, i) => members.slice(i + 1).map((other) => isLinked(one, other)));
  const broken = pairs.filter((linked) => linked === false).length;
  return broken === 0 ? undefined : { text: `${broken} of ${pairs.length} links cut`, isGood: false };
}

/** Nodes of an earlier version do not say what they hold. */
function agreement(members: readonly Status[]): Summary | undefined {
  const [first] = members;
  if (first === undefined) return undefined;
  const counts = members.map(({ values }) => values);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  const range = least === most ? amount(most) : `${least.toLocaleString("en")} to ${amount(most)}`;
  const ids = idsIn(members);
  if (members.length === 1) {
    return { text: `${ids.length === 1 ? first.id : "which"} holds ${range}`, isGood: true };
  }
  const digests = new Set(members.map(({ digest }) => digest));
  const isAll = members.length === ids.filter((id) => isUp(id, members)).length;
  const who = isAll ? "all" : `the ${members.length} that answer`;
  if (digests.has(undefined)) return { text: `${who} hold ${range}`, isGood: true };
  if (digests.size === 1) return { text: `${who} agree on ${range}`, isGood: true };
  // Each keeps what its own rules say, and a block goes some seconds sooner at one than at another.
  const isKept = members.some(({ gone = 0 }) => gone > 0);
  return isKept
    ? { text: `${range} that differ, as some are gone, or on their way, or do not arrive`, isGood: true }
    : { text: `${range} that differ: some are on their way, or do not arrive`, isGood: false };
}

/** The nodes that take no values. */
function refusals(answers: readonly Status[]): Summary[] {
  const those = (is: (status: Status) => boolean) => answers.filter(is).map(({ id }) => id);
  const [full, failed] = [
    those(({ storage }) => storage === "full"),
    those(({ storage }) => storage === "failed"),
  ];
  const waiting = those((status) => !isMember(status));
  return [
    ...full.length === 0 ? [] : [`no room on the disk of ${listed(full)}`],
    ...failed.length === 0 ? [] : [`the disk of ${listed(failed)} fails`],
    ...waiting.length === 0 ? [] : [`${listed(waiting)} waiting to join`],
  ].map((text) => ({ text, isGood: false }));
}

function idsIn(members: readonly Status[]): string[] {
  return [...new Set(members.flatMap(({ id, peers }) => [id, ...peers.map((peer) => peer.id)]))].toSorted(
    (one, other) => one.localeCompare(other, "en", { numeric: true }),
  );
}

function isUp(id: string, members: readonly Status[]): boolean {
  return members.some((member) => member.id === id || seen(member, id) === true);
}

/** Whether one node reaches another; undefined where it does not say. */
function seen({ peers }: Status, id: string): boolean | undefined {
  const peer = peers.find((peer) => peer.id === id);
  return peer && isReached(peer);
}

function isReached({ connected, link }: PeerStatus): boolean {
  return connected && link?.hears !== false;
}

/** A link that works one way counts as lost. */
function isLinked(one: Status, other: Status): boolean | undefined {
  const [there, back] = [seen(one, other.id), seen(other, one.id)];
  return there === undefined && back === undefined ? undefined : there !== false && back !== false;
}

/** Those that are up, by which of them reach each other, over others, too. */
function partsOf(members: readonly Status[]): string[][] {
  const parts: string[][] = [];
  const ids = new Set(idsIn(members).filter((id) => isUp(id, members)));
  for (const id of ids) {
    ids.delete(id);
    // A set that grows is gone through to its end; who is found is not looked for again, as a node may name many.
    const part = new Set([id]);
    for (const near of part) {
      for (const other of ids) {
        if (areNear(near, other, members) && ids.delete(other)) part.add(other);
      }
    }
    parts.push([...part].toSorted((one, other) => one.localeCompare(other, "en", { numeric: true })));
  }
  return parts;
}

/** Where both answer, both have to reach the other. */
function areNear(id: string, otherId: string, members: readonly Status[]): boolean {
  const [one, other] = [id, otherId].map((id) => members.find((member) => member.id === id));
  if (one !== undefined && other !== undefined) return isLinked(one, other) !== false;
  if (one !== undefined) return seen(one, otherId) === true;
  return other !== undefined && seen(other, id) === true;
}

export function listed(ids: readonly string[]): string {
  const more = ids.length - NAMES_SHOWN_MAX;
  const shown = ids.slice(0, NAMES_SHOWN_MAX).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function amount(values: number): string {
  return values === 1 ? "1 value" : `${values.toLocaleString("en")} values`;
}
