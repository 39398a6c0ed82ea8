/** Cuts as sets of links, which people make one by one, and as the text that a script has for them. */
import type { Grudge } from "../faults/grudge.ts";

/** The same for both directions; nodes by their index. */
export function linkOf(a: number, b: number): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

/** The links of which at least one direction is cut. */
export function cutLinksOf(grudge: Grudge, nodes: readonly string[]): Set<string> {
  const links = new Set<string>();
  nodes.forEach((node, a) => {
    nodes.forEach((other, b) => {
      if (a !== b && grudge.get(node)?.has(other)) links.add(linkOf(a, b));
    });
  });
  return links;
}

/**
 * "n0,n1|rest" where the cut links are those between parts, else "n0-n1,n0-n2"; undefined where no link is cut. Both ways of
 * each link are cut.
 */
export function grudgeText(links: ReadonlySet<string>, nodes: readonly string[]): string | undefined {
  if (links.size === 0) return undefined;
  const parts = partsOf(links, nodes.length);
  if (parts.length > 1 && parts.every((part) => isWhole(part, links))) return partsText(parts, nodes);
  const name = (index: string) => nodes[Number(index)] ?? "";
  const pairs = [...links].map((link) => link.split(" "));
  return pairs.map(([a = "", b = ""]) => `${name(a)}-${name(b)}`).join(",");
}

/** The largest part is the rest. */
function partsText(parts: readonly (readonly number[])[], nodes: readonly string[]): string {
  const [, ...small] = parts.toSorted((a, b) => b.length - a.length);
  return [...small.map((part) => part.map((index) => nodes[index]).join(",")), "rest"].join("|");
}

/** Nodes that reach each other over links that are not cut. */
function partsOf(links: ReadonlySet<string>, count: number): number[][] {
  const apart = new Set(Array.from({ length: count }, (_, i) => i));
  const parts: number[][] = [];
  for (const first of apart) {
    const part = [first];
    apart.delete(first);
    for (const here of part) {
      for (const there of apart) {
        if (links.has(linkOf(here, there))) continue;
        apart.delete(there);
        part.push(there);
      }
    }
    parts.push(part.toSorted((a, b) => a - b));
  }
  return parts;
}

/** Whether no link within the part is cut. */
function isWhole(part: readonly number[], links: ReadonlySet<string>): boolean {
  return part.every((a, i) => part.slice(i + 1).every((b) => !links.has(linkOf(a, b))));
}
