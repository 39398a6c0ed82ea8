/** A token that the nodes do not know: every command that asks them says so, and by whom it is refused. */
import { deepEqual } from "node:assert/strict";
import { test } from "node:test";
import { dispatch } from "../../../lib/commands/dispatch.ts";
import { listen } from "../../shared/io.ts";
import { FakeNode, type Script, withNodes } from "../client/fake_node.ts";

const NOBODY = "No node lets this client do it.";

const commands: readonly (readonly [line: string, head: string])[] = [
  ["put t/k 1", NOBODY],
  ["delete t/k", NOBODY],
  ["get t/k", NOBODY],
  ["broadcast 1", `${NOBODY.slice(0, -1)}: 0 of 1 value acknowledged.`],
  ["read", NOBODY],
  ["watch", NOBODY],
  ["status", `${NOBODY}\n`],
  ["members", NOBODY],
  ["leave", "The node has not left."],
  ["remove n9", "No node has removed n9."],
];

/** What is asked with the token need not wait, and is not answered. */
const refusing: Script = (body, visit) => {
  if (body.type === "hello") visit.say({ type: "error", code: 21, text: "it is not known" }, body);
};

test("a token that is refused is said to be, by whom, and nothing is done", async () => {
  const nodes = [await FakeNode.start("n1", refusing), await FakeNode.start("n2", refusing)];
  await withNodes(nodes, async () => {
    for (const [line, head] of commands) {
      const { io, out, err } = listen("", { env: { HEARSAY_TOKEN: "wrong" } });
      const [name = "", ...words] = line.split(" ");
      const asked = name === "leave" ? nodes.slice(0, 1) : nodes;
      const status = await dispatch([name, "--at", asked.map(({ at }) => at).join(), ...words], io);
      const indent = name === "status" ? "" : "  ";
      const refusals = asked.map(({ at }) => `${indent}${at} refuses the token: error 21: it is not known\n`);
      const said = `${head}\n${refusals.join("")}`;
      deepEqual([line, status, out.join("") + err.join("")], [line, 1, said]);
    }
  });
});
