/** Where the members stand in the drawing: the root in the middle, all others around it. */

export interface Placed {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  /** The direction in which its label stands: cosine and sine. */
  readonly out: readonly [x: number, y: number];
}

export interface Stand {
  readonly id: string;
  /** Null at the root; absent where no way is known. */
  readonly relay?: string | null;
}

/** How far from the middle those stand that pass on to others, as a share. */
const INNER = 0.56;
/** Of so many relays each has its branch about it. */
const BRANCHES_MIN = 6;

/**
 * Those at the rim keep their places whoever is the root, so that the eye finds them again: of a member that becomes
 * the root, or ceases to be, only that one moves. Where there are many relays, those at the rim stand about theirs.
 * `rx`, `ry`: how far the rim is from the middle.
 */
export function layoutOf(members: readonly Stand[], rx: number, ry: number): Placed[] {
  const branches = new Map<string, string[]>();
  const rootId = members.find(({ relay }) => relay === null)?.id;
  for (const { id, relay } of members) {
    if (relay === undefined || relay === null || relay === rootId) continue;
    const branch = branches.get(relay);
    if (branch === undefined) branches.set(relay, [id]);
    else branch.push(id);
  }
  const turns = branches.size < BRANCHES_MIN ? turnsByRank(members) : turnsByBranch(members, branches);
  return members.map(({ id, relay }) => {
    if (relay === null) return { id, x: 0, y: 0, out: [0, 1] };
    const angle = ((turns.get(id) ?? 0) - 0.25) * 2 * Math.PI;
    const out = [Math.cos(angle), Math.sin(angle)] as const;
    const share = branches.has(id) ? INNER : 1;
    return { id, x: share * rx * out[0], y: share * ry * out[1], out };
  });
}

/** The first in rank is the root while all is well; where it is not, it stands at the top, between the second and the last. */
function turnsByRank(members: readonly Stand[]): ReadonlyMap<string, number> {
  return new Map(members.map(({ id }, i) => [id, i === 0 ? 0 : (i - 0.5) / (members.length - 1)]));
}

/** Each relay in the middle of those that it passes on to. */
function turnsByBranch(
  members: readonly Stand[],
  branches: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, number> {
  const below = new Set([...branches.values()].flat());
  const others = members.filter(({ id }) => !branches.has(id) && !below.has(id)).map(({ id }) => id);
  const rim = [...[...branches].flatMap(([, ids]) => ids), ...others];
  const turns = new Map(rim.map((id, i) => [id, (i + 0.5) / rim.length]));
  for (const [relay, ids] of branches) {
    const [first = 0, last = 0] = [turns.get(ids[0] ?? ""), turns.get(ids.at(-1) ?? "")];
    turns.set(relay, (first + last) / 2);
  }
  return turns;
}
