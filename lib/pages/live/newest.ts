/** The newest values, which people may hold still. */
/// <reference lib="dom" />
import type { Newest } from "../../service/live/snapshot.ts";
import { element, kept, made, say } from "./page.ts";
import { time } from "./state/words.ts";

export class NewestList {
  readonly #list = element("newest");
  readonly #button = element("pause");
  #values: readonly Newest[] = [];
  #isHeld = false;

  constructor() {
    this.#button.addEventListener("click", () => this.#hold(!this.#isHeld));
  }

  show(values: readonly Newest[]): void {
    this.#values = values;
    if (!this.#isHeld) this.#draw();
  }

  #hold(on: boolean): void {
    this.#isHeld = on;
    this.#button.setAttribute("aria-pressed", String(on));
    if (!on) this.#draw();
  }

  #draw(): void {
    const none = this.#values.length === 0;
    const items = kept(this.#list, none ? 1 : this.#values.length, () => {
      const item = document.createElement("li");
      item.append(made("span"), made("b"), made("span"), made("span"));
      return item;
    });
    for (const [i, item] of items.entries()) {
      const texts = none ? ["", "", "Nothing has come yet."] : textsOf(this.#values[i]);
      for (const [part, child] of [...item.children].entries()) {
        if (child instanceof HTMLElement) say(child, texts[part] ?? "");
      }
    }
  }
}

/** A newest value: the node that was told it, its topic and key, what it is, and how long ago it came. */
function textsOf(newest: Newest | undefined): readonly string[] {
  if (newest === undefined) return [];
  const { topic, key, deleted, text, cut, origin, age_ms } = newest;
  return [
    origin.replace(/\.[^.]*$/, ""),
    [topic, key].filter((name) => name !== undefined && name !== "").join(" / "),
    deleted ? "deleted" : `${text}${cut ? "…" : ""}`,
    age_ms < 1_000 ? "now" : time(age_ms),
  ];
}
