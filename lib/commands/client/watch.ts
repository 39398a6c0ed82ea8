/** `hearsay watch`: every value once, as it arrives, from a position on, over nodes that come and go. */
import process from "node:process";
import { Digest } from "../../core/log/digest.ts";
import { seeded } from "../../core/random.ts";
import { parseWatch, type WatchConfig } from "../config/client.ts";
import { printing } from "./gaps.ts";
import { FAILED, type Io, OK, refuse } from "../terminal/io.ts";
import { elsewhere, nobodyDoes } from "./asking.ts";
import { Nodes } from "../../client/nodes.ts";
import { positionText } from "../../client/position.ts";
import { loadPosition, PositionFile } from "../../client/position_file.ts";
import { linePrinter } from "../terminal/value_printer.ts";
import { Recent } from "../../client/watching/recent.ts";
import { type Ending, Stream, type StreamOptions } from "../../client/watching/stream.ts";

/** After a signal, what was printed may take so long to leave, ms. */
export const STOP_MS_MAX = 1_000;

export async function watch(args: readonly string[], io: Io): Promise<number> {
  const parsed = parseWatch(args, io.env);
  if (!parsed.ok) return refuse(io, parsed.mistakes);
  const { config } = parsed;
  const kept = config.positionFile === undefined ? undefined : loadPosition(config.positionFile);
  if (kept?.ok === false) {
    const path = JSON.stringify(config.positionFile);
    return refuse(io, [`Cannot go on from the position in ${path} as ${kept.reason}: name another file`]);
  }
  const position = kept?.position ?? config.from ?? new Digest();
  const watcher = new Watcher(config, position, io);
  // A watch that goes on from a position wants all that came since.
  const passesOver = config.onlyNew && kept?.position === undefined;
  const ending = await untilSignal(watcher, () => watcher.run(passesOver), io);
  return watcher.end(ending);
}

class Watcher {
  readonly #config: WatchConfig;
  readonly #position: Digest;
  readonly #io: Io;
  readonly #nodes: Nodes;
  readonly #recent = new Recent();
  readonly #file: PositionFile | undefined;
  #stream: Stream | undefined;
  #isStopped = false;

  constructor(config: WatchConfig, position: Digest, io: Io) {
    this.#config = config;
    this.#position = position;
    this.#io = io;
    this.#nodes = new Nodes(config, io.err);
    const { positionFile } = config;
    if (positionFile === undefined) return;
    this.#file = new PositionFile(positionFile, position, (fault) => {
      const path = JSON.stringify(positionFile);
      io.err(
        fault === undefined
          ? "The position is saved again.\n"
          : `Cannot save the position in ${path} as ${fault}\n`,
      );
    });
  }

  async run(passesOver: boolean): Promise<Ending | "unsaved"> {
    if (passesOver) {
      const ending = await this.#follow({ follow: false, take: () => Promise.resolve(true) });
      if (ending !== "end") return ending;
    }
    // A file that cannot be written is better known now than at the end.
    if (this.#file?.save() !== undefined) return "unsaved";
    const printer = linePrinter(this.#io, this.#config.spell);
    return await this.#follow({
      follow: true,
      take: printing(printer, this.#io),
      onMoved: () => this.#file?.touch(),
      onOutage: (isOut) => this.#sayOutage(isOut),
      onNode: ({ at, id, reason }) => this.#io.err(`${id} at ${at} goes on, as ${reason}.\n`),
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#stream?.stop();
  }

  /** Values that were printed are in the position; those that came meanwhile come again. */
  end(ending: Ending | "unsaved"): number {
    if (ending === "unsaved") return FAILED;
    const isSaved = this.#file?.save() === undefined;
    if (this.#config.verbose) this.#io.err(`position ${positionText(this.#position)}\n`);
    const nodes = this.#nodes;
    if (ending === "failed") {
      this.#io.err(`${nobodyDoes(nodes)}\n${nodes.failureLines}${elsewhere(this.#config, nodes.isRefused)}`);
    }
    return ending === "failed" || !isSaved ? FAILED : OK;
  }

  async #follow(
    options: Pick<StreamOptions, "follow" | "take" | "onMoved" | "onOutage" | "onNode">,
  ): Promise<Ending> {
    const [nodes, position, recent] = [this.#nodes, this.#position, this.#recent];
    const { wanted } = this.#config;
    const random = seeded(process.pid);
    this.#stream = new Stream({ nodes, random, position, recent, wanted, ...options });
    if (this.#isStopped) return "stopped";
    return await this.#stream.run();
  }

  #sayOutage(isOut: boolean): void {
    this.#io.err(
      isOut ? `No node answers; trying on.\n${this.#nodes.failureLines}` : "A node answers again.\n",
    );
  }
}

/** Ends at once on a signal, or nearly: what is being printed has a moment to leave. */
async function untilSignal(
  watcher: Watcher,
  run: () => Promise<Ending | "unsaved">,
  io: Io,
): Promise<Ending | "unsaved"> {
  const late = Promise.withResolvers<"stopped">();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onSignal = () => {
    watcher.stop();
    timer = setTimeout(() => {
      io.outGivenUp();
      late.resolve("stopped");
    }, STOP_MS_MAX);
  };
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    return await Promise.race([run(), late.promise]);
  } finally {
    clearTimeout(timer);
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}
