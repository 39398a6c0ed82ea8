/** A request over HTTP whose node is silent: it is answered all the same, in time [U3]. */
import assert from "node:assert/strict";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { test } from "node:test";
import { HttpConnection } from "../../../../lib/service/http/connections.ts";
import { Exchange } from "../../../../lib/service/http/exchange.ts";
import { Tellings } from "../../../../lib/service/http/handlers/tellings.ts";
import { HTTP_ANSWER_MS_MAX } from "../../../../lib/service/http/limits.ts";
import { Problem } from "../../../../lib/service/http/problem.ts";
import { LocalClients } from "../../../../lib/service/local_client.ts";
import { withVirtualTimers } from "../../../shared/virtual_timers.ts";

/** An exchange with a node that answers when `answer` is called, and not before. */
function exchanged() {
  const asked: string[] = [];
  const clients = new LocalClients("n1", {
    ...{ onDrained() {}, onGone() {}, onLeave() {}, onName: () => "no" },
    onEnvelope: ({ src }) => void asked.push(src),
  });
  const request = new IncomingMessage(new Socket());
  const socket = { bytesRead: 0, bytesWritten: 0, goOn() {}, end() {}, destroy() {} };
  const exchange = new Exchange({ request, response: new ServerResponse(request) }, {
    ...{ query: new URLSearchParams(), params: {}, tellings: new Tellings(), clients },
    connection: new HttpConnection(socket, "127.0.0.1", undefined, undefined),
    outflows: { onHeld() {}, heldFor: () => 0, onOpen() {}, onClosed() {} },
  });
  const answer = () => {
    const body = { type: "echo_ok", in_reply_to: 1 };
    for (const dest of asked) clients.find(dest)?.answer({ src: "n1", dest, body });
  };
  return { exchange, answer };
}

test("an answer that comes just before HTTP_ANSWER_MS_MAX is one", () =>
  withVirtualTimers(HTTP_ANSWER_MS_MAX, async (timers) => {
    const { exchange, answer } = exchanged();
    const answered = exchange.ask({ type: "echo" });
    timers.pass(HTTP_ANSWER_MS_MAX - 1);
    answer();
    assert.equal((await answered).type, "echo_ok");
    assert.equal(timers.count, 0);
  }));

test("a request that the node has not answered within HTTP_ANSWER_MS_MAX fails, and its outcome is not known", () =>
  withVirtualTimers(HTTP_ANSWER_MS_MAX, async ({ pass }) => {
    const { exchange } = exchanged();
    const answered = exchange.ask({ type: "echo" });
    pass(HTTP_ANSWER_MS_MAX);
    const error = await answered.then(() => assert.fail("it is answered"), (error) => error);
    assert.ok(error instanceof Problem, String(error));
    assert.deepEqual([error.status, error.message], [
      ...[504, "the node has not answered within 30 s: it may do so yet"],
    ]);
  }));
