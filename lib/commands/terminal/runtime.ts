/** Which runtimes this program runs under. */

/** The first release that has node:sqlite without a flag; package.json says the same. */
export const NODE_MIN = "22.13";

/** Why this runtime cannot run it, for people. Bun and Deno name a version of Node, too: the one that they are like. */
export function runtimeFault(versions: Readonly<Record<string, string | undefined>>): string | undefined {
  const { node = "", bun, deno } = versions;
  if (bun !== undefined || deno !== undefined) return undefined;
  const [[major = 0, minor = 0], [majorMin = 0, minorMin = 0]] = [partsOf(node), partsOf(NODE_MIN)];
  if (major > majorMin || (major === majorMin && minor >= minorMin)) return undefined;
  return `hearsay needs Node.js ${NODE_MIN} or later, Bun or Deno: this is Node.js ${node}`;
}

function partsOf(version: string): number[] {
  return version.split(".").map(Number);
}
