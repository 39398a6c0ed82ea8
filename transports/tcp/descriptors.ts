/** Descriptors: how many of this process's may be connections of clients, and whether any is left. */
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { devNull } from "node:os";
import {
  CLIENTS_MAX,
  DESCRIPTORS_LOOK_MS,
  NEWCOMERS_MAX,
  PEER_DESCRIPTORS,
  ROOM_AGAIN_MS,
  ROOM_MIN,
  SPARE_DESCRIPTORS_MAX,
  type TcpLimits,
} from "./limits.ts";

/** What a process may open, and has; `maxOpen` is infinite where that is not known. */
export interface Files {
  readonly maxOpen: number;
  readonly open: number;
}

export interface DescriptorsOptions {
  readonly peers: number;
  /** By default, what the system says of this process. */
  readonly files?: Files;
  /** Whether a descriptor can be had, by default by asking for one; else why not. */
  readonly fault?: () => string | undefined;
  /** So many connections may be clients, or may turn out to be, from now on; `current` are so now. */
  readonly onRoom: (room: number) => void;
  /** So many are now. */
  readonly current: () => number;
  /** There is none left, for people; said once until there were some again. */
  readonly onShort: (reason: string) => void;
}

/**
 * Accepting without a descriptor fails for ever: Bun tries again without a pause, Deno never again. So clients have only
 * what peers, the store and lookups do not need. Where even that is more than there is, clients are closed.
 */
export class Descriptors {
  readonly #options: DescriptorsOptions;
  /** Never more than this, and less for a while after there was none left. */
  readonly roomMax: number;
  readonly #maxOpen: number;
  #room: number;
  #sinceLookMs = 0;
  #short = false;
  /** For how long there was one whenever it was looked. */
  #calmMs = 0;

  constructor(options: DescriptorsOptions) {
    const files = options.files ?? filesOfProcess();
    this.#options = options;
    this.#maxOpen = files.maxOpen;
    this.roomMax = roomFor(files, options.peers);
    this.#room = this.roomMax;
    options.onRoom(this.#room);
  }

  /** Why there is room for no more than `clientsMax` clients, for people. */
  said(clientsMax: number): string {
    return `at most ${clientsMax} clients are served, as this process may have ${this.#maxOpen} files open: ` +
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

  // What was taken at once is given back slowly, as whoever else has the descriptors may keep them.
  #recover(): void {
    this.#calmMs += DESCRIPTORS_LOOK_MS;
    if (!this.#short || this.#calmMs < ROOM_AGAIN_MS) return;
    this.#calmMs = 0;
    this.#short = this.#room < this.roomMax;
    this.#room = Math.min(this.roomMax, Math.ceil(this.#room * 4 / 3));
    this.#options.onRoom(this.#room);
  }
}

/** How many connections may be clients, or may turn out to be. */
export function roomFor({ maxOpen, open }: Files, peers: number): number {
  const spare = Math.min(SPARE_DESCRIPTORS_MAX, Math.floor(maxOpen / 4));
  const left = maxOpen - open - spare - peers * PEER_DESCRIPTORS;
  return Math.max(ROOM_MIN, Math.min(left, CLIENTS_MAX + NEWCOMERS_MAX));
}

/** Of these, who has not said yet what it is keeps a quarter, so that a peer always finds a place. */
export function placesIn(room: number, { clientsMax, newcomersMax }: TcpLimits) {
  const newcomers = Math.min(newcomersMax, Math.ceil(room / 4));
  return { newcomers, clients: Math.min(clientsMax, room - newcomers) };
}

function filesOfProcess(): Files {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return { maxOpen: Number(soft ?? Infinity), open: readdirSync("/proc/self/fd").length };
  } catch {
    return { maxOpen: Infinity, open: 0 };
  }
}

function descriptorFault(): string | undefined {
  try {
    closeSync(openSync(devNull, "r"));
    return undefined;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code === "EMFILE" || code === "ENFILE" ? `${code}: too many open files` : undefined;
  }
}
