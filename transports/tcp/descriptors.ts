/** File descriptors: how many of them may be connections of clients, and whether the process has any left. */
import { closeSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { devNull } from "node:os";
import { codeOf } from "../errno.ts";
import {
  CLIENTS_MAX,
  DESCRIPTORS_LOOK_MS,
  PEER_DESCRIPTORS,
  ROOM_AGAIN_MS,
  ROOM_MIN,
  SPARE_DESCRIPTORS_MAX,
  type TcpLimits,
  UNCLASSIFIED_MAX,
} from "./limits.ts";

const OPEN_FILES = "/proc/self/fd";

/** How many files a process may open, and has open; `maxOpen` is infinite where that is not known. */
export interface Files {
  readonly maxOpen: number;
  readonly open: number;
}

export interface DescriptorsOptions {
  /** How many there are at first. */
  readonly peers: number;
  /** By default the system is asked about this process. */
  readonly files?: Files;
  /** Returns why no descriptor can be had, undefined where one can; by default it asks for one. */
  readonly fault?: () => string | undefined;
  /** From now on, `room` connections may be clients or unclassified. */
  readonly onRoom: (room: number) => void;
  /** How many connections are clients or unclassified now. */
  readonly current: () => number;
  /** No descriptor is left, for this reason; said once, and again only after there were some. */
  readonly onShort: (reason: string) => void;
}

/**
 * Accepting without a descriptor fails for ever: Bun tries again without a pause, Deno never again. So clients may only
 * have the descriptors that peers, the store and lookups do not need. Where even those are not there, clients are closed.
 */
export class Descriptors {
  readonly #options: DescriptorsOptions;
  /** The most room there ever is; for a while after no descriptor was left, there is less. */
  #roomMax: number;
  readonly #files: Files;
  #room: number;
  #sinceLookMs = 0;
  #short = false;
  /** For how long every look has found a descriptor. */
  #calmMs = 0;

  constructor(options: DescriptorsOptions) {
    this.#options = options;
    this.#files = options.files ?? filesOfProcess();
    this.#room = this.#roomMax = roomFor(this.#files, options.peers);
    options.onRoom(this.#room);
  }

  get roomMax(): number {
    return this.#roomMax;
  }

  /** From now on there are so many peers. */
  setPeers(count: number): void {
    const roomMax = roomFor(this.#files, count);
    if (roomMax === this.#roomMax) return;
    this.#roomMax = roomMax;
    this.#room = this.#short ? Math.min(this.#room, roomMax) : roomMax;
    this.#options.onRoom(this.#room);
  }

  /** Tells people why there is room for no more than `clientsMax` clients. */
  said(clientsMax: number): string {
    return `at most ${clientsMax} clients are served, as this process may have ${this.#files.maxOpen} files open: ` +
      "raise that limit (ulimit -n, LimitNOFILE=) for more";
  }

  tick(ms: number): void {
    this.#sinceLookMs += ms;
    if (this.#sinceLookMs < DESCRIPTORS_LOOK_MS) return;
    this.#sinceLookMs = 0;
    this.#look();
  }

  #look(): void {
    const { fault: look = descriptorFault, current, onRoom, onShort } = this.#options;
    const fault = look();
    if (fault === undefined) return this.#recover();
    if (!this.#short) onShort(fault);
    this.#short = true;
    this.#calmMs = 0;
    this.#room = Math.max(ROOM_MIN, Math.floor(Math.min(this.#room, current()) * 3 / 4));
    onRoom(this.#room);
  }

  // Places are taken away at once and given back slowly, as other programs may keep the descriptors that they have.
  #recover(): void {
    this.#calmMs += DESCRIPTORS_LOOK_MS;
    if (!this.#short || this.#calmMs < ROOM_AGAIN_MS) return;
    this.#calmMs = 0;
    this.#short = this.#room < this.#roomMax;
    this.#room = Math.min(this.#roomMax, Math.ceil(this.#room * 4 / 3));
    this.#options.onRoom(this.#room);
  }
}

/** How many connections may be clients or unclassified. */
export function roomFor({ maxOpen, open }: Files, peers: number): number {
  const spare = Math.min(SPARE_DESCRIPTORS_MAX, Math.floor(maxOpen / 4));
  const left = maxOpen - open - spare - peers * PEER_DESCRIPTORS;
  return Math.max(ROOM_MIN, Math.min(left, CLIENTS_MAX + UNCLASSIFIED_MAX));
}

/** A quarter of the room is for unclassified connections, so that a peer always finds a place. */
export function placesIn(room: number, { clientsMax, unclassifiedMax }: TcpLimits) {
  const unclassified = Math.min(unclassifiedMax, Math.ceil(room / 4));
  return { unclassified, clients: Math.min(clientsMax, room - unclassified) };
}

/** As the system says. */
export function filesOfProcess(): Files {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return { maxOpen: Number(soft ?? Infinity), open: openFiles() };
  } catch {
    return { maxOpen: Infinity, open: 0 };
  }
}

/** Newer kernels say how many there are; to list ten thousand takes 20 ms. */
function openFiles(): number {
  return statSync(OPEN_FILES).size || readdirSync(OPEN_FILES).length;
}

function descriptorFault(): string | undefined {
  try {
    closeSync(openSync(devNull, "r"));
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    return code === "EMFILE" || code === "ENFILE" ? `${code}: too many open files` : undefined;
  }
}
