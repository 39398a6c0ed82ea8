/** JSON of others that is nested too deep to be worked with. */

/** What nodes print may be nested so deep, as Jackson takes it, on which Maelstrom stands. Far deeper exhausts the stack. */
export const NESTING_MAX = 1_000;

/** Whether it is nested deeper than so many levels. */
export function isTooDeep(value: unknown, levels = NESTING_MAX): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  const parts: readonly unknown[] = Array.isArray(value) ? value : Object.values(value);
  return parts.some((part) => isTooDeep(part, levels - 1));
}
