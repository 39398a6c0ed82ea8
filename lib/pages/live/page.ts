/** The elements of this page, and how they are filled. */
/// <reference lib="dom" />
import { element, made, say } from "../play/page.ts";

export { element, input, made, say } from "../play/page.ts";

/** Sets a class where it is another, so that nothing is drawn anew. */
export function look(element: Element, name: string): void {
  if (element.getAttribute("class") !== name) element.setAttribute("class", name);
}

/** The first body of a table. */
export function bodyOf(id: string): HTMLTableSectionElement {
  const table = element(id);
  const body = table instanceof HTMLTableElement ? table.tBodies[0] : undefined;
  if (body === undefined) throw new Error(`The page has no table "${id}".`);
  return body;
}

/** As many children as `count`: they are kept, so that what is looked at or read out stays where it is. */
export function kept<T extends Element>(parent: Element, count: number, make: () => T): Element[] {
  while (parent.children.length > count) parent.lastElementChild?.remove();
  while (parent.children.length < count) parent.append(make());
  return [...parent.children];
}

/** What it is called, and how much of it there is. */
export function figure(name: string): { readonly box: HTMLElement; readonly value: HTMLElement } {
  const [box, value] = [made("div"), made("dd")];
  box.append(made("dt", name), value);
  return { box, value };
}

export function sayIn(id: string, text: string): void {
  say(element(id), text);
}
