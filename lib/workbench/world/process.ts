/** The world of real processes: each host runs one program and speaks lines with it over stdin and stdout. */
import { type ChildProcess, spawn } from "node:child_process";
import { resolve as resolvePath } from "node:path";
import process from "node:process";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { readPipe } from "../../../transports/lines/pipe.ts";
import { LineReader } from "../../../transports/lines/reader.ts";
import { LineWriter } from "../../../transports/lines/writer.ts";
import { encode } from "../../core/codec.ts";
import type { Envelope } from "../../core/message.ts";
import { isCompiled } from "../../runtime/compiled.ts";
import { ChildRegistry, hasEnded, signalGroup } from "./child_processes.ts";
import { readPrinted } from "./printed.ts";
import { QUOTE_CHARS_MAX, quoted } from "../verdict/quote.ts";
import { REPORTS_MAX } from "../verdict/violations.ts";
import type { Host, HostEvents, HostFactory } from "./world.ts";

/** How long a stopped program may take to end by itself, ms. */
const STOP_GRACE_MS = 1_000;
/** How much is held for a program that does not read its input, in bytes; over it, messages are dropped whole. */
export const STDIN_BYTES_MAX = 16 * 1_048_576;
/** The longest line a program may print, in bytes: a read of everything is one line. */
export const STDOUT_LINE_BYTES_MAX = 64 * 1_048_576;
/** How many lines of a program's stderr are kept, to be quoted when it crashes. */
export const STDERR_LINES_MAX = 32;
/** How long after its end a program's last words may still come, ms; a guess. */
const LAST_WORDS_MS = 200;

export interface Program {
  /** A name that is looked up in PATH, or, with a slash, a path relative to the caller's working directory. */
  readonly bin: string;
  readonly args: readonly string[];
}

export interface ProcessOptions extends Program {
  /** The programs' working directory; by default the caller's. */
  readonly cwd?: string;
  /** Takes each line of the programs' standard error, with the node's id before it. */
  readonly onStderr?: (line: string) => void;
}

export type ProcessHosts = HostFactory & {
  /** Resolves once no process is left. */
  stopped(): Promise<void>;
};

/** Hosts that run a program each. None of their processes outlives the caller. */
export function processHosts(options: ProcessOptions): ProcessHosts {
  const registry = new ChildRegistry();
  const bin = options.bin.includes("/") ? resolvePath(options.bin) : options.bin;
  const factory = (id: string, events: HostEvents) =>
    new ProcessHost(id, events, { ...options, bin }, registry);
  return Object.assign(factory, { stopped: () => registry.emptied() });
}

/** How this very program is run as a Maelstrom node: compiled, or as source or a bundle by the runtime that runs it now. */
export function itself(): Program {
  const bin = process.execPath;
  if (isCompiled()) return { bin, args: ["maelstrom"] };
  const isSource = import.meta.url.endsWith(".ts");
  const main = isSource ? fileURLToPath(new URL("../../../main.ts", import.meta.url)) : process.argv[1] ?? "";
  return { bin, args: [...runBy(process.versions), main, "maelstrom"] };
}

/** What a runtime takes before the script. */
function runBy({ deno, bun }: Readonly<Record<string, string | undefined>>): string[] {
  if (deno !== undefined) return ["run", "--allow-all"];
  return bun === undefined ? [] : ["run"];
}

class ProcessHost implements Host {
  readonly #id: string;
  readonly #events: HostEvents;
  readonly #options: ProcessOptions;
  readonly #registry: ChildRegistry;
  #life: Life | undefined;

  constructor(id: string, events: HostEvents, options: ProcessOptions, registry: ChildRegistry) {
    this.#id = id;
    this.#events = events;
    this.#options = options;
    this.#registry = registry;
  }

  start(): void {
    this.#life?.kill();
    this.#life = new Life(this.#id, this.#events, this.#options, this.#registry);
  }

  receive(envelope: Envelope): boolean {
    return this.#life?.receive(envelope) ?? true;
  }

  kill(): void {
    this.#life?.kill();
    this.#life = undefined;
  }

  pause(): void {
    this.#life?.signal("SIGSTOP");
  }

  resume(): void {
    this.#life?.signal("SIGCONT");
  }

  stop(): void {
    this.#life?.stop();
    this.#life = undefined;
  }

  halfLine(): string | undefined {
    return this.#life?.halfLine;
  }
}

/** One process from its start to its end. */
class Life {
  readonly #id: string;
  readonly #events: HostEvents;
  readonly #registry: ChildRegistry;
  /** Undefined if the system refused to start it. */
  readonly #child: ChildProcess | undefined;
  readonly #stdin: LineWriter | undefined;
  #stdout: LineReader | undefined;
  readonly #lastWords: string[] = [];
  readonly #reports = new Map<string, number>();
  /** From here on its end is what we asked for, and whatever it still prints is ignored. */
  #dismissed = false;

  constructor(id: string, events: HostEvents, options: ProcessOptions, registry: ChildRegistry) {
    this.#id = id;
    this.#events = events;
    this.#registry = registry;
    // A group of its own, so that a signal reaches the program behind a wrapper script as well.
    const { bin, args, cwd = process.cwd() } = options;
    const child = registry.start(() => spawn(bin, args, { cwd, detached: true }), (error) => {
      this.#crashed(`cannot run '${bin}': ${error}`);
    });
    this.#child = child;
    if (child === undefined) return;
    const { stdin, stdout, stderr } = child;
    if (stdin !== null) this.#stdin = new LineWriter(stdin);
    if (stdout !== null) this.#readStdout(stdout);
    if (stderr !== null) this.#readStderr(stderr, options.onStderr);
    this.#watch(child);
  }

  receive(envelope: Envelope): boolean {
    const stdin = this.#stdin;
    // Messages that come after the program's end are not counted as dropped.
    if (stdin === undefined || stdin.closed) return true;
    return stdin.write(this.#registry.printed.get(envelope) ?? encode(envelope), STDIN_BYTES_MAX);
  }

  get halfLine(): string | undefined {
    const half = this.#stdout?.half(QUOTE_CHARS_MAX);
    return half === "" ? undefined : half;
  }

  signal(name: NodeJS.Signals): void {
    if (this.#child !== undefined && !hasEnded(this.#child)) signalGroup(this.#child, name);
  }

  kill(): void {
    this.#dismissed = true;
    this.signal("SIGKILL");
  }

  stop(): void {
    this.#dismissed = true;
    if (this.#child === undefined || hasEnded(this.#child)) return;
    this.#stdin?.end();
    this.signal("SIGCONT");
    this.signal("SIGTERM");
    const timer = setTimeout(() => this.signal("SIGKILL"), STOP_GRACE_MS);
    this.#child.once("exit", () => clearTimeout(timer));
  }

  #readStdout(stdout: Readable): void {
    this.#stdout = new LineReader({
      onLine: (line) => this.#onLine(line),
      onEmpty: () => this.#report("stray-line", "an empty line"),
      onOverlong: (bytes) => this.#report("malformed-message", `a line is longer than ${bytes} bytes`),
    }, STDOUT_LINE_BYTES_MAX);
    feed(stdout, this.#stdout);
  }

  #readStderr(stderr: Readable, passOn?: (line: string) => void): void {
    const reader = new LineReader({
      onLine: (line) => {
        this.#remember(quoted(line));
        passOn?.(`${this.#id}: ${line}`);
      },
      onOverlong: () => this.#remember("(a line too long to quote)"),
    });
    feed(stderr, reader);
  }

  #remember(words: string): void {
    this.#lastWords.push(words);
    if (this.#lastWords.length > STDERR_LINES_MAX) this.#lastWords.shift();
  }

  #onLine(line: string): void {
    if (this.#dismissed) return;
    const printed = readPrinted(line);
    if (!printed.ok) return this.#report(printed.kind, quoted(printed.reason));
    this.#registry.printed.set(printed.envelope, printed.text);
    this.#events.sent(printed.envelope, printed.oddities);
  }

  #report(kind: "stray-line" | "malformed-message", reason: string): void {
    const reports = this.#reports.get(kind) ?? 0;
    if (this.#dismissed || reports >= REPORTS_MAX) return;
    this.#reports.set(kind, reports + 1);
    this.#events.misbehaved(kind, reason);
  }

  #watch(child: ChildProcess): void {
    child.once("exit", (status, signal) => {
      // Members of its group that are left would hold its pipes open, and outlive us.
      signalGroup(child, "SIGKILL");
      const how = signal === null ? `exited with status ${status}` : `was ended by ${signal}`;
      const timer = setTimeout(() => this.#crashed(how), LAST_WORDS_MS);
      child.once("close", () => {
        clearTimeout(timer);
        this.#crashed(how);
      });
    });
  }

  #crashed(how: string): void {
    if (this.#dismissed) return;
    this.#dismissed = true;
    const words = this.#lastWords.length === 0 ? "" : `; its last words:\n${this.#lastWords.join("\n")}`;
    this.#events.misbehaved("crashed", how + words);
  }
}

function feed(stream: Readable, reader: LineReader): void {
  readPipe(stream, reader);
  stream.once("end", () => reader.end());
  stream.on("error", () => {});
}
