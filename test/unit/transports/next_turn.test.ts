/** Whoever always has something to read or to do leaves others their turn. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setImmediate } from "node:timers";
import { test } from "node:test";
import { atNextTurn } from "../../../transports/next_turn.ts";
import { Connection } from "../../../transports/tcp/connection.ts";
import { TURN_READ_MS_MAX } from "../../../transports/tcp/limits.ts";

/** So many turns may pass until what was written on this machine is read: Deno needs some for the writing. */
const TURNS_MAX = 20;
/** A line takes so long, and is so long that a connection on one machine has many on their way. */
const LINE_MS = 1;
const LINE_BYTES = 8_192;
const LINES = 1_000;
/** In the most that a runtime reads at once, which is 512 KiB under Bun. */
const CHUNK_LINES_MAX = 512 * 1024 / LINE_BYTES;

async function withPair(use: (near: Socket, far: Socket) => Promise<void>): Promise<void> {
  const server = createServer({ pauseOnConnect: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const far = connect(port, "127.0.0.1").setNoDelay(true);
  far.on("error", () => {});
  const [near]: Socket[] = await once(server, "connection");
  assert(near !== undefined);
  try {
    await use(near, far);
  } finally {
    near.destroy();
    far.destroy();
    server.close();
  }
}

test("what is planned for the next turn, again and again, leaves input its turn [S14]", async () => {
  await withPair(async (near, far) => {
    let isHeard = false;
    near.on("data", () => isHeard = true).resume();
    far.write("x");
    const turns = await new Promise<number>((resolve) => {
      let n = 0;
      const again = () => isHeard || ++n > TURNS_MAX ? resolve(n) : atNextTurn(again);
      again();
    });
    assert(turns <= TURNS_MAX, `not heard within ${turns} turns`);
  });
});

test("what is planned for the next turn comes in the order of the calls, and after this one [S14]", async () => {
  const log: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  atNextTurn(() => {
    log.push("first");
    atNextTurn(() => resolve(void log.push("one later")));
  });
  atNextTurn(() => log.push("second"));
  log.push("this turn");
  await promise;
  assert.deepEqual(log, ["this turn", "first", "second", "one later"]);
});

test("a connection that always has something to read is read in turns [S14]", async () => {
  await withPair(async (near, far) => {
    let lines = 0, turnLines = 0, mostLines = 0;
    const connection = new Connection(near, {
      onLine() {
        lines += 1;
        const end = performance.now() + LINE_MS;
        while (performance.now() < end);
      },
      onOverlong: () => assert.fail("no line is too long"),
      onEnd: () => assert.fail("it does not end"),
      onClose: () => {},
    });
    far.write(`${"x".repeat(LINE_BYTES - 1)}\n`.repeat(LINES));
    connection.resume();
    while (lines < LINES) {
      await new Promise((resolve) => setImmediate(resolve));
      mostLines = Math.max(mostLines, lines - turnLines);
      turnLines = lines;
    }
    assert(mostLines <= TURN_READ_MS_MAX / LINE_MS + CHUNK_LINES_MAX, `${mostLines} lines in one turn`);
    connection.close("the test is over");
  });
});
