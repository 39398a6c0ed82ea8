/** The reads and watches of one client, which end with it. */
import type { Digest } from "../../core/log/digest.ts";
import { seeded } from "../../core/random.ts";
import { aborted, onAbort } from "../abortable.ts";
import { checkNoOthers, checkTopics } from "../common/checks.ts";
import type { Position, WatchOptions as CommonWatchOptions } from "../common/options.ts";
import { allFailed, HearsayError } from "../errors.ts";
import { Nodes, type ReachOptions } from "../nodes.ts";
import { parsePosition } from "../position.ts";
import { entriesOf, type Entry, type Gap } from "./entries.ts";
import { Recent } from "./recent.ts";
import { type Ending, type Move, Stream, type StreamOptions } from "./stream.ts";

/** What is watched, from where on, and what is told on the way. */
export interface WatchOptions extends CommonWatchOptions {
  /** Another node goes on: the one before failed, or is cut off with few members while this one reaches more. */
  readonly onNode?: ((move: Move) => void) | undefined;
}

/** A read, or a watch, while it goes on. */
interface Reading {
  readonly nodes: Nodes;
  readonly signal: AbortSignal | undefined;
  readonly options: Omit<StreamOptions, "take">;
}

export class Reader {
  readonly #options: ReachOptions;
  readonly #streams = new Set<Stream>();
  #end: HearsayError | undefined;

  constructor(options: ReachOptions) {
    this.#options = options;
  }

  /** Ends all, and begins none any more. */
  stop(why: HearsayError): void {
    this.#end ??= why;
    for (const stream of this.#streams) stream.stop();
  }

  async *follow(options: WatchOptions, isWatch: boolean): AsyncGenerator<Entry | Gap, void, undefined> {
    const reading = this.#begin(options, isWatch);
    if (options.from === "now") await this.#passOver(reading);
    yield* this.#entries(reading);
  }

  #begin(
    { topics, latest, from = "", signal, onOutage, onNode, ...others }: WatchOptions,
    isWatch: boolean,
  ): Reading {
    if (topics !== undefined) checkTopics(topics);
    checkNoOthers(others);
    const nodes = new Nodes(this.#options, () => {});
    const [seed = 0] = crypto.getRandomValues(new Uint32Array(1));
    return {
      nodes,
      signal,
      options: {
        ...{ nodes, random: seeded(seed), recent: new Recent(), follow: isWatch },
        position: positionAt(from === "now" ? "" : from),
        wanted: { topics, ...latest && { latest } },
        ...onOutage && { onOutage },
        ...onNode && { onNode },
      },
    };
  }

  /** The position moves on over all that is there. */
  async #passOver(reading: Reading): Promise<void> {
    const take = () => Promise.resolve(true);
    const { stream, release } = this.#open(reading, { ...reading.options, follow: false, take });
    const ending = await stream.run();
    release();
    this.#check(ending, reading);
  }

  /** While an entry is not taken, nothing more is read. */
  async *#entries(reading: Reading): AsyncGenerator<Entry | Gap, void, undefined> {
    const { options } = reading;
    let offered = Promise.withResolvers<readonly (Entry | Gap)[] | undefined>();
    let taken = Promise.withResolvers<boolean>();
    const { stream, release } = this.#open(reading, {
      ...options,
      take(batch) {
        taken = Promise.withResolvers();
        offered.resolve(entriesOf(batch, options.position));
        return taken.promise;
      },
    });
    const ended = stream.run();
    ended.then(() => offered.resolve(undefined));
    try {
      for (let entries = await offered.promise; entries !== undefined; entries = await offered.promise) {
        offered = Promise.withResolvers();
        for (const entry of entries) {
          if (stream.isStopped) return this.#check("stopped", reading);
          yield entry;
        }
        taken.resolve(true);
      }
      this.#check(await ended, reading);
    } finally {
      release();
      stream.stop();
      taken.resolve(false);
      await ended;
    }
  }

  #open({ signal }: Reading, options: StreamOptions): { stream: Stream; release: () => void } {
    if (this.#end !== undefined) throw this.#end;
    if (signal?.aborted) throw aborted(signal.reason);
    const stream = new Stream(options);
    const abort = onAbort(signal, () => stream.stop());
    this.#streams.add(stream);
    const release = () => {
      abort.release();
      this.#streams.delete(stream);
    };
    return { stream, release };
  }

  /** Throws unless all was read. */
  #check(ending: Ending, { nodes, signal }: Reading): void {
    if (ending === "failed") throw allFailed(nodes.failures, false);
    if (ending === "stopped") throw signal?.aborted ? aborted(signal.reason) : this.#end;
  }
}

function positionAt(text: Position): Digest {
  const position = typeof text === "string" ? parsePosition(text) : undefined;
  if (position === undefined) throw new HearsayError("malformed", "from is no position");
  return position;
}
