/** Values are put, got and deleted under keys, at one node after the other until one answers for good. */
import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { test } from "node:test";
import { elsewhere } from "../../../lib/commands/client/asking.ts";
import { deleteKey } from "../../../lib/commands/client/delete.ts";
import { get } from "../../../lib/commands/client/get.ts";
import { put } from "../../../lib/commands/client/put.ts";
import { parseRead } from "../../../lib/commands/config/client.ts";
import type { Io } from "../../../lib/commands/terminal/io.ts";
import { VALUE_DEPTH_MAX } from "../../../lib/core/log/canonical.ts";
import { listen } from "../../shared/io.ts";
import { deadAddress, FakeNode, type Script, withNodes } from "./fake_node.ts";

type Command = (args: readonly string[], io: Io) => Promise<number>;

async function run(command: Command, nodes: readonly { readonly at: string }[], ...words: string[]) {
  const { io, out, err } = listen();
  const status = await command(["--at", nodes.map(({ at }) => at).join(), ...words], io);
  return { status, out: out.join(""), err: err.join("") };
}

/** Does as a node does that holds these texts of a topic t. */
function holding(held: ReadonlyMap<string, unknown>): Script {
  return (body, visit) => {
    if (body.type !== "get") return visit.say({ type: `${body.type}_ok` }, body);
    const value = held.get(String(body["key"]));
    if (value === undefined) visit.say({ type: "error", code: 20, text: "key does not exist" }, body);
    else visit.say({ type: "get_ok", value, stamp: 1 }, body);
  };
}

const full: Script = (body, visit) => visit.say({ type: "error", code: 11, text: "full" }, body);
const leaving: Script = (_, visit) => void visit.socket.end();

test("put tells a value with its topic, its key and an id that nobody else makes", async () => {
  const node = await FakeNode.start("n1", holding(new Map()));
  await withNodes([node], async () => {
    for (const words of [["t/a/b", '{"x": 1}'], ["t/a/b", "on"], ["t/a/b", "1", "--string"]]) {
      deepEqual(await run(put, [node], ...words), { status: 0, out: "", err: "" });
    }
    const ids = node.asked.map((body) => String(body["id"]));
    deepEqual(
      node.asked.map(({ type, topic, key, message }) => [type, topic, key, message]),
      [{ x: 1 }, "on", "1"].map((message) => ["broadcast", "t", "a/b", message]),
    );
    for (const id of ids) match(id, /^[0-9a-z]{15,25}-1$/);
    equal(new Set(ids).size, 3);
    deepEqual(await run(put, [node], "t/k", "1", "--verbose"), {
      ...{ status: 0, out: "", err: "Acknowledged by n1.\n" },
    });
  });
});

test("a put that a node may have taken is the same at the next one", async () => {
  const first = await FakeNode.start("n1", leaving);
  const second = await FakeNode.start("n2", holding(new Map()));
  await withNodes([first, second], async () => {
    equal((await run(put, [first, second], "t/k", "1")).status, 0);
    equal(first.asked[0]?.["id"], second.asked[0]?.["id"]);
    notEqual(first.asked[0]?.["id"], undefined);
  });
});

test("get prints the value, and says where there is none", async () => {
  const node = await FakeNode.start(
    "n1",
    holding(new Map<string, unknown>([["a/b", { x: [1] }], ["null", null]])),
  );
  await withNodes([node], async () => {
    deepEqual(await run(get, [node], "t/a/b"), { status: 0, out: '{"x":[1]}\n', err: "" });
    deepEqual(await run(get, [node], "t/null"), { status: 0, out: "null\n", err: "" });
    deepEqual(await run(get, [node], "t/none"), {
      ...{ status: 1, out: "", err: "There is nothing under t/none, as far as n1 knows\n" },
    });
  });
});

test("delete asks for no more than the key, and is told again under the same id", async () => {
  const first = await FakeNode.start("n1", leaving);
  const second = await FakeNode.start("n2", holding(new Map()));
  await withNodes([first, second], async () => {
    deepEqual(await run(deleteKey, [first, second], "t/k"), { status: 0, out: "", err: "" });
    const [asked] = second.asked;
    deepEqual(
      [asked?.type, asked?.["topic"], asked?.["key"], asked?.["id"]],
      ["delete", "t", "k", first.asked[0]?.["id"]],
    );
  });
});

test("where no node answers it is said why, and whether it may have been done", async () => {
  const nodes = [await FakeNode.start("n1", full), await FakeNode.start("n2", leaving)];
  const [first, second] = nodes;
  const dead = await deadAddress();
  const at = [...nodes, { at: `127.0.0.1:${dead.port}` }];
  await withNodes(nodes, async () => {
    const failures = `  ${first?.at} answers error 11: full\n  ${second?.at} closed the connection\n` +
      `  127.0.0.1:${dead.port} refuses the connection: nothing listens there\n`;
    deepEqual(await run(put, at, "t/k", "1"), {
      ...{
        status: 1,
        out: "",
        err: `No node takes it now. It may have been taken all the same.\n${failures}`,
      },
    });
    deepEqual(await run(get, at, "t/k"), { status: 1, out: "", err: `No node does it.\n${failures}` });
    equal((await run(deleteKey, at.slice(2), "t/k")).err.split("\n")[0], "No node answers.");
  });
});

test("whoever has named no nodes, and finds none, is told how nodes elsewhere are named", () => {
  const hint = (args: readonly string[], isAnybodyThere = false) => {
    const parsed = parseRead(args, {});
    return parsed.ok && elsewhere(parsed.config, isAnybodyThere);
  };
  match(hint([]) || "", /^--at names other nodes, as 127\.0\.0\.1:7000/);
  deepEqual([hint([], true), hint(["--at", "127.0.0.1:7001"])], ["", ""]);
});

test("what no node would take is not asked of the next", async () => {
  const wrong: Script = (body, visit) => visit.say({ type: "error", code: 12, text: "not this" }, body);
  const nodes = [await FakeNode.start("n1", wrong), await FakeNode.start("n2", holding(new Map()))];
  await withNodes(nodes, async () => {
    for (const [command, ...words] of [[put, "t/k", "1"], [get, "t/k"], [deleteKey, "t/k"]] as const) {
      deepEqual(await run(command, nodes, ...words), {
        ...{ status: 1, out: "", err: "n1 answers error 12: not this\n" },
      });
    }
    const deep = "[".repeat(VALUE_DEPTH_MAX + 1) + "]".repeat(VALUE_DEPTH_MAX + 1);
    match((await run(put, nodes, "t/k", deep)).err, /^Cannot put .*: it is nested over 128 deep\n$/);
    deepEqual(nodes.map((node) => node.asked.length), [3, 0]);
  });
});
