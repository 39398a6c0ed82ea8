/** What goes on to the node, and what a client is answered before: with a carrier that carries nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Body, Envelope } from "../../../lib/core/message.ts";
import { RequestCounts } from "../../../lib/service/metrics/request_counts.ts";
import { Router } from "../../../lib/service/router.ts";
import type { TcpHandlers } from "../../../transports/tcp/tcp.ts";

/** What a router of n1, which has the peer n2, sends and passes on of what each says. */
function routed(...said: readonly (readonly [src: string, body: Body])[]) {
  const sent: Envelope[] = [];
  const passed: Body[] = [];
  let open: TcpHandlers | undefined;
  const router = new Router({
    clients: { send: (envelope) => void sent.push(envelope), acknowledge() {} },
    transport: {
      open: (handlers) => void (open = handlers),
      isPeer: (id) => id === "n2",
      endTurn: () => {},
      setMembers: () => {},
      drain: () => Promise.resolve(),
      close: () => Promise.resolve(),
    },
    waits: () => undefined,
    settled: () => true,
    handlers: new Map(),
    peerHandlers: new Map(),
    access: undefined,
    requests: new RequestCounts(),
    onSent() {},
    onHeard() {},
    events: {},
  });
  router.open({ onEnvelope: ({ body }) => void passed.push(body), onDropped() {}, onEnd() {} });
  for (const [src, body] of said) open?.onEnvelope({ src, dest: "n1", body });
  return { sent, passed };
}

test("what only members say to each other is refused where a client says it [A8]", () => {
  const removed = { members: [["n1", 9, 9, 2, "", 1]] };
  const exchange = { incarnation: 5, seq: 1, digest: [] };
  const bodies: Body[] = [
    { type: "members", ...removed },
    { type: "delta", ...exchange, ...removed },
    { type: "probe", ...exchange },
    { type: "ack", ...exchange },
    { type: "push", runs: [] },
  ];
  for (const body of bodies) {
    const { sent, passed } = routed(["c#1", { ...body, msg_id: 3 }], ["c#1", { ...body, in_reply_to: 3 }]);
    assert.deepEqual(passed, [], body.type);
    const text = `only members say ${body.type} to each other`;
    const answer = { type: "error", code: 12, text, in_reply_to: 3 };
    assert.deepEqual(sent, [{ src: "n1", dest: "c#1", body: answer }]);
    assert.deepEqual(routed(["n2", body]).passed, [body], "a member does say it");
  }
  const asked = { type: "members", msg_id: 1 };
  assert.deepEqual(routed(["c#1", asked]).passed, [asked]);
});
