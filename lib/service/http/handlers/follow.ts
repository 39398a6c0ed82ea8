/** GET /v1/values and GET /v1/watch: entries as NDJSON or as server-sent events, as fast as they are read [U5]. */
import { Digest, type WireDigest } from "../../../core/log/digest.ts";
import { parsePosition, positionText } from "../../../core/keys/position_text.ts";
import type { Body } from "../../../core/message.ts";
import { NOW } from "../../../core/requests.ts";
import { type Exchange, NDJSON_TYPE, SSE_TYPE } from "../exchange.ts";
import { HTTP_RETRY_MS } from "../limits.ts";
import type { Outflow } from "../outflow.ts";
import { Problem } from "../problem.ts";
import type { Format } from "./tellings.ts";

const events: Format = {
  type: SSE_TYPE,
  begin: `retry: ${HTTP_RETRY_MS}\n\n`,
  alive: ":\n\n",
  entry: ({ kind, members }, { position }) =>
    `${kind === "gap" ? "event: gap\n" : ""}id: ${position}\ndata: {${members}}\n\n`,
  // An event without data is not handed over, but its id is kept.
  moved: ({ position }) => `id: ${position}\n\n`,
  // Else an EventSource would ask for all of it again.
  end: "event: end\ndata: {}\n\n",
};

const lines: Format = {
  type: NDJSON_TYPE,
  begin: "",
  alive: "\n",
  entry: ({ members }, { position }) => `{${members},"position":${JSON.stringify(position)}}\n`,
  moved: ({ position }) => `{"position":${JSON.stringify(position)}}\n`,
  end: "",
};

/** The same without positions, as nobody goes on from there. */
const values: Format = { ...lines, entry: ({ members }) => `{${members}}\n`, moved: () => "" };

/** All that the node holds of these topics. Resolves once that has left, or nobody reads it any more. */
export function readValues(exchange: Exchange): Promise<void> {
  const accepted = exchange.header("accept") ?? "";
  return follow(exchange, accepted.includes(SSE_TYPE) ? events : values, false);
}

/** The same, and then all that comes. */
export function watchValues(exchange: Exchange): Promise<void> {
  const accepted = exchange.header("accept") ?? "*/*";
  const format = accepted.includes(NDJSON_TYPE)
    ? lines
    : /text\/event-stream|text\/\*|\*\/\*/.test(accepted)
    ? events
    : undefined;
  if (format === undefined) throw new Problem(406, `a watch is ${SSE_TYPE} or ${NDJSON_TYPE}`);
  return follow(exchange, format, true);
}

function follow(exchange: Exchange, format: Format, goesOn: boolean): Promise<void> {
  const given = exchange.header("last-event-id") ?? exchange.query("position") ?? "";
  const from = given === NOW ? NOW : wireOf(given, "the position (Last-Event-ID, or in the query)");
  const awaits = exchange.query("awaits");
  const { topics } = exchange;
  const over = Promise.withResolvers<void>();
  exchange.onClosed(over.resolve);
  const position = from === NOW ? "" : positionText(Digest.fromWire(from));
  const watch = new Following(exchange, format, position, goesOn, over);
  exchange.client.watch({
    from,
    ...awaits !== undefined && { awaits: wireOf(awaits, "awaits") },
    follow: goesOn,
    latest: exchange.flag("latest"),
    ...topics !== undefined && { topics },
  }, watch);
  return over.promise;
}

function wireOf(text: string, what: string): WireDigest {
  const position = parsePosition(text);
  if (position === undefined) throw new Problem(400, `${what} is none that a node gave`);
  return position.toWire();
}

class Following {
  readonly #exchange: Exchange;
  readonly #format: Format;
  /** Where the watcher stands. */
  #position: string;
  readonly #goesOn: boolean;
  readonly #over: PromiseWithResolvers<void>;
  #outflow: Outflow | undefined;

  constructor(
    exchange: Exchange,
    format: Format,
    position: string,
    goesOn: boolean,
    over: PromiseWithResolvers<void>,
  ) {
    this.#exchange = exchange;
    this.#goesOn = goesOn;
    this.#format = format;
    this.#position = position;
    this.#over = over;
  }

  onAnswer(answer: Body): void {
    try {
      this.#take(answer);
    } catch (error) {
      this.#over.reject(error);
    }
  }

  /** The node is done with this client. */
  onEnd({ message }: Error): void {
    if (this.#outflow === undefined) this.#over.reject(new Problem(503, message));
    else this.#outflow.end();
  }

  #take(answer: Body): void {
    this.#exchange.check(answer);
    if (answer.type === "watch_ok") this.#begin();
    else if (answer.type === "values") this.#tell(answer);
    else if (answer.type === "watch_end") this.#end();
  }

  #begin(): void {
    const { type, begin, alive } = this.#format;
    const outflow = this.#outflow = this.#exchange.stream(type, alive, this.#goesOn);
    outflow.onDrained = () => this.#exchange.client.drained();
    if (begin !== "") outflow.write(begin);
  }

  #end(): void {
    const { end } = this.#format;
    if (end !== "") this.#outflow?.write(end);
    this.#outflow?.end();
  }

  #tell(answer: Body): void {
    const { bytes, position } = this.#exchange.tellings.write(this.#format, this.#position, answer);
    this.#position = position;
    if (bytes.length > 0) this.#outflow?.write(bytes);
  }
}
