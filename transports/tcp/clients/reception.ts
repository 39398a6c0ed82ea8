/** How connections open: which of them are handed over to a peer, which are refused, and in which words. */
import type { Connection } from "../connection.ts";
import { encodeRefusal, type Greeting, type Opening, type Refusal, type Refusals } from "../greeting.ts";
import { GREETING_BYTES_MAX } from "../limits.ts";
import { TLS_NOT_SPOKEN } from "../tls/faults.ts";
import { clientFault } from "../tls/identity.ts";
import type { Client } from "./client.ts";

export interface ReceptionOptions {
  readonly refusals: Refusals;
  readonly events: ReceptionEvents;
  /** Over TLS, clients without a certificate are admitted, too: somebody else asks who they are. */
  readonly admitsUnnamed?: boolean | undefined;
}

export interface ReceptionEvents {
  isMember(id: string): boolean;
  /** A node greets. Returns why it is refused; undefined once a peer has taken the connection over. */
  onGreeting(connection: Connection, greeting: Greeting): Refusal | undefined;
}

export class Reception {
  readonly #options: ReceptionOptions;

  constructor(options: ReceptionOptions) {
    this.#options = options;
  }

  /** Why nobody may ask anything with the certificate that was shown, or not shown; undefined where that is well. */
  strangerFault({ connection: { identity, host } }: Client): string | undefined {
    const { refusals, events, admitsUnnamed = false } = this.#options;
    const fault = identity && clientFault(identity, (id) => events.isMember(id), admitsUnnamed);
    if (fault !== undefined) refusals.say("strangers", `a client at ${host} is refused: ${fault}`);
    return fault;
  }

  /** The first line is one between nodes. Returns whether a peer has taken the connection over; else it is about to end. */
  handOver(client: Client, opening: Opening): boolean {
    const { connection } = client;
    const { refusals } = this.#options;
    if (opening.kind === "refusal") {
      refusals.say("refusals", `${connection.host} refuses: ${opening.reason}`);
      connection.close(opening.reason);
      return false;
    }
    const fault = this.#faultOf(client, opening);
    if (fault === undefined) return true;
    const name = opening.kind === "greeting" ? opening.greeting.id : "somebody";
    const { reason, later } = fault;
    refusals.say(`from ${name}`, `${name} at ${connection.host} is refused: ${reason}`, later);
    this.#refuse(connection, fault);
    return false;
  }

  // What speaks TLS finds in these words that the other side does not.
  refuseTls(connection: Connection): void {
    this.#options.refusals.say("tls", `${connection.host} is refused: ${TLS_NOT_SPOKEN}`);
    this.#refuse(connection, { reason: TLS_NOT_SPOKEN });
  }

  #faultOf({ door, connection }: Client, opening: Opening): Refusal | undefined {
    if (door === "clients") return { reason: "clients connect here, and members elsewhere" };
    if (opening.kind === "greeting") return this.#options.events.onGreeting(connection, opening.greeting);
    return "reason" in opening ? { reason: opening.reason } : undefined;
  }

  #refuse(connection: Connection, fault: Refusal): void {
    connection.write(encodeRefusal(fault), GREETING_BYTES_MAX);
    connection.end(fault.reason);
  }
}
