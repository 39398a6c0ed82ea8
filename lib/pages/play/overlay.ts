/** What can be pressed on the stage: a button for each node and each link in use, and the menu that it opens. */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { Link, Point } from "./layout.ts";
import { element } from "./page.ts";

export interface Choice {
  readonly label: string;
  readonly key: string;
  readonly run: () => void;
}

export type Target = { readonly node: number } | { readonly link: Link };

interface Pressed {
  /** What can be done there now. */
  readonly choicesOf: (target: Target) => readonly Choice[];
  readonly nameOf: (target: Target) => string;
  /** What there is to know beside that; empty for nothing. */
  readonly detailOf: (target: Target) => string;
  /** Whether it can be seen that it has the focus or the pointer. */
  readonly onFocus: (target: Target | undefined) => void;
}

export class Overlay {
  readonly #nodes = element("nodes");
  readonly #links = element("links");
  readonly #menu = element("menu");
  readonly #pressed: Pressed;
  /** Of the links that have a button now. */
  #linksShown = "";
  /** What each button stands for. */
  readonly #targets = new Map<HTMLButtonElement, Target>();
  #openFor: HTMLElement | undefined;

  constructor(pressed: Pressed) {
    this.#pressed = pressed;
    this.#menu.addEventListener("toggle", (event) => {
      if (event instanceof ToggleEvent && event.newState === "closed") this.#onClosed();
    });
    this.#menu.addEventListener("keydown", (event) => this.#onMenuKey(event));
  }

  /** A button at each place. */
  placeNodes(points: readonly Point[], radius: number): void {
    while (this.#nodes.children.length > points.length) this.#remove(this.#nodes.lastElementChild);
    points.forEach((point, node) => {
      const known = this.#nodes.children[node];
      const button = known instanceof HTMLButtonElement ? known : this.#button(this.#nodes, { node });
      button.style.left = `${point.x}px`;
      button.style.top = `${point.y}px`;
      button.style.width = button.style.height = `${Math.max(36, 2 * radius + 4)}px`;
    });
    this.#linksShown = "";
  }

  placeLinks(links: readonly Link[], points: readonly Point[]): void {
    const shown = links.join(";");
    if (shown === this.#linksShown) return;
    this.#linksShown = shown;
    const focused = document.activeElement instanceof HTMLElement
      ? document.activeElement.dataset["link"]
      : "";
    for (const button of [...this.#links.children]) this.#remove(button);
    for (const link of links) {
      const [a, b] = [points[link[0]], points[link[1]]];
      if (a === undefined || b === undefined) continue;
      const button = this.#button(this.#links, { link });
      button.dataset["link"] = link.join(" ");
      button.style.left = `${(a.x + b.x) / 2}px`;
      button.style.top = `${(a.y + b.y) / 2}px`;
      if (button.dataset["link"] === focused) button.focus();
    }
  }

  /** What the buttons are called says how it is with nodes and links. */
  rename(): void {
    for (const [button, target] of this.#targets) {
      const name = this.#pressed.nameOf(target);
      if (button.getAttribute("aria-label") !== name) button.setAttribute("aria-label", name);
    }
  }

  /** The menu of a node or link at a place of the window. */
  open(target: Target, x: number, y: number, from?: HTMLElement): void {
    const head = document.createElement("p");
    head.textContent = this.#pressed.nameOf(target);
    const detail = document.createElement("small");
    detail.textContent = this.#pressed.detailOf(target);
    head.append(detail);
    this.#menu.replaceChildren(head, ...this.#pressed.choicesOf(target).map((choice) => this.#item(choice)));
    this.#openFor = from;
    this.#pressed.onFocus(target);
    this.#menu.showPopover();
    const { width, height } = this.#menu.getBoundingClientRect();
    this.#menu.style.left = `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`;
    this.#menu.style.top = `${Math.max(8, Math.min(y, innerHeight - height - 8))}px`;
    this.#itemAt(0)?.focus();
  }

  #button(parent: HTMLElement, target: Target): HTMLButtonElement {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-haspopup", "menu");
    button.setAttribute("aria-label", this.#pressed.nameOf(target));
    button.addEventListener("click", () => {
      const { left, bottom } = button.getBoundingClientRect();
      this.open(target, left, bottom + 6, button);
    });
    button.addEventListener("focus", () => this.#pressed.onFocus(target));
    button.addEventListener("pointerenter", () => this.#pressed.onFocus(target));
    button.addEventListener("pointerleave", () => this.#pressed.onFocus(undefined));
    button.addEventListener("blur", () => this.#pressed.onFocus(undefined));
    button.addEventListener("keydown", (event) => this.#onKey(event, target));
    parent.append(button);
    this.#targets.set(button, target);
    return button;
  }

  #remove(button: Element | null): void {
    if (button instanceof HTMLButtonElement) this.#targets.delete(button);
    button?.remove();
  }

  #onKey(event: KeyboardEvent, target: Target): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const choice = this.#pressed.choicesOf(target).find(({ key }) => key === event.key.toLowerCase());
    if (choice === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    choice.run();
  }

  #item({ label, key, run }: Choice): HTMLButtonElement {
    const item = document.createElement("button");
    item.type = "button";
    item.setAttribute("role", "menuitem");
    const kbd = document.createElement("kbd");
    kbd.textContent = key.toUpperCase();
    kbd.setAttribute("aria-hidden", "true");
    item.append(label, kbd);
    item.dataset["key"] = key;
    item.addEventListener("click", () => {
      this.#menu.hidePopover();
      run();
    });
    return item;
  }

  #itemAt(index: number): HTMLElement | undefined {
    const items = [...this.#menu.querySelectorAll("button")];
    return items.at(index % Math.max(1, items.length));
  }

  #onMenuKey(event: KeyboardEvent): void {
    const items = [...this.#menu.querySelectorAll("button")];
    const at = items.findIndex((item) => item === document.activeElement);
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const named = items.find((item) => item.dataset["key"] === event.key.toLowerCase());
    event.stopPropagation();
    if (step === 0 && named === undefined) return;
    event.preventDefault();
    if (step === 0) named?.click();
    else this.#itemAt(at + step)?.focus();
  }

  #onClosed(): void {
    this.#pressed.onFocus(undefined);
    this.#openFor?.focus();
    this.#openFor = undefined;
  }
}
