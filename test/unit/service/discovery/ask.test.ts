/** One request to a seed over TCP: its answer, or a sentence that says why there is none. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask } from "../../../../lib/service/discovery/ask.ts";
import { deadAddress, FakeNode, withNodes } from "../../client/fake_node.ts";

const never = new AbortController().signal;

test("ask: the answer comes with the name of the node, which hears from which address it is asked", async () => {
  const node = await FakeNode.start("n1", (body, visit) => visit.say({ type: "join_ok" }, body));
  await withNodes([node], async () => {
    const answer = await ask(node.address, (localHost) => ({ type: "join", address: localHost }), never);
    assert.deepEqual(answer, { ok: true, from: "n1", body: { type: "join_ok", in_reply_to: 1 } });
    assert.deepEqual(node.asked, [{ type: "join", address: "127.0.0.1", msg_id: 1 }]);
  });
});

test("ask: nobody there, one who hangs up, one who says something else, and one who is given up", async () => {
  const question = () => ({ type: "join" });
  const dead = await ask(await deadAddress(), question, never);
  assert.deepEqual(dead, { ok: false, reason: "refuses the connection: nothing listens there" });
  const deaf = await FakeNode.start("n1", (_, visit) => visit.socket.destroy());
  const other = await FakeNode.start("n2", (_, visit) => visit.write("HTTP/1.1 400 Bad Request\n"));
  const slow = await FakeNode.start("n3", () => {});
  await withNodes([deaf, other, slow], async () => {
    assert.deepEqual(await ask(deaf.address, question, never), {
      ok: false,
      reason: "closed the connection",
    });
    const said = await ask(other.address, question, never);
    assert.match(said.ok ? "" : said.reason, /^does not speak as a node does/);
    const abort = new AbortController();
    const given = ask(slow.address, question, abort.signal);
    abort.abort();
    assert.deepEqual(await given, { ok: false, reason: "is asked no further" });
  });
});
