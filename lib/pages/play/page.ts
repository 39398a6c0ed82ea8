/** The elements of the page, by their ids and kinds. */
/// <reference lib="dom" />

export function element(id: string): HTMLElement {
  return found(id, HTMLElement);
}

export function canvas(id: string): HTMLCanvasElement {
  return found(id, HTMLCanvasElement);
}

export function input(id: string): HTMLInputElement {
  return found(id, HTMLInputElement);
}

export function select(id: string): HTMLSelectElement {
  return found(id, HTMLSelectElement);
}

export function textarea(id: string): HTMLTextAreaElement {
  return found(id, HTMLTextAreaElement);
}

function found<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`The page has no ${kind.name} "${id}".`);
}

/** Text is only touched where it is another, so that nothing is laid out or read out anew. */
export function say(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** An element of this kind with this text. */
export function made(tag: "li" | "span" | "b" | "dt" | "dd" | "div" | "option", text = ""): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

/** These options, each with what people read. */
export function fill(list: HTMLSelectElement, options: readonly (readonly [string, string])[]): void {
  list.replaceChildren(...options.map(([value, text]) => new Option(text, value)));
}
