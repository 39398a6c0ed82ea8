/** The controls beside the stage: time, what can be done, how the session is set up, and how it is shared. */
/// <reference lib="dom" />
import { protocols } from "../../workbench/reference/protocols.ts";
import { printLink } from "../../workbench/session/link.ts";
import { commandOf, LATENCY_MS_MAX, NODES_MAX, SEED_MAX, type Story } from "../../workbench/session/story.ts";
import { latencyDists, nodeIds, protocolNames, topologyNames } from "../../workbench/settings.ts";
import { parseScript } from "../../workbench/script/parse_script.ts";
import { printScript } from "../../workbench/script/script.ts";
import { seconds } from "../../workbench/session/summary.ts";
import { judge, verdictOf } from "./judge.ts";
import { element, fill, input, say, select, textarea } from "./page.ts";
import { type Player, speeds } from "./player.ts";

const losses = [0, 0.05, 0.1, 0.3, 0.6] as const;
/** Operations per second. */
const rates = [0, 1, 2, 5, 10, 25, 50, 100, 200] as const;

export class Controls {
  readonly #player: Player;
  #words = 0;

  constructor(player: Player) {
    this.#player = player;
    this.#wireTime();
    this.#wireDeeds();
    this.#wireSetup();
    this.#wireSharing();
  }

  /** What is shown of the state that does not change by itself. */
  show(): void {
    const { running, speed, story, session, isAhead, isCatchingUp } = this.#player;
    say(element("run"), running || isCatchingUp ? "Pause" : "Run");
    element("run").toggleAttribute("disabled", session.isOver);
    element("skip").hidden = !isAhead || isCatchingUp;
    input("speed").value = String(speed);
    say(element("speed-said"), speedText(speed));
    input("speed").setAttribute("aria-valuetext", `${speedText(speed)} of real time`);
    this.#showSetup(story);
    this.#showStory();
    this.follow();
  }

  /** What a script may change, too. */
  follow(): void {
    const { session: { picture }, set } = this.#player;
    element("heal").toggleAttribute("disabled", picture.grudge.size === 0);
    choose(select("loss"), set.loss, lossText);
    choose(select("load"), set.rate, rateText);
  }

  /** What changes as time goes by. */
  tick(): void {
    const { session, isCatchingUp, isBehind } = this.#player;
    const suffix = session.isOver
      ? " (the end)"
      : isCatchingUp
      ? " …"
      : isBehind
      ? " (as fast as it goes)"
      : "";
    say(element("clock"), `${(session.now / 1000).toFixed(3)} s${suffix}`);
  }

  changeSpeed(by: number): void {
    this.#player.speed = Math.max(0, Math.min(speeds.length - 1, this.#player.speed + by));
    this.show();
  }

  /** A value is told by the next word, or by that in the field. */
  tell(node: string): void {
    const field = input("tell-value");
    const value = field.value.trim() || this.#nextWord();
    this.#player.act({ kind: "broadcast", node, value });
    field.value = "";
    field.placeholder = this.#nextWord();
  }

  #wireTime(): void {
    element("run").addEventListener("click", () => this.#player.toggle());
    element("step").addEventListener("click", () => this.#player.step());
    element("replay").addEventListener("click", () => this.#player.replay());
    element("skip").addEventListener("click", () => this.#player.skip());
    input("speed").max = String(speeds.length - 1);
    input("speed").addEventListener("input", () => {
      this.#player.speed = Number(input("speed").value);
      this.show();
    });
  }

  #wireDeeds(): void {
    input("tell-value").placeholder = this.#nextWord();
    element("tell").addEventListener("submit", (event) => {
      event.preventDefault();
      this.tell(select("tell-node").value);
    });
    element("heal").addEventListener("click", () => this.#player.act({ kind: "heal" }));
    element("mend").addEventListener("click", () => this.#mend());
    const knife = element("knife");
    knife.addEventListener("click", () => {
      const isOn = element("stage").classList.toggle("cutting");
      knife.setAttribute("aria-pressed", String(isOn));
    });
    fill(select("loss"), losses.map((share) => [String(share), lossText(share)]));
    fill(select("load"), rates.map((rate) => [String(rate), rateText(rate)]));
    select("load").addEventListener("change", () => {
      this.#player.act({ kind: "rate", rate: Number(select("load").value) });
    });
    select("loss").addEventListener("change", () => {
      this.#player.act({ kind: "loss", share: Number(select("loss").value) });
    });
  }

  #mend(): void {
    const { session: { nodes, picture }, set } = this.#player;
    if (picture.grudge.size > 0) this.#player.act({ kind: "heal" });
    nodes.forEach((node, i) => {
      if (picture.states[i] === "down") this.#player.act({ kind: "start", node });
      if (picture.states[i] === "paused") this.#player.act({ kind: "resume", node });
    });
    for (const [where, ms] of set.slowMs) {
      if (ms > 0) {
        this.#player.act({ kind: "slow", ...where.includes("-") ? { link: where } : { node: where }, ms: 0 });
      }
    }
    if (set.loss > 0) this.#player.act({ kind: "loss", share: 0 });
  }

  #wireSetup(): void {
    fill(select("protocol"), protocolNames.map((name) => [name, name]));
    fill(select("latency-dist"), latencyDists.map((name) => [name, name]));
    fill(select("topology"), topologyNames.map((name) => [name, name]));
    input("node-count").max = String(NODES_MAX);
    input("latency").max = String(LATENCY_MS_MAX);
    input("seed").max = String(SEED_MAX);
    element("setup").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#begin();
    });
    for (const id of ["protocol", "latency-dist", "topology"]) {
      element(id).addEventListener("change", () => this.#begin());
    }
    element("clear").addEventListener("click", () => {
      this.#player.open({ ...this.#player.story, script: [], untilMs: 0 }, this.#player.running);
    });
  }

  /** Begins again: what was done is done again, as far as its nodes are there still. */
  #begin(): void {
    const form = element("setup");
    if (form instanceof HTMLFormElement && !form.reportValidity()) return;
    const { session, story, running } = this.#player;
    const nodeCount = Number(input("node-count").value);
    const parsed = parseScript(printScript(session.script), nodeIds(nodeCount));
    this.#player.open({
      ...story,
      nodeCount,
      protocol: protocolNames.find((name) => name === select("protocol").value) ?? story.protocol,
      topology: topologyNames.find((name) => name === select("topology").value) ?? story.topology,
      latencyDist: latencyDists.find((name) => name === select("latency-dist").value) ?? story.latencyDist,
      latencyMs: Number(input("latency").value),
      seed: Number(input("seed").value),
      script: parsed.ok ? parsed.script : [],
      untilMs: session.script.length === 0 ? 0 : Math.max(story.untilMs, Math.ceil(session.now)),
    }, running);
  }

  #showSetup(story: Story): void {
    const { nodes } = this.#player.session;
    if (select("tell-node").length !== nodes.length) {
      fill(select("tell-node"), nodes.map((node) => [node, node]));
    }
    select("protocol").value = story.protocol;
    select("latency-dist").value = story.latencyDist;
    select("topology").value = story.topology;
    say(element("about"), protocols[story.protocol].about);
    const numbers = {
      "node-count": story.nodeCount,
      "latency": story.latencyMs,
      "seed": story.seed,
    };
    for (const [id, number] of Object.entries(numbers)) {
      if (document.activeElement !== element(id)) input(id).value = String(number);
    }
  }

  #wireSharing(): void {
    element("copy-link").addEventListener("click", () => {
      // The link tells of whole ms.
      this.#player.settle();
      this.#showStory();
      copy(input("link"), element("copy-link"));
    });
    element("copy-command").addEventListener(
      "click",
      () => copy(textarea("command"), element("copy-command")),
    );
    element("verdict").addEventListener("click", () => void this.#judge());
  }

  #showStory(): void {
    const story = this.#player.told;
    const link = printLink(story);
    input("link").value = `${location.href.split("#")[0]}#${link}`;
    textarea("command").value = commandOf(story) ??
      "Tell a value, or set a load: then the command stands here.";
    if (!this.#player.running && location.hash.slice(1) !== link) history.replaceState(null, "", `#${link}`);
  }

  /** The same examination as the command's. */
  async #judge(): Promise<void> {
    const [said, button] = [element("verdict-said"), element("verdict")];
    button.toggleAttribute("disabled", true);
    said.className = "";
    try {
      const results = await judge(this.#player.told, (ms) => say(said, `Judging: ${seconds(ms)} …`));
      say(said, verdictOf(results));
      said.className = results.valid ? "good" : "bad";
    } catch (error) {
      say(said, `It cannot be judged: ${error instanceof Error ? error.message : String(error)}.`);
      said.className = "bad";
    }
    button.toggleAttribute("disabled", false);
  }

  /** A, B, … Z, A1, … that was not told yet. */
  #nextWord(): string {
    const told = new Set(
      this.#player.session.script.flatMap((each) => each.kind === "broadcast" ? [each.value] : []),
    );
    for (this.#words = 0;; this.#words++) {
      const round = Math.floor(this.#words / 26);
      const word = String.fromCharCode(65 + this.#words % 26) + (round === 0 ? "" : round);
      if (!told.has(word)) return word;
    }
  }
}

function lossText(share: number): string {
  return share === 0 ? "none" : `${share * 100} %`;
}

function rateText(rate: number): string {
  return rate === 0 ? "none" : `${rate} a second`;
}

/** Shows this choice, also one that is not usual, unless somebody is choosing. */
function choose(list: HTMLSelectElement, value: number, textOf: (value: number) => string): void {
  if (document.activeElement === list || list.value === String(value)) return;
  const isKnown = [...list.options].some((option) => option.value === String(value));
  if (!isKnown) list.append(new Option(textOf(value), String(value)));
  list.value = String(value);
}

function speedText(index: number): string {
  const speed = speeds[index] ?? 1;
  return speed < 1 ? `1/${Math.round(1 / speed)}` : `${speed}×`;
}

function copy(from: HTMLInputElement | HTMLTextAreaElement, button: HTMLElement): void {
  from.select();
  const said = button.textContent;
  const done = (ok: boolean) => {
    say(button, ok ? "Copied" : "Press Ctrl-C");
    setTimeout(() => say(button, said ?? ""), 1_500);
  };
  if (navigator.clipboard === undefined) return done(false);
  navigator.clipboard.writeText(from.value).then(() => done(true), () => done(false));
}
