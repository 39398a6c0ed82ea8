/** Elements of SVG. */
/// <reference lib="dom" />

const SVG = "http://www.w3.org/2000/svg";

export function svg<K extends keyof SVGElementTagNameMap>(tag: K, name = ""): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  if (name !== "") element.setAttribute("class", name);
  return element;
}

/** Sets attributes where they are others; numbers to a tenth. */
export function put(element: SVGElement, attributes: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(attributes)) {
    const text = typeof value === "number" ? String(Math.round(value * 10) / 10) : value;
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }
}
