/** Five hosts in network namespaces on this machine, each with a node and a sidecar; they vanish with the caller. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import process from "node:process";
import { ensureSecret, order } from "../faults/sidecar_secret.ts";
import { type Answer, ask } from "../world/running/ask.ts";
import * as hosts from "./hosts.ts";
import { failure, firstLine, isInPath, lastWords, readLines, widePath } from "./processes.ts";
import { doorOf, forwardFromOutside } from "./forwarder.ts";
import { hasEnded, signalGroup } from "../world/child_processes.ts";
import type { Program } from "../world/process.ts";
import type { Address } from "../../../transports/address.ts";

/** How long what was started on a host may take to answer, ms: a node reads its whole log first. A guess. */
export const START_MS_MAX = 30_000;
/** How often it is asked meanwhile, ms. */
const ASK_EVERY_MS = 20;
/** Sidecars are reached at ports so much higher than their nodes. */
const SIDECAR_OFFSET = hosts.SIDECAR_PORT - hosts.NODE_PORT;
/** And their pages so much higher. */
const HTTP_OFFSET = hosts.HTTP_PORT - hosts.NODE_PORT;
/** Where this is set, `hearsay lab` is the lab's own process inside: the directory of its sockets. */
export const FORWARDER_VARIABLE = "HEARSAY_LAB_FORWARDER";

export interface LabOptions {
  /** The program that runs on the hosts: `hearsay`, however it is started, with absolute paths. */
  readonly program: Program;
  /** Where the nodes' data is; by default a temporary directory, deleted at the end. */
  readonly data?: string;
  /** n1 is reached at this port of 127.0.0.1, n2 at the next, and so on; by default at any that are free. */
  readonly firstPort?: number;
  /** Gets what the nodes say on standard error, a line at a time. */
  readonly onLine?: (id: string, line: string) => void;
}

export class Lab {
  /** Where nodes, their sidecars and their pages are reached from outside, by node. */
  readonly at = new Map<string, Address>();
  readonly sidecars = new Map<string, Address>();
  readonly pages = new Map<string, Address>();
  /** Where the nodes are for each other, and in rules. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly data: string;
  /** Holds the secret of the sidecars. */
  readonly secretFile: string;
  /** The words before a command that is to run among the hosts, where the examiner is. */
  readonly enter: readonly string[];
  readonly #inside: readonly string[];
  readonly #options: LabOptions;
  readonly #env: NodeJS.ProcessEnv;
  readonly #scratch: string;
  readonly #holder: ChildProcess;
  readonly #doors: Server[] = [];
  readonly #nodes = new Map<string, ChildProcess>();

  /** Resolves once every node and sidecar answers. Rejects with a sentence where this machine cannot do it. */
  static async open(options: LabOptions): Promise<Lab> {
    const path = widePath(process.env["PATH"] ?? "");
    const missing = Object.entries(hosts.labTools).filter(([tool]) => !isInPath(tool, path));
    if (missing.length > 0) {
      const named = missing.map(([tool, from]) => `${tool} (package ${from})`).join(", ");
      throw new Error(`Cannot open the lab as programs are missing here: ${named}`);
    }
    const lab = new Lab(options, path);
    try {
      await lab.#open();
      return lab;
    } catch (error) {
      await lab.close();
      throw error;
    }
  }

  private constructor(options: LabOptions, path: string) {
    this.#options = options;
    this.#env = { HEARSAY_LOG_LEVEL: "error", ...process.env, PATH: path };
    this.addresses = new Map(hosts.labHosts.map(({ id, address }) => [id, address]));
    this.#scratch = mkdtempSync(join(tmpdir(), "hearsay-lab-"));
    this.secretFile = join(this.#scratch, "secret");
    this.data = options.data === undefined ? join(this.#scratch, "data") : resolve(options.data);
    mkdirSync(this.data, { recursive: true });
    // A user who is not root may be root of a user namespace.
    const mapped = process.getuid?.() !== 0;
    const spaces = ["--net", "--mount", "--pid", "--fork", "--kill-child"];
    const user = mapped ? ["--user", "--map-root-user"] : [];
    this.#holder = this.#spawn(["unshare", ...spaces, ...user, ...hosts.holder, this.#scratch]);
    const target = [
      "--target",
      String(this.#holder.pid),
      ...mapped ? ["--user", "--preserve-credentials"] : [],
    ];
    this.enter = ["nsenter", ...target, "--net"];
    this.#inside = [...this.enter, "--mount", `--pid=/proc/${this.#holder.pid}/ns/pid_for_children`];
  }

  /** Ends a node at once, as a crash does. Resolves when it is gone. */
  async kill(id: string): Promise<void> {
    const node = this.#nodes.get(id);
    if (node === undefined || hasEnded(node)) return;
    const closed = once(node, "close");
    signalGroup(node, "SIGKILL");
    await closed;
  }

  /** Brings back a node that has ended, with the data it had. Resolves when it answers. */
  async start(id: string): Promise<void> {
    const host = hosts.labHosts.find((host) => host.id === id);
    const running = this.#nodes.get(id);
    if (host === undefined || (running !== undefined && !hasEnded(running))) return;
    const node = this.#spawnOn(host, hosts.nodeArguments(host, this.data));
    readLines(node.stderr, (line) => this.#options.onLine?.(id, line));
    this.#nodes.set(id, node);
    const asks = (at: Address) => ask(at, { type: "status", msg_id: 1 });
    await answers(node, `The node ${id}`, this.at.get(id), asks);
  }

  /** Ends every process of the lab, and deletes its temporary directory. */
  async close(): Promise<void> {
    for (const door of this.#doors) door.close();
    if (!hasEnded(this.#holder)) {
      const ended = once(this.#holder, "exit");
      this.#holder.stdin?.end();
      await ended;
    }
    rmSync(this.#scratch, { recursive: true, force: true });
  }

  async #open(): Promise<void> {
    await firstLine(this.#holder).catch((error: Error) => {
      throw new Error(`Cannot open the lab as this machine refuses namespaces: ${error.message}`);
    });
    await this.#tellIp([], hosts.bridgeBatch());
    for (const host of hosts.labHosts) await this.#tellIp(["-n", host.id], hosts.hostBatch(host));
    await this.#openDoors();
    const made = ensureSecret(this.secretFile);
    if ("fault" in made) throw new Error(`Cannot open the lab as no secret can be written: ${made.fault}`);
    await Promise.all(
      hosts.labHosts.map((host) => Promise.all([this.start(host.id), this.#startSidecar(host, made.secret)])),
    );
  }

  async #tellIp(options: readonly string[], lines: string): Promise<void> {
    const ip = this.#spawn([...this.#inside, "ip", ...options, "-batch", "-"]);
    ip.stdin?.end(lines);
    const failed = await failure(ip);
    if (failed !== undefined) throw new Error(`Cannot open the lab as 'ip' fails: ${failed}`);
  }

  async #startSidecar(host: hosts.LabHost, secret: string): Promise<void> {
    const sidecar = this.#spawnOn(host, hosts.sidecarArguments(this.secretFile));
    const asks = (at: Address) => order(at, { type: "rules" }, secret);
    await answers(sidecar, `The sidecar of ${host.id}`, this.sidecars.get(host.id), asks);
  }

  async #openDoors(): Promise<void> {
    const { program: { bin, args }, firstPort } = this.#options;
    const env = { ...this.#env, [FORWARDER_VARIABLE]: this.#scratch };
    await firstLine(this.#spawn([...this.#inside, bin, ...args, "lab"], env));
    for (const [i, { id }] of hosts.labHosts.entries()) {
      const port = firstPort === undefined ? 0 : firstPort + i;
      this.at.set(id, await this.#openDoor(doorOf(id, hosts.NODE_PORT), port));
      const beside = (offset: number) => port === 0 ? 0 : port + offset;
      this.sidecars.set(id, await this.#openDoor(doorOf(id, hosts.SIDECAR_PORT), beside(SIDECAR_OFFSET)));
      this.pages.set(id, await this.#openDoor(doorOf(id, hosts.HTTP_PORT), beside(HTTP_OFFSET)));
    }
  }

  async #openDoor(name: string, wanted: number): Promise<Address> {
    const door = await forwardFromOutside(this.#scratch, name, wanted);
    this.#doors.push(door);
    const address = door.address();
    return {
      host: "127.0.0.1",
      port: typeof address === "object" && address !== null ? address.port : wanted,
    };
  }

  #spawnOn({ id }: hosts.LabHost, args: readonly string[]): ChildProcess {
    const { bin, args: first } = this.#options.program;
    const child = this.#spawn([...this.#inside, "nsenter", `--net=/run/netns/${id}`, bin, ...first, ...args]);
    child.stdout?.resume();
    return child;
  }

  /** In a group of its own: a signal to it reaches what nsenter started, and one from our terminal does not. */
  #spawn([bin = "", ...args]: readonly string[], env = this.#env): ChildProcess {
    const child = spawn(bin, args, { detached: true, env });
    child.on("error", () => {});
    return child;
  }
}

/** Resolves when there is an answer; rejects when the process has ended, or has had its time. */
async function answers(
  child: ChildProcess,
  name: string,
  at: Address | undefined,
  asks: (at: Address) => Promise<Answer>,
): Promise<void> {
  const words = lastWords(child);
  const endsAt = performance.now() + START_MS_MAX;
  while (at !== undefined && !hasEnded(child) && performance.now() < endsAt) {
    if ((await asks(at)).ok) return;
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
  throw new Error(`${name} does not answer: ${words()}`);
}
