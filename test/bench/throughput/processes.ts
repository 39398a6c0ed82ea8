/** Processes of the bench: servers that run until they are stopped, and helpers that carry out orders. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { Program } from "../../../lib/workbench/world/process.ts";
import { LineReader } from "../../../transports/lines/reader.ts";

/** Of what a process says, this much is kept for whoever asks why it ended, in characters. */
const SAID_CHARS_MAX = 2_000;

/** Where a program of the machine is; undefined where it is not installed. */
export function installed(name: string): string | undefined {
  // Where Debian keeps servers, it may not be in the path.
  const folders = [...(process.env["PATH"] ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A process that is ours to end. */
export class Server {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #ended: Promise<void>;
  #said = "";
  #hasEnded = false;

  constructor({ bin, args }: Program, ...more: readonly string[]) {
    this.#child = spawn(bin, [...args, ...more], { stdio: "pipe" });
    this.#ended = new Promise((resolve) => {
      this.#child.on("error", (error) => this.#hear(`${error.message}\n`));
      this.#child.on("close", () => {
        this.#hasEnded = true;
        resolve();
      });
    });
    this.#child.stderr.on("data", (chunk: Uint8Array) => this.#hear(String(chunk)));
    // Who has ended hears nothing more, and says so by ending.
    this.#child.stdin.on("error", () => {});
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  get ended(): Promise<void> {
    return this.#ended;
  }

  /** The end of what it has said on standard error. */
  get said(): string {
    return this.#said.trim();
  }

  onLine(onLine: (line: string) => void): void {
    const reader = new LineReader({ onLine, onOverlong: () => {} });
    this.#child.stdout.on("data", (chunk: Uint8Array) => reader.push(chunk));
  }

  write(line: string): void {
    this.#child.stdin.write(`${line}\n`);
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    process.kill(this.pid, name);
  }

  async stop(): Promise<void> {
    // Deno's own child.kill() says that a child which has ended was killed.
    if (!this.#hasEnded && this.#child.pid !== undefined) process.kill(this.pid, "SIGKILL");
    await this.#ended;
  }

  #hear(text: string): void {
    this.#said = (this.#said + text).slice(-SAID_CHARS_MAX);
  }
}

/** A process that answers each order by a line. */
export class Helper {
  readonly #server: Server;
  readonly #waiting: ((answer: string) => void)[] = [];
  readonly #broken: Promise<never>;

  private constructor(server: Server) {
    this.#server = server;
    this.#broken = server.ended.then(() => Promise.reject(new Error(server.said)));
    this.#broken.catch(() => {});
    server.onLine((line) => this.#waiting.shift()?.(line));
  }

  /** Resolves once it is ready. */
  static async start(program: Program, task: unknown): Promise<Helper> {
    const helper = new Helper(new Server(program, JSON.stringify(task)));
    await helper.#answer();
    return helper;
  }

  async ask<Answer>(order: unknown): Promise<Answer> {
    this.#server.write(JSON.stringify(order));
    const answer: Answer = JSON.parse(await this.#answer());
    return answer;
  }

  signal(name: "SIGSTOP" | "SIGCONT"): void {
    this.#server.signal(name);
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  #answer(): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.#waiting.push(resolve);
    return Promise.race([promise, this.#broken]);
  }
}
