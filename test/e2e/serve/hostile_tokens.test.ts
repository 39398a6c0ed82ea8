/** Ten thousand wrong tokens, and hellos that are none: they cost a node little, and a client that it knows nothing. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { hashOf } from "../../../lib/service/access/tokens.ts";
import type { Address } from "../../../transports/address.ts";
import { inFolder } from "../../shared/in_folder.ts";
import { Talker, until } from "../../unit/transports/tcp/rig.ts";
import { Client } from "../fixtures/client.ts";
import { measured, withCluster } from "../fixtures/serving.ts";

const WRONG = 10_000;
const AT_ONCE = 100;
/** Deno collects later. */
const GROWTH_BYTES_MAX = (process.versions["deno"] === undefined ? 100 : 200) * 1_000_000;
/** The slowest answer to a known client meanwhile, on a busy machine, ms. */
const ANSWER_MS_MAX = 2_000;
const SAID_LINES_MAX = 5;

const hello = (token: unknown) => ({ src: "c1", dest: "*", body: { type: "hello", token, msg_id: 1 } });
const broadcast = { src: "c1", dest: "*", body: { type: "broadcast", message: "stolen", msg_id: 2 } };

test("[A3] serve: ten thousand wrong tokens, long ones, and what is no hello", () =>
  inFolder(async (folder) => {
    const path = `${folder}/tokens.json`;
    writeFileSync(
      path,
      JSON.stringify([{ name: "shop", sha256: hashOf("s3cret"), rights: ["publish:", "watch:"] }]),
    );
    await withCluster({ ids: ["n1"], flags: ["--tokens", path] }, async ([node = assert.fail()]) => {
      await Client.with(node.address, async (client) => {
        await client.ask({ type: "hello", token: "s3cret" });
        const [before, lines] = [node.residentBytes, node.log.length];
        let isOver = false;
        const slowest = (async () => {
          let ms = 0;
          for (let i = 0; !isOver; i++) {
            const asked = performance.now();
            assert.equal((await client.ask({ type: "broadcast", message: i })).type, "broadcast_ok");
            ms = Math.max(ms, performance.now() - asked);
            await pause(5);
          }
          return ms;
        })();
        await odd(node.address);
        for (let i = 0; i < WRONG; i += AT_ONCE) {
          await Promise.all(Array.from({ length: AT_ONCE }, (_, k) => refused(node.address, `${i + k}`)));
        }
        isOver = true;
        const ms = await slowest;
        const growth = node.residentBytes - before;
        measured(
          `${WRONG} wrong tokens: ${Math.round(growth / 1e6)} MB, slowest answer ${Math.round(ms)} ms`,
        );
        assert.ok(growth < GROWTH_BYTES_MAX, `${growth} bytes more`);
        assert.ok(ms < ANSWER_MS_MAX, `${ms} ms`);
        assert.ok(node.log.length - lines <= SAID_LINES_MAX, node.log.slice(lines).join("\n"));
        const { messages } = await client.ask({ type: "read" });
        assert.ok(Array.isArray(messages) && !messages.includes("stolen"));
      });
    });
  }));

/** One wrong token on a connection, and what else it says is not heard. */
async function refused(address: Address, token: string): Promise<void> {
  const talker = new Talker(address).say(hello(token), hello("s3cret"), broadcast);
  await until(() => talker.ended || talker.closed, "it is ended");
  assert.equal(talker.lines.length, 1);
  assert.match(talker.lines[0] ?? "", /"code":21,"text":"the token is not one/);
  talker.socket.destroy();
}

/** What is malformed is told so, and its connection goes on: nothing is known of it. */
async function odd(address: Address): Promise<void> {
  const said = [
    hello("x".repeat(1_000_000)),
    hello("\ud83d".repeat(600)),
    hello(null),
    hello({ token: "s3cret" }),
    { src: "c1", dest: "*", body: { type: "hello", msg_id: 1 } },
    '{"src":"c1","dest":"*","body":{"type":"hello","token":"s3cret"',
    '{"src":"c1","dest":"*","body":{"__proto__":{"token":"s3cret"},"type":"hello","msg_id":1}}',
    broadcast,
  ];
  const talker = new Talker(address).say(...said);
  const answers = await talker.hear(said.length - 1);
  const codes = answers.map(({ body }) => body["code"]);
  assert.equal(codes.at(-1), 21);
  assert.ok(codes.slice(0, -1).every((code) => code === 12), String(codes));
  assert.equal(talker.ended, false);
  talker.socket.destroy();
}
