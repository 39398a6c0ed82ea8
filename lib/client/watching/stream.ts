/** Follows the values of one node after the other: each entry once, from a position, as fast as they are taken. */
import { type Digest, WIRE_DIGEST_BYTES_MAX } from "../../core/log/digest.ts";
import { IntervalSet, type Span } from "../../core/log/interval_set.ts";
import type { Range } from "../../core/log/runs.ts";
import type { Random } from "../../core/random.ts";
import { backoffMs } from "../../core/backoff.ts";
import type { Brought, ItemRun } from "../answers.ts";
import { BriefVisits } from "../common/brief_visits.ts";
import { RETRY_MS_MAX, RETRY_MS_MIN, SETTLED_MS } from "../common/limits.ts";
import type { Connection } from "../connection.ts";
import type { Failure } from "../errors.ts";
import type { Item } from "./item.ts";
import type { Nodes } from "../nodes.ts";
import { Outlook } from "./outlook.ts";
import type { Recent } from "./recent.ts";
import { addBrought, OVERFULL, Room } from "./room.ts";
import { type Wanted, Watching } from "./watching.ts";

export { RETRY_MS_MAX, RETRY_MS_MIN, SETTLED_MS };

/** What one message brings that did not come before; once it is taken, all that the message names counts as taken. */
export interface Batch {
  readonly items: readonly Item[];
  /** These entries are gone at the node, and none will come for them. */
  readonly gaps: readonly Range[];
  /** Entries that are one with an item that came before, and after how many of `items` they stand. */
  readonly repeats: readonly { readonly item: Item; readonly after: number }[];
  readonly passedOver: Digest;
}

export interface StreamOptions {
  readonly nodes: Nodes;
  readonly random: Random;
  /** The entries that were taken; it moves on with each batch. */
  readonly position: Digest;
  readonly recent: Recent;
  readonly wanted?: Wanted;
  /** Otherwise it ends once it has read all that the node holds. */
  readonly follow: boolean;
  /** Takes what did not come before; nothing more is read until it resolves, to false for no more. */
  readonly take: (batch: Batch) => Promise<boolean>;
  /** The position has moved on. */
  readonly onMoved?: () => void;
  /** No node answers any more, or one answers again. Only where it follows. */
  readonly onOutage?: (isOut: boolean) => void;
  /** Another node than before goes on. */
  readonly onNode?: (move: Move) => void;
}

/** A watch goes on at another node. */
export interface Move {
  /** host:port of that node. */
  readonly at: string;
  readonly id: string;
  /** Why the one before it was left, for people: "n1:7000 closed the connection". */
  readonly reason: string;
}

/** "end": all was read; "stopped": by `take` or `stop`; "failed": no node answers. */
export type Ending = "end" | "stopped" | "failed";

export class Stream {
  readonly #options: StreamOptions;
  readonly #stopped = Promise.withResolvers<undefined>();
  #isStopped = false;
  #watching: Watching | undefined;
  /** A node has answered once: from then on it may be waited for. */
  #begun = false;
  /** How often all nodes have failed, one after the other. */
  #outages = 0;
  readonly #brief: BriefVisits;
  readonly #room: Room;
  #settling: ReturnType<typeof setTimeout> | undefined;
  /** The positions at the last turns of `recent`, the older one first: what came since that is known when it comes again. */
  #turns: readonly [older: Digest, younger: Digest];
  #turnsCount: number;
  /** The node that brought something last, and why it was left. */
  #last: { readonly at: string; reason: string } | undefined;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#brief = new BriefVisits(options.nodes.count, options.random);
    this.#room = new Room(options.position);
    const begin = options.position.clone();
    this.#turns = [begin, begin];
    this.#turnsCount = options.recent.turns;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Ends as soon as the batch that is being taken has been taken. */
  stop(): void {
    this.#isStopped = true;
    this.#watching?.stop();
    this.#stopped.resolve(undefined);
  }

  async run(): Promise<Ending> {
    const { nodes, follow } = this.#options;
    while (!this.#isStopped) {
      const reaching = nodes.reach();
      const connection = await Promise.race([reaching, this.#stopped.promise]);
      if (this.#isStopped) reaching.then((late) => late?.close());
      else if (connection !== undefined) {
        const ending = await this.#follow(connection);
        if (ending !== undefined) return ending;
      } else if (follow && this.#begun) await this.#waitForNodes();
      else return "failed";
    }
    return "stopped";
  }

  /** Undefined: the connection is broken, and another node comes next. */
  async #follow(connection: Connection): Promise<Ending | undefined> {
    const { nodes, position, follow, wanted = {} } = this.#options;
    const watching = new Watching(connection, {
      from: position.toWire(),
      awaits: this.#turns[0].toWire(WIRE_DIGEST_BYTES_MAX / 2),
      follow,
      wanted,
      timeoutMs: nodes.timeoutMs,
      onReach: (reach) => outlook?.heard(reach),
    });
    const outlook = this.#outlookOver(watching);
    this.#watching = watching;
    try {
      return await this.#takeAll(watching, connection);
    } finally {
      outlook?.stop();
    }
  }

  /** Only where there are nodes to go to. */
  #outlookOver(watching: Watching): Outlook | undefined {
    const { nodes, random, follow } = this.#options;
    if (!follow || nodes.others.length === 0) return undefined;
    return new Outlook({
      ...{ nodes, random, ask: () => watching.askReach() },
      leave: (to, why) => {
        if (!watching.leave()) return;
        this.#left(why);
        nodes.goTo(to, why);
      },
    });
  }

  async #takeAll(watching: Watching, connection: Connection): Promise<Ending | undefined> {
    let isUseful = false;
    for (;;) {
      const event = await watching.next();
      if (event.kind === "open") this.#opened(connection);
      else if (event.kind === "broken") return this.#broken(event, isUseful);
      else if (event.kind === "left") return this.#unsettle();
      else if (event.kind !== "values") {
        this.#unsettle();
        watching.stop();
        return event.kind;
      } else if (!this.#room.isEnoughFor(event.brought)) {
        watching.stop();
        return this.#broken({ reason: OVERFULL, code: "unreachable" }, false);
      } else {
        const taken = await this.#take(event.brought);
        if (taken === "stopped") watching.stop();
        else if (taken === "new") isUseful = true;
      }
    }
  }

  async #broken({ reason, code }: Pick<Failure, "reason" | "code">, wasUseful: boolean) {
    this.#unsettle();
    this.#left(reason);
    if (wasUseful) {
      this.#options.nodes.moveOn(reason);
      await this.#pause(this.#brief.end(performance.now()));
    } else this.#options.nodes.failed(reason, code);
    return undefined;
  }

  #unsettle(): undefined {
    clearTimeout(this.#settling);
  }

  /** The first reason tells: others that are tried in between may fail, too. */
  #left(reason: string): void {
    const { at } = this.#options.nodes;
    if (this.#last?.at === at && this.#last.reason === "") this.#last.reason = `${at} ${reason}`;
  }

  #opened(connection: Connection): void {
    const { nodes: { at }, onNode } = this.#options;
    if (this.#last !== undefined && this.#last.at !== at) {
      onNode?.({ at, id: connection.nodeId, reason: this.#last.reason });
    }
    this.#last = { at, reason: "" };
    this.#begun = true;
    this.#brief.begin(performance.now());
    this.#settling = setTimeout(() => this.#settled(), SETTLED_MS);
  }

  #settled(): void {
    if (this.#outages > 0) this.#options.onOutage?.(false);
    this.#outages = 0;
  }

  async #take(brought: Brought): Promise<"new" | "known" | "stopped"> {
    const { runs, gaps, passedOver } = brought;
    const { nodes, position, recent, take, onMoved } = this.#options;
    const items: Item[] = [];
    const repeats: Batch["repeats"][number][] = [];
    let isNew = false;
    for (const run of runs) isNew = this.#read(run, items, repeats) || isNew;
    const missed = gaps.flatMap(({ origin, seq, count }) =>
      this.#lacking(origin, seq, seq + count - 1).map(([from, to]) => ({
        origin,
        seq: from,
        count: to - from + 1,
      }))
    );
    const batch = { items, gaps: missed, repeats, passedOver };
    if (items.length + missed.length > 0 && !(await take(batch))) return "stopped";
    isNew ||= missed.length > 0;
    for (const [origin, held] of passedOver) isNew ||= !position.get(origin)?.covers(held);
    addBrought(position, brought);
    if (recent.turns !== this.#turnsCount) {
      this.#turns = [this.#turns[1], position.clone()];
      this.#turnsCount = recent.turns;
    }
    if (!isNew) return "known";
    onMoved?.();
    nodes.startOver();
    this.#settled();
    return "new";
  }

  /** Sorts what did not come before; returns whether an entry is new, though its value may be known. */
  #read({ origin, seq, items }: ItemRun, fresh: Item[], repeats: Batch["repeats"][number][]): boolean {
    if (items.length === 0) return false;
    const lacking = this.#lacking(origin, seq, seq + items.length - 1);
    for (const [from, to] of lacking) {
      for (const item of items.slice(from - seq, to - seq + 1)) {
        if (this.#options.recent.add(item)) fresh.push(item);
        else repeats.push({ item, after: fresh.length });
      }
    }
    return lacking.length > 0;
  }

  /** What the position lacks of from..to. */
  #lacking(origin: string, from: number, to: number): readonly Span[] {
    const held = this.#options.position.get(origin);
    if (held === undefined || held.last < from) return [[from, to]];
    const span = new IntervalSet();
    span.addSpan(from, to);
    return held.lacks(span);
  }

  async #waitForNodes(): Promise<void> {
    const { nodes, random, onOutage } = this.#options;
    if (this.#outages === 0) onOutage?.(true);
    await this.#pause(backoffMs(random, this.#outages++, RETRY_MS_MIN, RETRY_MS_MAX));
    nodes.startOver();
  }

  /** Ends sooner where the stream is stopped. */
  async #pause(ms: number): Promise<void> {
    if (ms === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const waited = new Promise<void>((resolve) => timer = setTimeout(resolve, ms));
    await Promise.race([waited, this.#stopped.promise]);
    clearTimeout(timer);
  }
}
