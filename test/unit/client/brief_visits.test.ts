/** A server that brings something each time and hangs up is asked again after ever longer waits, and others at once. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { test } from "node:test";
import { BriefVisits } from "../../../lib/client/common/brief_visits.ts";
import { RETRY_MS_MAX, RETRY_MS_MIN, SETTLED_MS, TIMEOUT_MS } from "../../../lib/client/common/limits.ts";
import { connect } from "../../../lib/client/http/mod.ts";
import { Nodes } from "../../../lib/client/nodes.ts";
import { Recent } from "../../../lib/client/watching/recent.ts";
import { Stream } from "../../../lib/client/watching/stream.ts";
import { Digest } from "../../../lib/core/log/digest.ts";
import { withHttp } from "../../shared/listening.ts";
import { until } from "../../shared/until.ts";
import { FakeNode, withNodes } from "./fake_node.ts";

/** The longest waits, as chance would have it. */
const longest = { next: () => 1 };
/** A timer may ring that much too early, ms. */
const TIMER_EARLY_MS = 2;
const VISITS = 4;

function checkPauses(times: readonly number[]): void {
  for (let i = 1; i < times.length; i++) {
    const waitedMs = (times[i] ?? 0) - (times[i - 1] ?? 0);
    ok(waitedMs >= RETRY_MS_MIN - TIMER_EARLY_MS, `${waitedMs} ms`);
  }
}

/** What is waited after each visit of so many ms. */
function waitsOf(nodes: number, visits: readonly number[]): number[] {
  const brief = new BriefVisits(nodes, longest);
  let now = 0;
  return visits.map((ms) => {
    brief.begin(now);
    now += ms;
    return brief.end(now);
  });
}

test("after a round of brief visits there are waits between RETRY_MS_MIN and RETRY_MS_MAX, ever longer", () => {
  deepEqual(waitsOf(1, [1, 1, 1, 1]), [RETRY_MS_MIN, 200, 400, 800]);
  deepEqual(waitsOf(3, [1, 1, 1, 1]), [0, 0, RETRY_MS_MIN, 200]);
  equal(waitsOf(1, Array.from({ length: 100 }, () => 1)).at(-1), RETRY_MS_MAX);
});

test("a visit of SETTLED_MS is no brief one: whoever goes on after it waits for nothing", () => {
  deepEqual(waitsOf(1, [1, 1, SETTLED_MS, 1]), [RETRY_MS_MIN, 200, 0, RETRY_MS_MIN]);
  deepEqual(waitsOf(1, [SETTLED_MS - 1]), [RETRY_MS_MIN]);
});

for (const follow of [true, false]) {
  const what = follow ? "watch" : "read";
  test(`${what}: a server that brings one value and hangs up, again and again, is not asked without a pause`, async () => {
    const askedAt: number[] = [];
    const node = await FakeNode.start("n1", (body, visit) => {
      askedAt.push(performance.now());
      visit.say({ type: "watch_ok", values: 0 }, body);
      visit.say({ type: "values", runs: [["a", askedAt.length, [askedAt.length]]] }, body);
      visit.socket.end();
    });
    await withNodes([node], async () => {
      const stream = new Stream({
        nodes: new Nodes({ at: [node.address], timeoutMs: TIMEOUT_MS, verbose: false }, () => {}),
        random: longest,
        position: new Digest(),
        recent: new Recent(),
        follow,
        take: () => Promise.resolve(true),
      });
      const ran = stream.run();
      await until(() => askedAt.length >= VISITS, "it is asked again");
      stream.stop();
      equal(await ran, "stopped");
    });
    checkPauses(askedAt);
  });
}

test("hearsay/http: a server that brings one value and hangs up, again and again, is not asked without a pause", () => {
  const askedAt: number[] = [];
  return withHttp((request, response) => {
    if (request.url === "/v1/status") return void response.end(`{"id":"n1"}`);
    askedAt.push(performance.now());
    const seq = askedAt.length;
    const entry = { topic: "", origin: "n1.k", seq, value: seq };
    response.writeHead(200, { "content-type": "text/event-stream" })
      .end(`id: n1.k:1-${seq}\ndata: ${JSON.stringify(entry)}\n\n`);
  }, async (at) => {
    await using client = await connect({ at });
    const watching = Array.fromAsync(client.watch()).catch(() => {});
    await until(() => askedAt.length >= VISITS, "it is asked again");
    client.abort();
    await watching;
    checkPauses(askedAt);
  });
});
