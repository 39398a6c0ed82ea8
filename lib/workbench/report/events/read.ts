/** Makes a run of the lines of a file of events; each line is checked, and what is wrong is said by its number. */
import { type EventNamed, type Happening, happens, readEvent, type RunEvent } from "./event.ts";
import type { Grudge } from "../../faults/grudge.ts";
import { isTooDeep, NESTING_MAX } from "../../nesting.ts";
import { Recorder } from "../recording.ts";
import type { About, Run } from "../run.ts";
import type { Element, Sighting } from "../../verdict/set_full.ts";
import { unjudged } from "./unjudged.ts";

/** No run that can be drawn has more; a guess. */
const EVENTS_MAX = 20_000_000;
/** So many names of events that are not known are told apart. */
const UNKNOWN_MAX = 8;
/** What a node may print stands in an event, with a few levels around it. */
export const EVENT_NESTING_MAX = 2 * NESTING_MAX;
/** So much is said of the name of an event that is not known. */
const NAME_CHARS_MAX = 40;

/** `warnings`: sentences about what the file lacks. */
export type Outcome =
  | { readonly ok: true; readonly run: Run; readonly version: string; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly reason: string };

export class EventsReader {
  readonly #eventsMax: number;
  readonly #recorder = new Recorder();
  /** By the operation's index; undefined once it is over. */
  readonly #invocations = new Map<number, EventNamed<"invoke"> | undefined>();
  /** By name, how many events this version does not know: of UNKNOWN_MAX names. */
  readonly #unknown = new Map<string, number>();
  #otherUnknown = 0;
  readonly #elements: Element[] = [];
  readonly #duplicated: Sighting[] = [];
  readonly #phantoms: Sighting[] = [];
  #lines = 0;
  #at = -Infinity;
  #first: EventNamed<"run"> | undefined;
  #last: EventNamed<"results"> | undefined;
  /** A line that is no JSON: the end of a file that was cut off, unless another follows. */
  #half = false;
  #fault: string | undefined;

  constructor(eventsMax = EVENTS_MAX) {
    this.#eventsMax = eventsMax;
  }

  /** Why the file cannot be read, for people; nothing that follows changes it. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Takes the next line, without its end. */
  take(line: string): void {
    if (this.#fault !== undefined) return;
    if (this.#half) return this.refuse("it is no JSON");
    this.#lines++;
    if (this.#lines > this.#eventsMax) return this.refuse(`there are more than ${this.#eventsMax} events`);
    const value = parsed(line);
    if (value === undefined) this.#half = true;
    else if (line.length > EVENT_NESTING_MAX && isTooDeep(value, EVENT_NESTING_MAX)) {
      this.refuse(`it is nested more than ${EVENT_NESTING_MAX} levels deep`);
    } else this.#read(value);
  }

  /** There is a line with nothing in it. */
  skip(): void {
    this.#lines++;
  }

  /** What is wrong with the line that is being read. */
  refuse(reason: string): void {
    this.#fault ??= `line ${Math.max(1, this.#lines)}: ${reason}`;
  }

  end(): Outcome {
    if (this.#first === undefined) this.refuse("it must be the event run");
    if (this.#fault !== undefined || this.#first === undefined) {
      return { ok: false, reason: this.#fault ?? "" };
    }
    const { about, version, settings } = this.#first;
    const last = this.#last ?? { overlooked: 0, results: unjudged(settings, NO_RESULTS) };
    const recording = this.#recorder.recording;
    const run = {
      about: this.#last === undefined ? asUnfinished(aboutOf(about)) : aboutOf(about),
      recording: {
        ...recording,
        overlooked: recording.overlooked + last.overlooked,
        elements: this.#elements,
        sightings: { duplicated: this.#duplicated, phantoms: this.#phantoms },
      },
      results: last.results,
    };
    return { ok: true, run, version, warnings: this.#warnings() };
  }

  #read(value: unknown): void {
    const read = readEvent(value);
    if (read.kind === "malformed") return this.refuse(read.reason);
    if (this.#last !== undefined) return this.refuse("results must be the last event");
    if (read.kind === "unknown") this.#leaveOut(read.name);
    else this.#place(read.event);
  }

  #leaveOut(name: string): void {
    const isTold = this.#unknown.has(name) || this.#unknown.size < UNKNOWN_MAX;
    if (isTold) this.#unknown.set(name, (this.#unknown.get(name) ?? 0) + 1);
    else this.#otherUnknown++;
  }

  #place(event: RunEvent): void {
    const isFirst = this.#first === undefined;
    if ((event.event === "run") !== isFirst) this.refuse("run must be the first event, and no other");
    else if (!happens(event)) this.#note(event);
    else if (event.at < this.#at) {
      this.refuse(`it happened at ${event.at}, before the event of the line above`);
    } else {
      this.#at = event.at;
      this.#keep(event);
    }
  }

  #note(event: Exclude<RunEvent, Happening>): void {
    if (event.event === "run") this.#first = event;
    else if (event.event === "results") this.#last = event;
    else if (event.event === "value") this.#elements.push(elementOf(event));
    else {
      const seen = event.event === "phantom" ? this.#phantoms : this.#duplicated;
      seen.push({ value: event.value, read: event.read });
    }
  }

  #keep(event: Happening): void {
    const { at } = event;
    switch (event.event) {
      case "invoke":
        return this.#invoke(event);
      case "complete":
        return this.#complete(event);
      case "message": {
        const { src, dest, body, sent: sentAt, dropped } = event;
        if (sentAt > at) return this.refuse(`the message was sent at ${sentAt}, after it was received`);
        const lost = dropped === undefined ? {} : { dropped };
        return this.#recorder.carried({ envelope: { src, dest, body }, sentAt, endedAt: at, ...lost });
      }
      case "told":
        return this.#recorder.tells(event.node, event.values, at);
      case "held":
        return this.#recorder.holds(event.node, event.values, at);
      case "lost":
        return this.#recorder.loses(event.node, event.values, at);
      case "cut":
        return this.#recorder.parted(grudgeOf(event.grudge), at);
      case "heal":
        return this.#recorder.parted(new Map(), at);
      case "trace":
        return this.#recorder.traced(event.node, event.said, at);
      default:
        return this.#recorder.became(event.node, event.event, at);
    }
  }

  #invoke(event: EventNamed<"invoke">): void {
    const { op: index, process, node, f, value, final, at: from } = event;
    if (this.#invocations.has(index)) return this.refuse(`operation ${index} was invoked before`);
    this.#invocations.set(index, event);
    this.#recorder.keep({ index, process, node, f, value, final, outcome: "invoke", from, to: Infinity });
  }

  #complete({ op: index, at: to, outcome, shown }: EventNamed<"complete">): void {
    const invoked = this.#invocations.get(index);
    if (invoked === undefined) return this.refuse(`operation ${index} was not invoked, or is over already`);
    const { process, node, f, value, final, at: from } = invoked;
    this.#invocations.set(index, undefined);
    const count = shown === undefined ? {} : { shown };
    this.#recorder.keep({ index, process, node, f, value, ...count, outcome, final, from, to });
  }

  #warnings(): string[] {
    const unknown = [...this.#unknown].map(([name, count]) =>
      `${count} events ${
        JSON.stringify(name.slice(0, NAME_CHARS_MAX))
      } are left out: this version does not know them.`
    );
    const others = this.#otherUnknown;
    return [
      ...unknown,
      ...others > 0 ? [`${others} events of other names are left out as well.`] : [],
      ...this.#half ? [`It breaks off in line ${this.#lines}.`] : [],
      ...this.#last === undefined ? [NO_RESULTS] : [],
    ];
  }
}

const NO_RESULTS = "The results are missing, and with them what came of the run.";

/** What was said of the run when it was written may stand on events that are missing. */
function asUnfinished(about: About): About {
  return { ...about, passed: false, verdict: NO_RESULTS, reasons: [NO_RESULTS, ...about.reasons] };
}

/** Undefined where the text is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function aboutOf({ command, limits, ...about }: EventNamed<"run">["about"]): About {
  return { ...about, command, limits: limits.map(({ value, ...limit }) => ({ ...limit, value })) };
}

function elementOf(read: EventNamed<"value">): Element {
  const { value, added, acked, known, lastPresent, lastAbsent } = read;
  return { value, added, acked, known, lastPresent, lastAbsent };
}

function grudgeOf(sides: EventNamed<"cut">["grudge"]): Grudge {
  return new Map(Object.entries(sides).map(([node, sources]) => [node, new Set(sources)]));
}
