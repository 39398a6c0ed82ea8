/** Dials one address until somebody answers: again and again for ever, beside dials that hang. */
import { lookup } from "node:dns";
import { connect, isIP, type Socket } from "node:net";
import { backoffMs } from "../../../lib/core/backoff.ts";
import type { Random } from "../../../lib/core/random.ts";
import type { Address } from "../../address.ts";
import { runtimeTimer, type Timer } from "../../clock.ts";
import { connectionFault, NOTHING_LISTENS } from "../../errno.ts";
import { DIAL_EVERY_MS_MAX, DIAL_EVERY_MS_MIN, DIAL_MS_MAX, DIALLED_OFTEN_MAX } from "../limits.ts";
import { resetSelfConnection } from "../self_connection.ts";

export interface DialerOptions {
  readonly address: Address;
  readonly random: Random;
  /** Another host where it may be: used where the address is a name, beside those that are found for it. */
  readonly hint?: (() => string | undefined) | undefined;
  /** Finds the addresses of a name; by default it is looked up as the system does. */
  readonly find?: (name: string, done: (addresses: readonly string[], fault?: string) => void) => void;
  /** How many peers are dialled beside this one; by default none. */
  readonly others?: (() => number) | undefined;
  /** Opens a socket; by default the runtime's connect. */
  readonly open?: (address: Address) => Socket;
  /** Runs once after that many milliseconds; returns a cancel. By default the runtime's timer. */
  readonly timer?: Timer;
  /** A dial has connected; all others are given up, and none follows until the next start(). */
  onConnected(socket: Socket): void;
  /** One dial failed, for people; the next one is planned already. */
  onFailed(reason: string): void;
}

/**
 * After a cut the kernel repeats a lost SYN ever more rarely, after many seconds in the end. So a dial that hangs is
 * not waited for: the next one starts beside it, and the first that connects wins.
 */
export class Dialer {
  readonly #options: DialerOptions;
  /** At most DIAL_MS_MAX / DIAL_EVERY_MS_MIN, as each one lives for so long and starts so much after the last, if none is hurried. */
  readonly #dials = new Set<Socket>();
  readonly #timer: Timer;
  #cancel = () => {};
  #running = false;
  #lookingUp = false;
  /** The addresses that were found last for the name. */
  #found: readonly string[] = [];
  #tries = 0;

  constructor(options: DialerOptions) {
    this.#options = options;
    this.#timer = options.timer ?? runtimeTimer;
  }

  /** The first dial of all is at once, later first ones after DIAL_EVERY_MS_MIN or more. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    if (this.#tries === 0) this.#dial();
    else this.#plan();
  }

  stop(): void {
    this.#running = false;
    this.#cancel();
    for (const socket of this.#dials) socket.destroy();
    this.#dials.clear();
  }

  /** The next dial is due now, if there is to be one. */
  hurry(): void {
    if (!this.#running) return;
    this.#cancel();
    this.#dial();
  }

  /** The link was good: should it break, it is dialled soon. */
  reset(): void {
    this.#tries = 1;
  }

  #plan(): void {
    const { random, others = () => 0 } = this.#options;
    const ms = backoffMs(random, this.#tries - 1, DIAL_EVERY_MS_MIN, DIAL_EVERY_MS_MAX);
    this.#cancel = this.#timer(ms * Math.max(1, others() / DIALLED_OFTEN_MAX), () => this.#dial());
  }

  #dial(): void {
    this.#tries += 1;
    this.#plan();
    const { host } = this.#options.address;
    if (isIP(host) !== 0) this.#connect(host);
    else if (this.#lookingUp) this.#connectToKnown();
    else this.#lookUp(host);
  }

  // The name is looked up here and anew for every dial, as connecting by name may use an address that was found half a
  // minute ago. A lookup that hangs cannot be given up and blocks others, so there is one at a time.
  #lookUp(host: string): void {
    const { find = lookUp, onFailed } = this.#options;
    this.#lookingUp = true;
    find(host, (addresses, fault = "no address") => {
      this.#lookingUp = false;
      if (addresses.length > 0) this.#found = addresses;
      if (!this.#running) return;
      if (addresses.length === 0) onFailed(`the name ${host} is not found (${fault})`);
      this.#connectToKnown();
    });
  }

  // Name servers fail, and some tell for a minute where a node was before: so what was found last is dialled, too, and where
  // the peer itself has dialled from.
  #connectToKnown(): void {
    const hint = this.#options.hint?.();
    const hosts = hint === undefined || this.#found.includes(hint) ? this.#found : [...this.#found, hint];
    const host = hosts[this.#tries % hosts.length];
    if (host !== undefined) this.#connect(host);
  }

  #connect(host: string): void {
    const { address, open = connect } = this.#options;
    const socket = open({ host, port: address.port });
    const cancel = this.#timer(DIAL_MS_MAX, () => this.#giveUp(socket));
    this.#dials.add(socket);
    socket.on(
      "error",
      (error) => this.#dials.has(socket) && this.#options.onFailed(`it ${connectionFault(error)}`),
    );
    socket.once("close", () => {
      cancel();
      this.#dials.delete(socket);
    });
    socket.once("connect", () => {
      cancel();
      if (!resetSelfConnection(socket)) this.#win(socket);
      else if (this.#dials.delete(socket)) this.#options.onFailed(`it ${NOTHING_LISTENS}`);
    });
  }

  #giveUp(socket: Socket): void {
    if (!this.#dials.delete(socket)) return;
    socket.destroy();
    this.#options.onFailed(`no answer within ${DIAL_MS_MAX} ms`);
  }

  #win(socket: Socket): void {
    if (!this.#dials.delete(socket)) return void socket.destroy();
    this.stop();
    this.#options.onConnected(socket);
  }
}

function lookUp(name: string, done: (addresses: readonly string[], fault?: string) => void): void {
  lookup(name, { all: true }, (error, found) => {
    if (error === null) done(found.map(({ address }) => address));
    else done([], error.code);
  });
}
