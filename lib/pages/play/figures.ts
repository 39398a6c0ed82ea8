/** Shows how the session stands: figures, the last values, a summary, and what was done. */
/// <reference lib="dom" />
import { type Action, printAction } from "../../workbench/script/script.ts";
import type { ToldValue } from "../../workbench/session/ledger.ts";
import type { Key } from "../../workbench/verdict/values.ts";
import type { Session } from "../../workbench/session/session.ts";
import { duration, perOperation, summaryOf } from "../../workbench/session/summary.ts";
import { element, made, say } from "./page.ts";
import { MARKS } from "./drawing/stage.ts";

/** So many actions before now are listed, and as many after it. */
const LISTED_MAX = 100;
/** A screen reader hears of it no more often, ms. */
const LIVE_EVERY_MS = 5_000;

export class Figures {
  readonly #figures = new Map<string, HTMLElement>();
  readonly #values = element("values");
  #saidAt = -Infinity;
  #storyShown = "";
  readonly #onMark: (key: Key | undefined) => void;
  /** The values that are listed, the last one first. */
  #latest: readonly ToldValue[] = [];
  #pressed: Key | undefined;

  /** `onMark` is told of the value that is looked at: one that is pointed at, or was pressed. */
  constructor(onMark: (key: Key | undefined) => void) {
    this.#onMark = onMark;
    const names = ["messages", "per operation", "lost", "last value took", "median", "longest"];
    for (const name of [...names, "values told", "not everywhere", "operations"]) {
      const [box, dd] = [made("div"), made("dd")];
      box.append(made("dt", name), dd);
      this.#figures.set(name, dd);
      element("figures").append(box);
    }
  }

  show(session: Session): void {
    const { ledger } = session.picture;
    const { lateness, missing, operations, messages, lost, values } = ledger;
    this.#say("messages", messages.toLocaleString("en"));
    this.#say("per operation", operations === 0 ? "–" : perOperation(messages, operations));
    this.#say("lost", lost.toLocaleString("en"));
    this.#say("last value took", lateness ? duration(lateness.last) : "–");
    this.#say("median", lateness ? duration(lateness.median) : "–");
    this.#say("longest", lateness ? duration(lateness.max) : "–");
    this.#say("values told", values.length.toLocaleString("en"));
    this.#say("not everywhere", missing.toLocaleString("en"));
    this.#say("operations", operations.toLocaleString("en"));
    this.#figures.get("not everywhere")?.parentElement?.classList.toggle("some", missing > 0);
    say(element("summary"), summaryOf(session));
    this.#showValues(session);
    this.#showStory(session);
  }

  /** Says it aloud, where it is time for that. */
  speak(session: Session, now: number): void {
    if (now - this.#saidAt < LIVE_EVERY_MS) return;
    this.#saidAt = now;
    say(element("live"), summaryOf(session));
  }

  #say(name: string, text: string): void {
    const dd = this.#figures.get(name);
    if (dd !== undefined) say(dd, text);
  }

  #showValues(session: Session): void {
    const { values } = session.picture.ledger;
    const latest = this.#latest = values.slice(-MARKS).toReversed();
    if (latest.length === 0) {
      if (this.#values.firstElementChild?.className !== "none") {
        const none = made("li", "None was told yet.");
        none.className = "none";
        this.#values.replaceChildren(none);
      }
      return;
    }
    if (this.#values.firstElementChild?.className === "none") this.#values.replaceChildren();
    while (this.#values.children.length > latest.length) this.#values.lastElementChild?.remove();
    latest.forEach((told, i) => {
      const item = this.#values.children[i]?.firstElementChild ?? this.#addValue();
      fillValue(item, told, values.length - 1 - i, session);
      item.setAttribute("aria-pressed", String(told.key === this.#pressed));
    });
  }

  #addValue(): Element {
    const button = valueButton();
    const toldHere = () =>
      this.#latest[[...this.#values.children].indexOf(button.parentElement ?? button)]?.key;
    button.addEventListener("pointerenter", () => this.#onMark(toldHere()));
    button.addEventListener("pointerleave", () => this.#onMark(this.#pressed));
    button.addEventListener("click", () => {
      this.#pressed = this.#pressed === toldHere() ? undefined : toldHere();
      this.#onMark(this.#pressed);
    });
    const item = made("li");
    item.append(button);
    this.#values.append(item);
    return button;
  }

  #showStory(session: Session): void {
    const { script, now } = session;
    const done = script.filter(({ at }) => at <= now).length;
    const shown = `${script.length} ${done} ${script[0]?.at}`;
    if (shown === this.#storyShown) return;
    this.#storyShown = shown;
    const list = element("story");
    if (script.length === 0) {
      const none = made("li", "Nothing was done yet.");
      none.className = "none";
      return list.replaceChildren(none);
    }
    const near = script.slice(Math.max(0, done - LISTED_MAX), done + LISTED_MAX);
    list.replaceChildren(...near.map((action) => storyItem(action, now)));
    const last = list.children[Math.min(done, LISTED_MAX) - 1];
    if (last instanceof HTMLElement) list.scrollTop = last.offsetTop + last.offsetHeight - list.clientHeight;
  }
}

function storyItem(action: Action, now: number): HTMLElement {
  const item = made("li");
  const [, ...words] = printAction(action).split(" ");
  item.append(
    made("span", `${(action.at / 1000).toFixed(2)} s`),
    words.join(" ").replace(/^broadcast/, "tell"),
  );
  item.className = action.at > now ? "ahead" : "";
  return item;
}

const SVG = "http://www.w3.org/2000/svg";

function valueButton(): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.title = "Shows the messages that bring it";
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "-9 -9 18 18");
  svg.setAttribute("width", "18");
  svg.setAttribute("aria-hidden", "true");
  const whole = document.createElementNS(SVG, "circle");
  whole.setAttribute("r", "6.5");
  whole.setAttribute("fill", "none");
  whole.setAttribute("stroke", "var(--faint)");
  whole.setAttribute("stroke-width", "3");
  const part = whole.cloneNode();
  if (part instanceof SVGElement) {
    part.setAttribute("stroke", "var(--held)");
    part.setAttribute("pathLength", String(MARKS));
    part.setAttribute("stroke-dasharray", `0.8 ${MARKS - 0.8}`);
  }
  svg.append(whole, part);
  button.append(svg, made("b"), made("span"), made("span"));
  return button;
}

function fillValue(item: Element, told: ToldValue, index: number, { nodes, now }: Session): void {
  const [svg, name, at, state] = [...item.children];
  const slot = index % MARKS;
  svg?.lastElementChild?.setAttribute("transform", `rotate(${360 * (slot + 0.1) / MARKS - 90})`);
  const value = typeof told.value === "string" ? told.value : JSON.stringify(told.value);
  const isLate = told.holders < nodes.length;
  if (name instanceof HTMLElement) say(name, value);
  if (at instanceof HTMLElement) say(at, `at ${nodes[told.node]}`);
  if (!(state instanceof HTMLElement)) return;
  const late = told.everywhereAt === undefined ? undefined : told.everywhereAt - told.at;
  const count = `${told.holders} of ${nodes.length}`;
  say(
    state,
    isLate || late === undefined ? `${count}, ${duration(now - told.at)}` : `after ${duration(late)}`,
  );
  state.className = isLate ? "late" : "";
}
