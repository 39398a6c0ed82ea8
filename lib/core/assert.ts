/** Assertions: where one fails, this program is wrong, whatever it was told, and it stops before it does harm. */

export class AssertionFailed extends Error {
  override readonly name = "AssertionFailed";
}

/** Throws AssertionFailed with `message` unless the condition holds. Messages are constant: to build one costs more than most checks. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailed(message);
}

/** The item at an index that is within the list. */
export function at<T>(list: ArrayLike<T>, index: number): T {
  const item = list[index];
  assert(item !== undefined, "an index is within its list");
  return item;
}

/** As at(), of integers. What is called for lists of many kinds is compiled for all of them, and several times as slow. */
export function intAt(list: Int32Array, index: number): number {
  const item = list[index];
  assert(item !== undefined, "an index is within its list");
  return item;
}
