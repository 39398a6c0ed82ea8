/** The side of a relay that clients see: takes broadcasts, acknowledges them, and hands values to watchers. */
import { createServer, type Socket } from "node:net";
import { setImmediate } from "node:timers";
import { LineReader } from "../../../../transports/lines/reader.ts";
import { LineWriter } from "../../../../transports/lines/writer.ts";

export interface FrontOptions {
  readonly port: number;
  /** Watchers get a list of what came in one turn, and not a line for each value. */
  readonly lists: boolean;
  /** Acknowledged once this returns, or resolves. */
  readonly onBroadcast: (value: number) => Promise<unknown> | void;
  /** Another relay speaks there. */
  readonly onPeer: (socket: Socket) => void;
}

interface Request {
  readonly body: { readonly type: string; readonly message: number; readonly msg_id: number };
}

export class LineFront {
  readonly #options: FrontOptions;
  readonly #watchers = new Set<LineWriter>();
  #fresh: number[] = [];

  constructor(options: FrontOptions) {
    this.#options = options;
    createServer({ noDelay: true }, (socket) => this.#onSocket(socket)).listen(options.port, "127.0.0.1");
  }

  /** All that comes in one turn leaves together. */
  show(values: readonly number[]): void {
    if (this.#fresh.length === 0) setImmediate(() => this.#flush());
    for (const value of values) this.#fresh.push(value);
  }

  #flush(): void {
    const text = this.#options.lists ? `[${this.#fresh.join(",")}]` : this.#fresh.join("\n");
    this.#fresh = [];
    for (const watcher of this.#watchers) watcher.write(text);
  }

  #onSocket(socket: Socket): void {
    const writer = batched(socket);
    const reader = new LineReader({
      onLine: (line) => this.#onLine(line, socket, writer),
      onOverlong: () => {},
    });
    const onData = (chunk: Uint8Array) => reader.push(chunk);
    socket.on("data", onData);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.#watchers.delete(writer));
  }

  #onLine(line: string, socket: Socket, writer: LineWriter): void {
    if (line === "peer") {
      socket.removeAllListeners("data");
      return this.#options.onPeer(socket);
    }
    const { body }: Request = JSON.parse(line);
    if (body.type === "watch") {
      writer.write(reply("watch_ok", body.msg_id));
      this.#watchers.add(writer);
    } else this.#broadcast(body, writer);
  }

  #broadcast({ message, msg_id }: Request["body"], writer: LineWriter): void {
    const taken = this.#options.onBroadcast(message);
    if (taken === undefined) writer.write(reply("broadcast_ok", msg_id));
    else taken.then(() => writer.write(reply("broadcast_ok", msg_id)));
  }
}

/** A writer whose lines of one turn leave in one write. */
export function batched(socket: Socket): LineWriter {
  return new LineWriter(socket, undefined, { plan: setImmediate });
}

function reply(type: string, id: number): string {
  return `{"src":"n1","dest":"c1","body":{"type":"${type}","in_reply_to":${id}}}`;
}
