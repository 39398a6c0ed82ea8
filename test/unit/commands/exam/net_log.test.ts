/** `--log-net-send` and `--log-net-recv`: every message on standard error, as it is sent and as it is received. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { netLogTo } from "../../../../lib/commands/exam/net_log.ts";
import { parseTest } from "../../../../lib/commands/config/exam/real.ts";
import { sim } from "../../../../lib/commands/sim.ts";
import { listen } from "../../../shared/io.ts";
import { mistakesOf } from "../config/parsed.ts";

async function logged(...flags: string[]) {
  const { io, out, err } = listen();
  const settings = ["--time-limit", "4", "--recovery", "1", "--nemesis", "partition,loss", "--latency", "20"];
  assert.equal(await sim([...settings, "--json", ...flags], io), 0);
  const lines = err.join("").split("\n").slice(0, -1).map((line) => {
    const [, what = "", at = "", envelope = ""] = /^(\w+) (\d+\.\d) (\{.*\})$/.exec(line) ?? [];
    return { what, at: Number(at), ...JSON.parse(envelope) };
  });
  return { net: JSON.parse(out.join("")).net, lines };
}

test("sim --log-net-send --log-net-recv: as many as are counted, by time, those of clients among them", async () => {
  const { net, lines } = await logged("--log-net-send", "--log-net-recv");
  const [sent, received] = ["send", "recv"].map((what) => lines.filter((line) => line.what === what));
  assert.deepEqual([sent?.length, received?.length], [net.all["send-count"], net.all["recv-count"]]);
  assert.equal(sent?.[0]?.src, "c0");
  assert.equal(sent?.[0]?.body.type, "init");
  assert.deepEqual(lines.map(({ at }) => at), lines.map(({ at }) => at).toSorted((a, b) => a - b));
  assert(net.mishaps.partition > 0 && net.mishaps.loss > 0, "some are lost: they were sent and not received");
});

test("each flag logs its own, and neither of them nothing", async () => {
  const kinds = async (
    ...flags: string[]
  ) => [...new Set((await logged(...flags)).lines.map(({ what }) => what))];
  assert.deepEqual(await kinds("--log-net-send"), ["send"]);
  assert.deepEqual(await kinds("--log-net-recv"), ["recv"]);
  assert.deepEqual(await kinds(), []);
});

test("netLogTo(): what the examiner itself asks in order to observe is not logged", () => {
  const lines: string[] = [];
  const log = netLogTo((line) => lines.push(line), { logNetSend: true });
  log?.sent?.({ src: "c-observer-0", dest: "n0", body: { type: "read" } }, 1);
  log?.sent?.({ src: "c0", dest: "n0", body: { type: "read" } }, 1.25);
  assert.deepEqual(lines, ['send 1.3 {"src":"c0","dest":"n0","body":{"type":"read"}}\n']);
  assert.equal(log?.received, undefined);
});

test("test --cluster has no messages to log", () => {
  const flags = ["--cluster", "n1=127.0.0.1:7001", "--log-net-send"];
  assert.match(mistakesOf(parseTest(flags, {})).join(), /'--log-net-send' must be left out with --cluster/);
});
