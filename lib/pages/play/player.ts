/** Plays a session: runs it as fast as it is asked to, frame by frame, and does to it what people do. */
import { cutLinksOf, grudgeText, linkOf } from "../../workbench/session/cut_links.ts";
import { Session } from "../../workbench/session/session.ts";
import type { Story } from "../../workbench/session/story.ts";
import type { Deed } from "../../workbench/script/script.ts";
import type { Link } from "./layout.ts";

/** Session time per real time. */
export const speeds = [0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10] as const;
const USUAL_SPEED = 4;
/** A frame spends at most so much of its time on the session, ms: what does not fit in makes it slower. */
const FRAME_MS_MAX = 6;
/** The same while it catches up with a moment. */
const CATCHING_UP_MS_MAX = 30;
/** Fewer frames that come short are no matter. */
const BEHIND_FRAMES = 30;
/** After a longer pause between frames, as of a hidden tab, a session goes on from where it was, ms. */
const GAP_MS_MAX = 100;
/** How far a step goes at most where nothing happens, ms. */
const STEP_MS_MAX = 1_000;

export class Player {
  session: Session;
  /** As it was opened, with what was done since. */
  story: Story;
  speed = USUAL_SPEED;
  running = false;
  /** It stops there once. */
  stopAt = Infinity;
  /** It goes there as fast as it can. */
  #goal = 0;
  /** For so many frames it has run behind what is asked for. */
  #behindFrames = 0;
  /** Grows with each session. */
  generation = 0;
  /** What went wrong, in a sentence. */
  failure: string | undefined;
  readonly #onChange: () => void;

  /** `onChange` is called when something was done that a frame does not show by itself. */
  constructor(story: Story, onChange: () => void) {
    this.#onChange = onChange;
    this.story = story;
    this.session = new Session(story);
  }

  /** Begins the story from its beginning. */
  open(story: Story, running: boolean): void {
    this.story = story;
    this.failure = undefined;
    this.#goal = 0;
    this.stopAt = story.untilMs > 0 ? story.untilMs : Infinity;
    this.#try(() => this.session = new Session(story));
    this.generation++;
    this.running = running;
    this.#onChange();
  }

  /** The same again, with all that was done. */
  replay(): void {
    const { script } = this.session;
    const untilMs = Math.max(this.story.untilMs, Math.ceil(this.session.now));
    this.open({ ...this.story, script, untilMs }, this.running);
  }

  toggle(): void {
    this.running = !this.running && !this.isCatchingUp && !this.session.isOver;
    this.#goal = 0;
    this.#onChange();
  }

  /** Until something happens. */
  step(): void {
    this.running = false;
    this.#try(() => this.session.runToNext(this.session.now + STEP_MS_MAX));
    this.#onChange();
  }

  /** To the end of the story as it was opened. */
  skip(): void {
    this.#goal = this.stopAt === Infinity ? this.session.now : this.stopAt;
    this.#onChange();
  }

  /** The machine is too slow for the speed that is asked for. */
  get isBehind(): boolean {
    return this.#behindFrames > BEHIND_FRAMES;
  }

  get isCatchingUp(): boolean {
    return this.session.now < this.#goal;
  }

  /** What is left of the story that was opened. */
  get isAhead(): boolean {
    return this.stopAt !== Infinity && this.session.now < this.stopAt;
  }

  /** The story as it would be told now: what was done up to now, or all of it while it is told again. */
  get told(): Story {
    const { session, story } = this;
    if (!session.ahead) return session.story;
    return { ...story, script: session.script, untilMs: Math.max(story.untilMs, Math.ceil(session.now)) };
  }

  /** Goes on to the next whole ms, which links tell of. */
  settle(): void {
    this.#try(() => this.session.runTo(Math.ceil(this.session.now)));
    this.#onChange();
  }

  act(deed: Deed): void {
    if (this.session.isOver) return;
    this.#try(() => {
      if (this.session.ahead) this.#branch();
      this.session.act(deed);
    });
    this.stopAt = Infinity;
    this.#onChange();
  }

  /** Cuts these links, too, or mends them. */
  cut(links: readonly Link[], isCut: boolean): void {
    const { nodes, picture } = this.session;
    const cut = cutLinksOf(picture.grudge, nodes);
    for (const [a, b] of links) {
      if (isCut) cut.add(linkOf(a, b));
      else cut.delete(linkOf(a, b));
    }
    const grudge = grudgeText(cut, nodes);
    if (grudge !== undefined) this.act({ kind: "cut", grudge });
    else if (picture.grudge.size > 0) this.act({ kind: "heal" });
  }

  isCut(a: number, b: number): boolean {
    const { nodes, picture: { grudge } } = this.session;
    const [one, other] = [nodes[a] ?? "", nodes[b] ?? ""];
    return grudge.get(one)?.has(other) === true || grudge.get(other)?.has(one) === true;
  }

  /** What is set at this moment: extra ms by node or link, the share of messages that is lost, operations per second. */
  get set(): { readonly slowMs: ReadonlyMap<string, number>; readonly loss: number; readonly rate: number } {
    const slowMs = new Map<string, number>();
    let [loss, { rate }] = [0, this.story];
    for (const action of this.session.script) {
      if (action.at > this.session.now) break;
      if (action.kind === "slow") slowMs.set("link" in action ? action.link : action.node, action.ms);
      else if (action.kind === "loss") loss = action.share;
      else if (action.kind === "rate") rate = action.rate;
    }
    return { slowMs, loss, rate };
  }

  /** One frame; `elapsedMs` since the one before. Returns whether anything may have changed. */
  frame(elapsedMs: number): boolean {
    const { session } = this;
    const before = session.picture.revision;
    const beganAt = performance.now();
    const within = (ms: number) => () => performance.now() - beganAt < ms;
    if (this.isCatchingUp) {
      this.#try(() => session.runTo(this.#goal, within(CATCHING_UP_MS_MAX)));
      if (!this.isCatchingUp) this.#pauseAtEnd();
      return true;
    }
    if (!this.running) return before !== session.picture.revision;
    const asked = session.now + Math.min(elapsedMs, GAP_MS_MAX) * (speeds[this.speed] ?? 1);
    const until = Math.min(asked, session.now < this.stopAt ? this.stopAt : Infinity);
    this.#try(() => session.runTo(until, within(FRAME_MS_MAX)));
    this.#behindFrames = session.now < until && !session.isOver ? this.#behindFrames + 1 : 0;
    if (session.isOver || session.now === this.stopAt) this.#pauseAtEnd();
    return true;
  }

  #pauseAtEnd(): void {
    this.running = false;
    this.stopAt = Infinity;
    this.#onChange();
  }

  /** Goes another way from here: what was still to come does not. */
  #branch(): void {
    const { now, story } = this.session;
    this.session = new Session(story);
    this.session.runTo(now);
    this.generation++;
  }

  #try(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.failure = `The session has come to an end: ${
        error instanceof Error ? error.message : String(error)
      }.`;
      this.running = false;
      this.#goal = 0;
      this.#onChange();
    }
  }
}
