/** POST /v1/values: one value, an array of values, or NDJSON, which enters while it comes in [U3]. */
import { NOT_UTF8 } from "../../../core/codec.ts";
import type { Json } from "../../../core/json.ts";
import { LINE_BYTES_MAX, LineReader } from "../../../../transports/lines/reader.ts";
import { runtimeTimer } from "../../../../transports/clock.ts";
import { type Exchange, JSON_TYPE, lengthProblem, NDJSON_TYPE, parsed, wrongType } from "../exchange.ts";
import { HTTP_EXCESS_MS, HTTP_UNDERWAY_CHARS_MAX, HTTP_UNDERWAY_MAX } from "../limits.ts";
import { Problem } from "../problem.ts";

/** Answers once all values are safe. */
export async function publish(exchange: Exchange): Promise<void> {
  const entering = new Entering(exchange);
  const isOne = exchange.query("id") !== undefined;
  if (exchange.bodyType === NDJSON_TYPE && !isOne) await publishLines(exchange, entering);
  else if (exchange.bodyType === JSON_TYPE || isOne) {
    const value = await exchange.json();
    if (Array.isArray(value) && !isOne) await entering.addAll(value);
    else entering.addOnly(value);
  } else throw wrongType(exchange.bodyType, JSON_TYPE, NDJSON_TYPE);
  exchange.sendJson({ accepted: await entering.end() });
}

async function publishLines(exchange: Exchange, entering: Entering): Promise<void> {
  let lines: string[] = [];
  let overlong = false;
  const reader = new LineReader({
    onLine: (line) => lines.push(line),
    onBroken: (line) => lines.push(NOT_UTF8 + line),
    onOverlong: () => overlong = true,
  });
  const enter = async () => {
    for (const line of lines) {
      if (line.trim() !== "") await entering.addLine(line);
    }
    lines = [];
    if (overlong) entering.fail(new Problem(413, `a line is over ${LINE_BYTES_MAX} bytes`));
  };
  for await (const chunk of exchange.chunks()) {
    reader.push(chunk);
    await enter();
    if (entering.hasFailed) return;
  }
  reader.end();
  await enter();
}

/** Values on their way into the node, in order, a bounded number at once. */
class Entering {
  readonly #exchange: Exchange;
  readonly #names: { readonly topic?: string | undefined; readonly key?: string | undefined };
  readonly #id: string | undefined;
  #count = 0;
  #accepted = 0;
  #underway = 0;
  #underwayChars = 0;
  #fault: Problem | undefined;
  #moved = Promise.withResolvers<void>();

  constructor(exchange: Exchange) {
    this.#exchange = exchange;
    this.#names = { topic: exchange.query("topic"), key: exchange.query("key") };
    this.#id = idOf(exchange);
  }

  get hasFailed(): boolean {
    return this.#fault !== undefined;
  }

  /** The only value: its id is the one that was given. */
  addOnly(value: Json): void {
    this.#enter(value, this.#id, 0);
  }

  async addAll(values: readonly Json[]): Promise<void> {
    for (const value of values) await this.#add(value, JSON.stringify(value).length);
  }

  async addLine(line: string): Promise<void> {
    if (this.#fault !== undefined) return;
    try {
      await this.#add(parsed(line, "it"), line.length);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      this.fail(error);
    }
  }

  /** Nothing more enters. */
  fail(problem: Problem): void {
    this.#fault ??= problem.with({ index: this.#count });
  }

  /** Resolves to how many values are safe, once all are. Throws a Problem where one is not. */
  async end(): Promise<number> {
    while (this.#underway > 0) await this.#moved.promise;
    if (this.#fault !== undefined) throw this.#fault.with({ accepted: this.#accepted });
    return this.#accepted;
  }

  async #add(value: Json, chars: number): Promise<void> {
    while (this.#underway >= HTTP_UNDERWAY_MAX || this.#underwayChars > HTTP_UNDERWAY_CHARS_MAX) {
      await this.#moved.promise;
    }
    // What is too much is read later.
    while (this.#exchange.excess !== undefined) await pause(HTTP_EXCESS_MS);
    if (this.#fault !== undefined) return;
    this.#enter(value, this.#id && `${this.#id}.${this.#count}`, chars);
  }

  #enter(value: Json, id: string | undefined, chars: number): void {
    const tooLong = lengthProblem(value);
    if (tooLong !== undefined) return this.fail(tooLong);
    const index = this.#count++;
    this.#underway += 1;
    this.#underwayChars += chars;
    // The first is counted as the request.
    if (index > 0) this.#exchange.spend();
    const left = () => {
      this.#underway -= 1;
      this.#underwayChars -= chars;
      this.#moved.resolve();
      this.#moved = Promise.withResolvers();
    };
    this.#exchange.ask(requestOf(value, this.#names, id)).then(() => void (this.#accepted += 1), (error) => {
      const problem = error instanceof Problem ? error : new Problem(503, String(error?.message ?? error));
      this.#fault ??= problem.with({ index });
    }).then(left);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void runtimeTimer(ms, resolve));
}

/** The request that enters a value. */
export function requestOf(
  message: Json,
  { topic, key }: { readonly topic?: string | undefined; readonly key?: string | undefined },
  id: string | undefined,
) {
  return {
    type: "broadcast",
    message,
    ...topic !== undefined && { topic },
    ...key !== undefined && { key },
    ...id !== undefined && { id },
  };
}

/** The query's id, or the Idempotency-Key, in quotes or not. */
export function idOf(exchange: Exchange): string | undefined {
  const named = exchange.query("id");
  if (named !== undefined) return named;
  const given = exchange.header("idempotency-key")?.trim();
  return given?.replace(/^"(.*)"$/, "$1");
}
