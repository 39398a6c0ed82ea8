/** How Maelstrom tells clients from nodes: by the first letter of the id. */

export function isClient(id: string): boolean {
  return id.startsWith("c");
}
