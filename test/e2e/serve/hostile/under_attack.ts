/** An attack on a node while a client that does nothing wrong tells it values: what that one notices, and what memory it takes. */
import assert from "node:assert/strict";
import { once } from "node:events";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { hasEnded } from "../../../../lib/workbench/world/child_processes.ts";
import { Client, Watched } from "../../fixtures/client.ts";
import { signal, start } from "../../fixtures/hearsay.ts";
import { script } from "../../../shared/script.ts";
import { DEADLINE_MS, eventually, measured, type Serving } from "../../fixtures/serving.ts";

/** The figure is that of the executable. Deno takes 40 MB more from the start, and collects later what buffers leave. */
const AIM_BYTES = (process.versions["deno"] === undefined ? 200 : 300) * 1_000_000;
/** A runtime that gets little of a busy machine collects later, too: 218 MB have been seen under Bun. */
const BUSY_BYTES = 60_000_000;
const MEMORY_BYTES_MAX = AIM_BYTES + BUSY_BYTES;
const LOOK_EVERY_MS = 20;
/** The slowest answer that a client who does nothing wrong may get meanwhile, on a busy machine, ms. */
const ANSWER_MS_MAX = 2_000;
/** So many values more are told once an attack has done its worst, while what it has left behind lies there. */
const AFTERMATH_VALUES = 40;

/** Resolves to what a client has told the node meanwhile, and has heard from it. `isTrusted`: the attacker shows a certificate. */
export async function underAttack(
  node: Serving,
  attack: string,
  isTrusted = false,
): Promise<readonly string[]> {
  const good = await GoodClient.start(node);
  const attacker = start(
    script(new URL("../../fixtures/attacks.ts", import.meta.url)),
    attack,
    `${node.address.port}`,
    ...isTrusted ? node.options.tls?.paths ?? [] : [],
  );
  let peakBytes = 0;
  const look = setInterval(() => peakBytes = Math.max(peakBytes, node.residentBytes), LOOK_EVERY_MS);
  try {
    await done(attacker);
    const enough = good.told.length + AFTERMATH_VALUES;
    await eventually("the client goes on", () => good.told.length >= enough);
    await good.stop();
  } finally {
    clearInterval(look);
    await kill(attacker);
  }
  measured(
    `${attack}: at most ${Math.round(peakBytes / 1e6)} MB (the aim is ${AIM_BYTES / 1e6} MB), ` +
      `the slowest of ${good.told.length} answers to another client took ${Math.round(good.slowestMs)} ms`,
  );
  assert.deepEqual(good.heard, good.told);
  assert.ok(peakBytes > 0 && peakBytes <= MEMORY_BYTES_MAX, `${peakBytes} bytes`);
  assert.ok(good.slowestMs <= ANSWER_MS_MAX, `${good.slowestMs} ms`);
  return good.told;
}

async function kill(attacker: ReturnType<typeof start>): Promise<void> {
  if (hasEnded(attacker)) return;
  const ended = once(attacker, "close");
  signal(attacker, "SIGKILL");
  await ended;
}

/** Resolves once the attacker says that it has done its worst. */
function done(attacker: ReturnType<typeof start>): Promise<void> {
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Error(`the attack does not come to its end: ${said.join("")}`));
    const timer = setTimeout(fail, DEADLINE_MS);
    attacker.stdout.on("data", () => {
      clearTimeout(timer);
      resolve();
    });
    attacker.stderr.on("data", (chunk) => said.push(String(chunk)));
    attacker.on("close", fail);
  });
}

/** Tells a value every so often, and follows what the node holds. */
class GoodClient {
  readonly told: string[] = [];
  slowestMs = 0;
  readonly #client: Client;
  readonly #watcher: Client;
  readonly #watched: Watched;
  readonly #telling: Promise<void>;
  #fault: unknown;
  #stopped = false;

  private constructor(client: Client, watcher: Client, watched: Watched) {
    this.#client = client;
    this.#watcher = watcher;
    this.#watched = watched;
    this.#telling = this.#tell().catch((error) => this.#fault = error);
  }

  static async start({ address, options: { tls } }: Serving): Promise<GoodClient> {
    const [client, watcher] = await Promise.all([Client.open(address, tls), Client.open(address, tls)]);
    return new GoodClient(client, watcher, await Watched.follow(watcher));
  }

  get heard(): unknown[] {
    return this.#watched.values.filter((value) => typeof value === "string" && value.startsWith("good "));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#telling;
    assert.equal(this.#fault, undefined);
    await eventually("the watch brings everything", () => this.heard.length >= this.told.length);
    this.#client.close();
    this.#watcher.close();
  }

  async #tell(): Promise<void> {
    while (!this.#stopped) {
      const value = `good ${this.told.length}`;
      const askedAt = performance.now();
      await this.#client.broadcast(value);
      this.told.push(value);
      this.slowestMs = Math.max(this.slowestMs, performance.now() - askedAt);
      await pause(LOOK_EVERY_MS);
    }
  }
}
