/** The page in which the simulator runs. */
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { parseLink, printLink } from "../../workbench/session/link.ts";
import { emptyStory } from "../../workbench/session/story.ts";
import { coloursOf } from "./drawing/colours.ts";
import { Controls } from "./controls.ts";
import { Diagram } from "./diagram.ts";
import { Figures } from "./figures.ts";
import type { Link } from "./layout.ts";
import type { Choice, Target } from "./overlay.ts";
import { element, say } from "./page.ts";
import { Player } from "./player.ts";
import { stories } from "./stories.ts";
import { View } from "./view.ts";

/** What can be read changes no more often, ms. */
const FIGURES_EVERY_MS = 150;
/** Operations per second. */
const USUAL_RATE = 2;
/** By how much a node is made slow, ms. */
const SLOW_MS = 300;

const opened = parseLink(location.hash);
const still = matchMedia("(prefers-reduced-motion: reduce)");
/** Where no story is asked for, something is going on all the same. */
const isAsked = location.hash.length > 1;
const player = new Player(
  opened.ok && isAsked ? opened.story : { ...emptyStory, rate: USUAL_RATE },
  () => onChange(),
);
const controls = new Controls(player);
const view = new View(player, choicesOf, still);
const diagram = new Diagram(player);
const figures = new Figures((key) => {
  view.marked = diagram.marked = key;
  onChange();
});
let colours = coloursOf(document.body);
let isChanged = true;

function onChange(): void {
  isChanged = true;
}

function choicesOf(target: Target): readonly Choice[] {
  return "node" in target ? nodeChoices(target.node) : linkChoices(target.link);
}

function nodeChoices(index: number): readonly Choice[] {
  const { session: { nodes, picture }, set } = player;
  const [node = "", state] = [nodes[index], picture.states[index]];
  const others = nodes.flatMap((_, other): Link[] => other === index ? [] : [[index, other]]);
  const isCutOff = others.every(([a, b]) => player.isCut(a, b));
  const isSlow = (set.slowMs.get(node) ?? 0) > 0;
  return [
    ...state === "up" ? [{ label: "Tell a value", key: "t", run: () => controls.tell(node) }] : [],
    ...state === "down" ? [] : [
      state === "paused"
        ? { label: "Resume", key: "p", run: () => player.act({ kind: "resume", node }) }
        : { label: "Pause", key: "p", run: () => player.act({ kind: "pause", node }) },
    ],
    state === "down"
      ? { label: "Start", key: "k", run: () => player.act({ kind: "start", node }) }
      : { label: "Kill", key: "k", run: () => player.act({ kind: "kill", node }) },
    isSlow
      ? { label: "As fast as others", key: "s", run: () => player.act({ kind: "slow", node, ms: 0 }) }
      : {
        label: `Slow, by ${SLOW_MS} ms`,
        key: "s",
        run: () => player.act({ kind: "slow", node, ms: SLOW_MS }),
      },
    ...others.length === 0 ? [] : [{
      label: isCutOff ? "Mend its links" : "Cut off",
      key: "c",
      run: () => player.cut(others, !isCutOff),
    }],
  ];
}

function linkChoices([a, b]: Link): readonly Choice[] {
  const { session: { nodes } } = player;
  const [isCut, link] = [
    player.isCut(a, b),
    [a, b].toSorted((x, y) => x - y).map((node) => nodes[node]).join("-"),
  ];
  const isSlow = (player.set.slowMs.get(link) ?? 0) > 0;
  return [
    { label: isCut ? "Mend" : "Cut", key: "c", run: () => player.cut([[a, b]], !isCut) },
    {
      label: isSlow ? "As fast as others" : `Slow, by ${SLOW_MS} ms`,
      key: "s",
      run: () => player.act({ kind: "slow", link, ms: isSlow ? 0 : SLOW_MS }),
    },
  ];
}

function onKey(event: KeyboardEvent): void {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isField = target instanceof HTMLInputElement || target instanceof HTMLSelectElement ||
    target instanceof HTMLTextAreaElement;
  const isPressed = target instanceof HTMLElement && target.closest("#nodes, #links") === null &&
    (target instanceof HTMLButtonElement || target.closest("summary, a") !== null);
  if (isField || (isPressed && (key === " " || key === "Enter"))) return;
  const run = keys[key.toLowerCase()];
  if (run === undefined) return;
  event.preventDefault();
  run();
}

const keys: Readonly<Record<string, () => void>> = {
  " ": () => player.toggle(),
  ".": () => player.step(),
  "r": () => player.replay(),
  "h": () => player.session.picture.grudge.size > 0 && player.act({ kind: "heal" }),
  "+": () => controls.changeSpeed(1),
  "=": () => controls.changeSpeed(1),
  "arrowright": () => controls.changeSpeed(1),
  "-": () => controls.changeSpeed(-1),
  "arrowleft": () => controls.changeSpeed(-1),
};

/** What is wrong with a link, or went wrong since. */
function complain(mistakes: readonly string[]): void {
  const place = element("mistakes");
  place.hidden = mistakes.length === 0;
  place.textContent = mistakes.join(" ");
}

function onHash(): void {
  const parsed = parseLink(location.hash);
  complain(parsed.ok ? [] : parsed.mistakes);
  if (parsed.ok) player.open(parsed.story, !still.matches);
}

let [lastAt, figuresAt] = [0, -Infinity];

function frame(now: number): void {
  const isMoved = player.frame(now - lastAt);
  lastAt = now;
  if (isChanged) {
    controls.show();
    if (player.failure !== undefined) complain([player.failure]);
  }
  if (isMoved || isChanged || view.dirty) view.draw(colours, now);
  if (isMoved || isChanged || diagram.dirty) diagram.draw(colours);
  if (isChanged || (isMoved && now - figuresAt > FIGURES_EVERY_MS)) {
    figuresAt = now;
    controls.follow();
    figures.show(player.session);
    figures.speak(player.session, now);
  }
  controls.tick();
  isChanged = false;
  requestAnimationFrame(frame);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  colours = coloursOf(document.body);
  onChange();
});
addEventListener("keydown", onKey);
addEventListener("hashchange", onHash);
element("stories").append(...stories.map(({ name, note, story }) => {
  const link = document.createElement("a");
  link.href = `#${printLink(story)}`;
  link.textContent = name;
  link.addEventListener("click", (event) => {
    event.preventDefault();
    history.pushState(null, "", link.href);
    onHash();
    say(element("note"), note);
  });
  return link;
}));
complain(opened.ok ? [] : opened.mistakes);
player.open(player.story, !isAsked && !still.matches);
requestAnimationFrame(frame);
