/** Events and flags, as operators tell and follow them with two nodes. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { parsePosition } from "../../../lib/client/position.ts";
import { deadAddress } from "../../unit/client/fake_node.ts";
import { inFolder } from "../../shared/in_folder.ts";
import { ending, fromSource, hearsay, start } from "../fixtures/hearsay.ts";
import { eventually } from "../fixtures/serving.ts";
import { readFileSync } from "node:fs";
import { addressText } from "../../../transports/address.ts";

/** Two nodes that know each other; `use` gets the flags that name one and the other. */
async function withPair(use: (one: readonly string[], other: readonly string[]) => Promise<void>) {
  const at = [addressText(await deadAddress()), addressText(await deadAddress())] as const;
  const peers = at.map((address, i) => `n${i + 1}=${address}`).join();
  const nodes = at.map((address, i) =>
    start(fromSource(), "serve", "--id", `n${i + 1}`, "--listen", address, "--peer", peers)
  );
  try {
    for (const address of at) {
      await eventually(
        `${address} answers`,
        async () => (await hearsay("status", "--at", address)).status === 0,
      );
    }
    await use(["--at", at[0]], ["--at", at[1]]);
  } finally {
    for (const node of nodes) node.kill("SIGKILL");
  }
}

async function done(...args: readonly string[]): Promise<string> {
  const { status, out, err } = await hearsay(...args);
  assert.deepEqual([status, err], [0, ""], args.join(" "));
  return out;
}

test("a flag goes on, off and on again, and each time the other node has the last word", () =>
  withPair(async (one, other) => {
    for (const value of ["on", "off", "on"]) {
      assert.equal(await done("put", "flags/dark-mode", value, ...one), "");
      await eventually(`it is ${value} at the other node`, async () => {
        return (await hearsay("get", "flags/dark-mode", ...other)).out === `"${value}"\n`;
      });
    }
    await done("put", "flags/eu/limit", "20", ...other);
    await done("delete", "flags/dark-mode", ...other);
    await done("delete", "flags/never", ...other);
    await eventually(
      "it is gone",
      async () => (await hearsay("get", "flags/dark-mode", ...one)).status === 1,
    );
    assert.deepEqual(await hearsay("get", "flags/dark-mode", ...one), {
      ...{ status: 1, out: "", err: "There is nothing under flags/dark-mode, as far as n1 knows\n" },
    });
    assert.equal(await done("read", "--topic", "flags", "--latest", ...other), "20\n");
    // A plain reader has nothing of it.
    assert.equal(await done("read", ...other), "");
  }));

test("equal events are as many as were told, and one id is one event at any node", () =>
  withPair(async (one, other) => {
    await done("broadcast", "--topic", "orders", "--event", "paid", "paid", "paid", ...one);
    await done("broadcast", "--topic", "orders", "--id", "order-1", "1", ...one);
    const orders = () => done("read", "--topic", "orders,none*", ...other);
    await eventually("all are there", async () => (await orders()).split("\n").length === 5);
    await done("broadcast", "--topic", "orders", "--id", "order-1", "2", ...other);
    assert.deepEqual((await orders()).split("\n").toSorted(), ["", '"paid"', '"paid"', '"paid"', "1"]);
    assert.match(
      await done("read", "--topic", "orders", "--records", ...other),
      /^\{"topic":"orders","id":"order-1","value":1\}$/m,
    );
  }));

test("the position of a watch of one topic has no holes for the others, and is one to go on from", () =>
  withPair((one, other) =>
    inFolder(async (folder) => {
      const path = join(folder, "position");
      for (let n = 0; n < 3; n++) {
        await done("broadcast", "--topic", "a", `${n}`, ...one);
        await done("broadcast", "--topic", "b", `${n}`, ...one);
      }
      const watch = ["watch", "--topic", "a", "--position", path, ...one, ...other];
      const follow = async (isEnough: (out: string) => boolean) => {
        const child = start(fromSource(), ...watch);
        let out = "";
        child.stdout.on("data", (chunk) => out += String(chunk));
        const ended = ending(child);
        await eventually("enough is printed", () => Promise.resolve(isEnough(out)));
        child.kill("SIGTERM");
        await ended;
        return out;
      };
      const numbers = Array.from({ length: 3 }, (_, n) => `${n}\n`).join("");
      assert.equal(await follow((out) => out === numbers), numbers);
      const held = [...parsePosition(readFileSync(path, "utf8")) ?? []].map(([, spans]) =>
        spans.spans().length
      );
      assert.deepEqual(held, [1]);
      await done("broadcast", "--topic", "a", "3", ...other);
      assert.equal(await follow((out) => out !== ""), "3\n");
    })
  ));
