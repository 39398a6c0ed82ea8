/** The topologies that Maelstrom's broadcast workload offers: for each node, the neighbours it is advised to talk to. */
import type { TopologyName } from "../settings.ts";

/** node -> its neighbours */
export type Topology = Record<string, string[]>;

export function topology(name: TopologyName, nodes: readonly string[]): Topology {
  switch (name) {
    case "line":
      return arrange(nodes, (i) => [i - 1, i + 1]);
    case "grid":
      return grid(nodes);
    case "tree":
    case "tree2":
      return tree(nodes, 2);
    case "tree3":
      return tree(nodes, 3);
    case "tree4":
      return tree(nodes, 4);
    case "total":
      return arrange(nodes, (i) => nodes.map((_, j) => j).filter((j) => j !== i));
  }
}

/** Roughly square; the last row may be short. */
function grid(nodes: readonly string[]): Topology {
  const side = Math.ceil(Math.sqrt(nodes.length));
  return arrange(nodes, (i) => {
    const column = i % side;
    const beside = [...(column + 1 < side ? [i + 1] : []), ...(column > 0 ? [i - 1] : [])];
    return [i + side, i - side, ...beside];
  });
}

/** Each node's parent, then its children, filled tier by tier. */
function tree(nodes: readonly string[], branch: number): Topology {
  return arrange(nodes, (i) => {
    const children = Array.from({ length: branch }, (_, child) => i * branch + 1 + child);
    return i === 0 ? children : [Math.floor((i - 1) / branch), ...children];
  });
}

function arrange(nodes: readonly string[], neighbours: (i: number) => readonly number[]): Topology {
  const exists = (id: string | undefined): id is string => id !== undefined;
  return Object.fromEntries(nodes.map((id, i) => [id, neighbours(i).map((j) => nodes[j]).filter(exists)]));
}
