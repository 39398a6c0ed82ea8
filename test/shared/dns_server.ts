/** A name server for tests: A, AAAA and SRV records over UDP, which may answer late, with what was true before, or not at all. */
import packet, { type Answer, type Question } from "dns-packet";
import { Buffer } from "node:buffer";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import type { Address } from "../../transports/address.ts";

/** What one name has. */
export interface Records {
  readonly a?: readonly string[];
  readonly aaaa?: readonly string[];
  readonly srv?: readonly { readonly target: string; readonly port: number }[];
}

const TTL_S = 30;

export class DnsServer {
  readonly address: Address;
  /** What was asked, as "A hearsay.test". */
  readonly asked: string[] = [];
  /** Answers come so late, ms. */
  lateMs = 0;
  isSilent = false;
  /** Answers say what was true so long ago, ms. */
  staleMs = 0;
  readonly #socket: Socket;
  /** What each name had, and since when, the latest last. */
  readonly #records = new Map<string, { readonly at: number; readonly records: Records }[]>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.address = { host: "127.0.0.1", port: socket.address().port };
    socket.on("message", (message: Uint8Array, from: RemoteInfo) => this.#onMessage(message, from));
  }

  static async start(): Promise<DnsServer> {
    const socket = createSocket("udp4");
    socket.bind(0, "127.0.0.1");
    await once(socket, "listening");
    return new DnsServer(socket);
  }

  /** From now on the name has these, and nothing else; where answers are stale, that shows later. */
  set(name: string, records: Records): void {
    const history = this.#records.get(name) ?? [];
    history.push({ at: performance.now(), records });
    this.#records.set(name, history);
  }

  stop(): void {
    this.isSilent = true;
    this.#socket.close();
  }

  #onMessage(message: Uint8Array, { address, port }: RemoteInfo): void {
    const { id, questions = [] } = packet.decode(Buffer.from(message));
    this.asked.push(...questions.map(({ type, name }) => `${type} ${name}`));
    const found = questions.map((question) => this.#answersTo(question));
    const isKnown = found.some((answers) => answers !== undefined);
    const answer = packet.encode({
      type: "response",
      ...id !== undefined && { id },
      // The last four bits say that there is no such name.
      flags: packet.AUTHORITATIVE_ANSWER | (isKnown ? 0 : 3),
      questions,
      answers: found.flatMap((answers) => answers ?? []),
    });
    setTimeout(() => this.isSilent || this.#socket.send(answer, port, address), this.lateMs);
  }

  /** Undefined where there is no such name. */
  #answersTo({ name, type }: Question): readonly Answer[] | undefined {
    const at = performance.now() - this.staleMs;
    const history = this.#records.get(name.toLowerCase());
    const records = (history?.findLast((each) => each.at <= at) ?? history?.[0])?.records;
    if (records === undefined) return undefined;
    const { a = [], aaaa = [], srv = [] } = records;
    const head = { name, ttl: TTL_S };
    if (type === "A") return a.map((data) => ({ ...head, type: "A" as const, data }));
    if (type === "AAAA") return aaaa.map((data) => ({ ...head, type: "AAAA" as const, data }));
    if (type === "SRV") return srv.map((data) => ({ ...head, type: "SRV" as const, data }));
    return [];
  }
}

/** Stops it whatever happens. */
export async function withDns(use: (dns: DnsServer) => Promise<void>): Promise<void> {
  const dns = await DnsServer.start();
  try {
    await use(dns);
  } finally {
    dns.stop();
  }
}
