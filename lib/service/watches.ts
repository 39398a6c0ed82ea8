/** Clients that follow the values of this node: each gets the entries that its position lacks, as fast as it reads [S6]. */
import { faultOf, isUnwatch, isWatch, NOW, type UnwatchBody, type WatchBody } from "../core/requests.ts";
import { Runs } from "../core/log/runs.ts";
import { DEFAULT_TOPIC, patternsFault } from "../core/keys/names.ts";
import { DEFAULT_ASKED, LatestPass } from "../core/keys/reading.ts";
import type { Body, Envelope } from "../core/message.ts";
import { type Asked, type Batch, Digest, MALFORMED_REQUEST, TEMPORARILY_UNAVAILABLE } from "../core/node.ts";
import { InVain } from "./watching/in_vain.ts";
import { bytesOf, Room } from "./watching/room.ts";
import { Rounds } from "./watching/rounds.ts";

/** So many watches are on at once, over all clients; and so many on one connection [S8]. */
export const WATCHES_MAX = 16_384;
export const WATCHES_PER_CONNECTION_MAX = 16;
/** A watcher that has more than this still to read gets no more until it has read, bytes [S8]. */
export const WATCH_HELD_BYTES_MAX = 128 * 1024;
/** So many batches of what a watcher did not ask for are passed over in one go [H5]. */
export const PASSED_BATCHES_MAX = 8;
/** A watcher is told at once what was passed over when it is this many entries, and else beside what it is given [H11]. */
export const PASSED_ENTRIES_MAX = 10_000;
/** A watcher that had more at another node waits for it while it comes, and so long after the last of it, ms [S11]. */
export const AHEAD_MS_MAX = 5_000;
/** So often in that time it is looked whether more has come. */
const LOOKS = 5;

const NO_ROOM = "too much is awaited already that is not here: the position names it";

export interface WatchesOptions {
  /** Takes at most a batch of the entries that a position lacks, and moves the position on. */
  readonly take: (position: Digest, asked: Asked) => Batch;
  /** Where a watch stands that has had all that is here. */
  readonly now: () => Digest;
  /** What a position names and this node lacks. */
  readonly ahead: (position: Digest) => Digest;
  /** Distinct values held. */
  readonly count: () => number;
  /** Whether every entry of the node is safe and may be shown. */
  readonly settled: () => boolean;
  /** Bytes that were sent to a client and have not left. */
  readonly heldBytes: (client: string) => number;
  /** Runs it after so many ms, and what has come in meanwhile. */
  readonly later: (ms: number, run: () => void) => void;
  /** Runs it in the next turn of the event loop, and before it what has come in meanwhile. */
  readonly nextTurn: (run: () => void) => void;
  /** While `on`, watches go on over the client's connection, which must stay for them. */
  readonly keepOpen: (client: string, on: boolean) => void;
  readonly reply: (to: Envelope, body: Body) => void;
}

/** The position is the digest of the entries that the watcher has had: no more need be remembered of it. */
interface Watch {
  readonly request: Envelope;
  readonly connection: string;
  readonly position: Digest;
  /** What the digests take that it came with, as far as this node does not hold what they name. */
  readonly aheadBytes: number;
  readonly asked: Asked;
  readonly follow: boolean;
  /** What the position has moved over and the watcher was not told of. */
  untold: { readonly had: Digest; count: number } | undefined;
  /** It is given nothing until the node has all of this, some of which it is known to lack. */
  awaited: { readonly all: Digest; readonly some: Digest } | undefined;
  /** It has not had every entry: it has to read first, or some entries were not safe yet. */
  behind: boolean;
  /** It goes on by itself in a moment. */
  resting: boolean;
}

export class Watches {
  readonly #options: WatchesOptions;
  readonly #watches = new Set<Watch>();
  readonly #byConnection = new Map<string, Set<Watch>>();
  readonly #rounds: Rounds<Watch>;
  readonly #inVain: InVain;
  readonly #room = new Room();

  constructor(options: WatchesOptions) {
    this.#options = options;
    this.#rounds = new Rounds(this.#watches, (watch) => this.#serve(watch), options.nextTurn);
    this.#inVain = new InVain(options.ahead);
  }

  get count(): number {
    return this.#watches.size;
  }

  open(request: Envelope, body: Body): void {
    if (!isWatch(body)) return this.#refuse(request, MALFORMED_REQUEST, faultOf("watch", body));
    // Ten thousand watchers of everything share what they ask for.
    const asked = body.topics || body.latest ? askedBy(body) : DEFAULT_ASKED;
    const fault = patternsFault("watch /topics", asked.topics);
    if (fault !== undefined) return this.#refuse(request, MALFORMED_REQUEST, fault);
    const connection = connectionOf(request.src);
    const full = this.#whyNoMore(connection);
    if (full !== undefined) return this.#refuse(request, TEMPORARILY_UNAVAILABLE, full);
    const begun = this.#beginning(body);
    const ahead = this.#options.ahead(begun.position);
    const awaited = body.awaits ? this.#options.ahead(Digest.fromWire(body.awaits)) : ahead;
    const aheadBytes = bytesOf(ahead, awaited);
    if (!this.#room.hasFor(aheadBytes)) return this.#refuse(request, TEMPORARILY_UNAVAILABLE, NO_ROOM);
    const watch: Watch = {
      request: { ...request, body: bare(body) },
      connection,
      position: begun.position,
      aheadBytes,
      asked,
      follow: body.follow ?? true,
      untold: begun.untold,
      awaited: undefined,
      behind: true,
      resting: false,
    };
    this.#watches.add(watch);
    this.#room.take(aheadBytes);
    this.#byConnection.set(connection, this.#on(connection).add(watch));
    this.#options.keepOpen(request.src, true);
    this.#options.reply(request, { type: "watch_ok", values: this.#options.count() });
    if (watch.follow) this.#await(watch, awaited);
    this.#serve(watch);
  }

  close(request: Envelope, body: Body): void {
    if (!isUnwatch(body)) return this.#refuse(request, MALFORMED_REQUEST, faultOf("unwatch", body));
    const watch = this.#find(request, body);
    if (watch !== undefined) this.#remove(watch);
    this.#options.reply(request, { type: "unwatch_ok" });
  }

  /** There are new entries, or more of them may be shown than before. */
  serveAll(): void {
    this.#rounds.begin();
  }

  /** The client has read what it was sent. */
  serve(client: string): void {
    for (const watch of this.#on(connectionOf(client))) {
      if (watch.behind && watch.request.src === client) this.#serve(watch);
    }
  }

  /** Sends a message without values, which shows whether the client is still there [S7]. */
  ping(connection: string): void {
    const [watch] = this.#on(connection);
    if (watch !== undefined) this.#options.reply(watch.request, { type: "values", runs: [] });
  }

  /** The connection is gone, and its watches end. */
  gone(connection: string): void {
    for (const watch of this.#on(connection)) this.#forget(watch);
    this.#byConnection.delete(connection);
  }

  /** Whoever asks for what comes from now on is told at once where it stands. */
  #beginning({ from }: WatchBody): Pick<Watch, "position" | "untold"> {
    if (from !== NOW) return { position: Digest.fromWire(from ?? []), untold: undefined };
    const position = this.#options.now();
    return { position, untold: { had: position.clone(), count: PASSED_ENTRIES_MAX } };
  }

  #whyNoMore(connection: string): string | undefined {
    if (this.#watches.size >= WATCHES_MAX) return `${WATCHES_MAX} watches are on already`;
    return this.#on(connection).size < WATCHES_PER_CONNECTION_MAX
      ? undefined
      : `${WATCHES_PER_CONNECTION_MAX} watches are on over this connection already`;
  }

  /** The watches over a connection. */
  #on(connection: string): Set<Watch> {
    return this.#byConnection.get(connection) ?? new Set();
  }

  #find(request: Envelope, body: UnwatchBody): Watch | undefined {
    return [...this.#on(connectionOf(request.src))].find(({ request: { src, body: { msg_id } } }) =>
      src === request.src && msg_id === body.watch
    );
  }

  #serve(watch: Watch): void {
    const { settled, heldBytes, take } = this.#options;
    const { request, position, asked, follow } = watch;
    watch.behind = true;
    if (this.#awaits(watch)) return;
    // One batch at a time: the entries that a slow reader has not read yet lie in the log, not in a queue.
    for (let passed = 0; settled() && heldBytes(request.src) < WATCH_HELD_BYTES_MAX;) {
      if (passed === PASSED_BATCHES_MAX) return this.#rest(watch);
      const batch = take(position, asked);
      const { runs, gaps, more } = batch;
      const isNews = runs.length + gaps.length > 0;
      this.#tell(watch, batch);
      passed = isNews ? 0 : passed + 1;
      if (more) continue;
      watch.behind = false;
      if (!follow) this.#end(watch);
      return;
    }
  }

  /** What this node lacks may be one with what it has, so it comes first; `looks`: how often nothing had come [S11]. */
  #await(watch: Watch, all: Digest, looks = 0): void {
    const { count, some } = this.#inVain.lacking(all);
    watch.awaited = some && { all, some };
    if (some === undefined) return;
    this.#options.later(AHEAD_MS_MAX / LOOKS, () => {
      if (watch.awaited === undefined || !this.#watches.has(watch)) return;
      const isComing = this.#inVain.lacking(all).count < count;
      if (!isComing && looks + 1 === LOOKS) this.#inVain.giveUp(all);
      this.#await(watch, all, isComing ? 0 : looks + 1);
      this.#serve(watch);
    });
  }

  /** It is asked whenever something has come, so only once some have come the others are looked for. */
  #awaits(watch: Watch): boolean {
    while (watch.awaited !== undefined && this.#inVain.lacking(watch.awaited.some).count === 0) {
      const { all } = watch.awaited;
      const { some } = this.#inVain.lacking(all);
      watch.awaited = some && { all, some };
    }
    return watch.awaited !== undefined;
  }

  /** What is passed over is named, so that the watcher's own position is as short as the one here [H11]. */
  #tell(watch: Watch, { runs, gaps, passedOver }: Batch): void {
    if (passedOver !== undefined) {
      const untold = watch.untold ??= { had: new Digest(), count: 0 };
      untold.had.addAll(passedOver.had);
      untold.count += passedOver.count;
    }
    const { untold } = watch;
    if (runs.length + gaps.length === 0 && (untold?.count ?? 0) < PASSED_ENTRIES_MAX) return;
    const named = untold && { had: untold.had.toWire() };
    watch.untold = undefined;
    this.#options.reply(watch.request, { type: "values", ...named, runs: new Runs(runs, gaps) });
  }

  /** Others come first where there is much to pass over, which nobody has to read. */
  #rest(watch: Watch): void {
    if (watch.resting) return;
    watch.resting = true;
    this.#options.later(0, () => {
      watch.resting = false;
      if (this.#watches.has(watch)) this.#serve(watch);
    });
  }

  #end(watch: Watch): void {
    this.#options.reply(watch.request, { type: "watch_end" });
    this.#remove(watch);
  }

  #forget(watch: Watch): void {
    this.#watches.delete(watch);
    this.#room.free(watch.aheadBytes);
  }

  #remove(watch: Watch): void {
    this.#forget(watch);
    const others = this.#on(watch.connection);
    others.delete(watch);
    if (others.size === 0) this.#byConnection.delete(watch.connection);
    this.#options.keepOpen(watch.request.src, others.size > 0);
  }

  #refuse(request: Envelope, code: number, text: string): void {
    this.#options.reply(request, { type: "error", code, text });
  }
}

/** No more of a request is kept than answers need: a position would be kept twice. */
function bare({ type, msg_id }: Body): Body {
  return { type, ...msg_id !== undefined && { msg_id } };
}

function askedBy({ topics, latest }: WatchBody): Asked {
  return { topics: topics ?? [DEFAULT_TOPIC], latest: latest ? new LatestPass() : undefined };
}

/** The carrier names a client `name#connection`. */
export function connectionOf(client: string): string {
  return client.slice(client.lastIndexOf("#") + 1);
}
