/** Positions as nodes spell them: all nodes refuse what is none. */

const PART = /^[^:;\s]+:\d+(-\d+)?(,\d+(-\d+)?)*$/;

/** Whether a node would take it, but for `now`: `n1.k3:1-50;n2.x:7,9-12`, with numbers that ascend. */
export function isPosition(text: string): boolean {
  return text === "" || text.split(";").every((part) => PART.test(part) && isDecoded(part) && ascends(part));
}

function ascends(part: string): boolean {
  const spans = part.slice(part.indexOf(":") + 1).split(",");
  const bounds = spans.flatMap((span) => {
    const [from = NaN, to = from] = span.split("-").map(Number);
    return [from, to];
  });
  return bounds.every((bound, i) => Number.isSafeInteger(bound) && bound >= (bounds[i - 1] ?? 1));
}

function isDecoded(part: string): boolean {
  try {
    return decodeURIComponent(part) !== "";
  } catch {
    return false;
  }
}
