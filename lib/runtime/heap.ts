/** A binary heap ordered by a number; equal numbers come out in the order they went in. */

interface Slot<T> {
  readonly rank: number;
  readonly turn: number;
  readonly item: T;
}

export class Heap<T> {
  readonly #slots: Slot<T>[] = [];
  #turn = 0;

  get size(): number {
    return this.#slots.length;
  }

  /** The rank of the head, Infinity when empty. */
  get rank(): number {
    return this.#slots[0]?.rank ?? Infinity;
  }

  push(rank: number, item: T): void {
    const slots = this.#slots;
    const slot = { rank, turn: this.#turn++, item };
    let at = slots.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = slots[above];
      if (parent === undefined || before(parent, slot)) break;
      slots[at] = parent;
      at = above;
    }
    slots[at] = slot;
  }

  pop(): T | undefined {
    const head = this.#slots[0];
    const last = this.#slots.pop();
    if (head !== undefined && last !== undefined && head !== last) this.#sink(last);
    return head?.item;
  }

  clear(): void {
    this.#slots.length = 0;
  }

  #sink(slot: Slot<T>): void {
    const slots = this.#slots;
    let at = 0;
    for (;;) {
      const left = slots[2 * at + 1];
      const right = slots[2 * at + 2];
      if (left === undefined) break;
      const goesRight = right !== undefined && before(right, left);
      const child = goesRight ? right : left;
      if (before(slot, child)) break;
      slots[at] = child;
      at = 2 * at + (goesRight ? 2 : 1);
    }
    slots[at] = slot;
  }
}

function before<T>(a: Slot<T>, b: Slot<T>): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.turn < b.turn);
}
