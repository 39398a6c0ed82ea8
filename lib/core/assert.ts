/** Assertions: where one fails, this program is wrong, whatever it was told, and it stops before it does harm. */

export class AssertionFailed extends Error {
  override readonly name = "AssertionFailed";
}

/** Throws AssertionFailed with `message` unless the condition holds. Messages are constant: to build one costs more than most checks. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionFailed(message);
}
