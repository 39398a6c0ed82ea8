/** Where the members stand in the drawing: the root in the middle, all others around it in the order of their ids. */

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

/**
 * Those at the rim keep their places whoever is the root, so that the eye finds them again: of a member that becomes
 * the root, or ceases to be, only that one moves. The first in rank is the root while all is well; where it is not, it
 * stands at the top, between the second and the last. `rx`, `ry`: how far the rim is from the middle.
 */
export function layoutOf(members: readonly Stand[], rx: number, ry: number): Placed[] {
  const relays = new Set(members.map(({ relay }) => relay));
  return members.map(({ id, relay }, i) => {
    if (relay === null) return { id, x: 0, y: 0, out: [0, 1] };
    const turn = i === 0 ? 0 : (i - 0.5) / (members.length - 1);
    const angle = (turn - 0.25) * 2 * Math.PI;
    const out = [Math.cos(angle), Math.sin(angle)] as const;
    const share = relay !== undefined && relays.has(id) ? INNER : 1;
    return { id, x: share * rx * out[0], y: share * ry * out[1], out };
  });
}
