/** A session: simulated nodes that run as far as they are asked to, and to which something can be done at any moment. */
import type { Examination } from "../examination.ts";
import type { Action, Deed } from "../script/script.ts";
import { toDecimals } from "../script/script.ts";
import { nodeIds } from "../settings.ts";
import { hostsOf, simulation } from "../world/sim.ts";
import type { VirtualScheduler } from "../world/scheduler.ts";
import type { Host } from "../world/world.ts";
import { Picture } from "./picture.ts";
import { settingsOf, type Story, UNTIL_MS_MAX } from "./story.ts";

/** Scripts give times to a thousandth of a ms. */
const PLACES = 3;
const INSTANT_MS = 10 ** -PLACES;
const NOW_PLACES = 6;
/** After so many timers it is asked whether to go on. */
const TIMERS_AT_ONCE = 50;

export class Session {
  readonly nodes: readonly string[];
  readonly picture: Picture;
  readonly #story: Story;
  readonly #script: Action[];
  readonly #scheduler: VirtualScheduler;
  readonly #examination: Examination;
  readonly #hosts = new Map<string, Host>();
  #ended = false;

  /** It stands at the moment at which the load begins. What the story does happens when its time has come. */
  constructor(story: Story) {
    this.#story = story;
    this.#script = [...story.script];
    this.nodes = nodeIds(story.nodeCount);
    this.picture = new Picture(this.nodes);
    const settings = { ...settingsOf(story), timeLimitS: UNTIL_MS_MAX / 1000 };
    const { scheduler, examination } = simulation(settings, { recorder: this.picture }, (...world) => {
      const hosts = hostsOf(settings.protocol)(...world);
      return (id, events) => {
        const host = hosts(id, events);
        this.#hosts.set(id, host);
        return host;
      };
    });
    this.#scheduler = scheduler;
    this.#examination = examination;
    examination.start(() => {
      this.#ended = true;
    });
    while (this.picture.beganAt === undefined && !this.#ended) scheduler.runNext();
  }

  /** ms since the load began. */
  get now(): number {
    // Rounded, as what a clock adds up is less exact: an action is not ahead of its own moment.
    return toDecimals(Math.max(0, this.#scheduler.now() - this.#beganAt), NOW_PLACES);
  }

  /** What has been done or is still to be done. */
  get script(): readonly Action[] {
    return this.#script;
  }

  /** What is still to be done. */
  get ahead(): boolean {
    return (this.#script.at(-1)?.at ?? -1) > this.now;
  }

  /** The story up to now: what is to be done later is not in it. */
  get story(): Story {
    const script = this.#script.filter(({ at }) => at <= this.now);
    return { ...this.#story, script, untilMs: Math.ceil(this.now) };
  }

  /** Whether its time is over; it can be run no further. */
  get isOver(): boolean {
    return this.now >= UNTIL_MS_MAX;
  }

  /** The node that a node passes on to first, by its own word. */
  relayOf(node: string): string | undefined {
    return this.#hosts.get(node)?.relay?.();
  }

  /** Runs to that time, or as far as `mayGoOn` lets it: it is asked now and then. */
  runTo(ms: number, mayGoOn: () => boolean = () => true): void {
    const until = this.#beganAt + Math.min(ms, UNTIL_MS_MAX);
    while (this.#scheduler.nextAt <= until) {
      for (let i = 0; i < TIMERS_AT_ONCE && this.#scheduler.nextAt <= until; i++) this.#scheduler.runNext();
      if (!mayGoOn()) return;
    }
    this.#scheduler.run(until);
  }

  /** Runs until something can be seen to have happened, but not beyond that time. */
  runToNext(ms: number): void {
    const until = this.#beganAt + Math.min(ms, UNTIL_MS_MAX);
    const { revision } = this.picture;
    while (this.picture.revision === revision && this.#scheduler.nextAt <= until) this.#scheduler.runNext();
    if (this.picture.revision === revision) this.#scheduler.run(until);
  }

  /**
   * Does this at the next thousandth of a ms at which nothing else happens. So it comes out the same where a script has it.
   * Nothing must be ahead.
   */
  act(deed: Deed): Action {
    let at = toDecimals(Math.ceil(this.now / INSTANT_MS) * INSTANT_MS + INSTANT_MS, PLACES);
    this.#runBefore(this.#beganAt + at);
    while (this.#scheduler.nextAt === this.#beganAt + at) {
      at = toDecimals(at + INSTANT_MS, PLACES);
      this.#runBefore(this.#beganAt + at);
    }
    const action: Action = { at, ...deed };
    this.#script.push(action);
    this.#scheduler.at(this.#beganAt + at, () => this.#examination.act(deed));
    this.#scheduler.run(this.#beganAt + at);
    return action;
  }

  #runBefore(moment: number): void {
    while (this.#scheduler.nextAt < moment) this.#scheduler.runNext();
  }

  get #beganAt(): number {
    return this.picture.beganAt ?? 0;
  }
}
