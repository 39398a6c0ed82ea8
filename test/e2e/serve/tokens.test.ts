/** A node with a tokens file: who is known does what its rights say, and the file may change while the node runs. */
import assert from "node:assert/strict";
import { renameSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { FORBIDDEN } from "../../../lib/core/message.ts";
import { hashOf } from "../../../lib/service/access/tokens.ts";
import { inFolder } from "../../shared/in_folder.ts";
import { Client } from "../fixtures/client.ts";
import { ending, fromSource, hearsay, start } from "../fixtures/hearsay.ts";
import { addressText } from "../../../transports/address.ts";
import { eventually, withCluster } from "../fixtures/serving.ts";

const shop = { name: "shop", sha256: hashOf("of shop"), rights: ["publish:orders*", "watch:orders"] };
const ops = { name: "ops", sha256: hashOf("of ops"), rights: ["admin"] };

test("serve --tokens: each client does what its rights say, and values still pass between nodes", () =>
  inFolder(async (folder) => {
    const path = write(`${folder}/tokens.json`, [shop, ops]);
    await withCluster({ ids: ["n1", "n2"], flags: ["--tokens", path] }, async (nodes) => {
      const [{ address } = assert.fail(), other = assert.fail()] = nodes;
      await Client.with(address, async (client) => {
        assert.equal((await client.ask({ type: "status" }))["code"], FORBIDDEN);
        const welcome = await client.ask({ type: "hello", token: "of shop" });
        assert.deepEqual([welcome.type, welcome["name"], welcome["rights"]], [
          "hello_ok",
          "shop",
          shop.rights,
        ]);
        const told = await client.ask({ type: "broadcast", message: 1, topic: "orders" });
        assert.equal(told.type, "broadcast_ok");
        const refused = await client.ask({ type: "broadcast", message: 2 });
        assert.deepEqual([refused["code"], refused["text"]], [
          FORBIDDEN,
          "this needs the right publish:, which shop does not have",
        ]);
        assert.equal((await client.ask({ type: "read", topics: ["orders*"] }))["code"], FORBIDDEN);
        const status = await client.ask({ type: "status" });
        assert.deepEqual([status["entries"], status["members"], status["peers"]], [1, [], []]);
      });
      await Client.with(other.address, async (client) => {
        await client.ask({ type: "hello", token: "of ops" });
        await eventually("the value is at the other node, which tells of the first", async () => {
          const { entries, peers } = await client.ask({ type: "status" });
          return entries === 1 && Array.isArray(peers) && peers[0]?.connected === true;
        });
      });
    });
  }));

test("serve --tokens: the file is read again when it changes, and on SIGHUP; what is no good is said and changes nothing", () =>
  inFolder(async (folder) => {
    const path = write(`${folder}/tokens.json`, [shop]);
    await withCluster({ ids: ["n1"], flags: ["--tokens", path] }, async ([node = assert.fail()]) => {
      const known = async (token: string) =>
        (await Client.with(node.address, (client) => client.ask({ type: "hello", token }))).type ===
          "hello_ok";
      const old = await Client.open(node.address);
      await old.ask({ type: "hello", token: "of shop" });
      writeFileSync(path, "[{]");
      await eventually(
        "it is said",
        () => node.said("it is no JSON") && node.said("The tokens before it stay"),
      );
      assert.ok(await known("of shop"));
      write(path, [{ ...shop, rights: ["steal"] }]);
      await eventually("it is said", () =>
        node.said(`entry 1, rights, entry 1: \\"steal\\" is none of`) ||
        node.said(`entry 1, rights, entry 1: "steal" is none of`));
      write(path, [{ ...shop, sha256: hashOf("new") }]);
      await eventually("the new token is known", () => known("new"));
      assert.equal(await known("of shop"), false);
      await eventually("the connection of the old token ends", () => old.ended);
      write(path, [ops]);
      node.tell("SIGHUP");
      await eventually("SIGHUP makes it known", () => known("of ops"));
      assert.equal(node.said("stops on"), false);
    });
  }));

test("serve --tokens: a file that is no good is refused at the start", () =>
  inFolder(async (folder) => {
    const bad = `${folder}/bad.json`;
    writeFileSync(bad, JSON.stringify([{ name: "shop", sha256: "ab", rights: [] }]));
    assert.deepEqual(await refused("--tokens", bad), {
      status: 1,
      err: `Cannot take tokens from "${bad}": entry 1, sha256: must be 64 hexadecimal digits in lower case\n`,
    });
  }));

test("the commands of clients say a token that hearsay token made, and tell what they may not do", () =>
  inFolder(async (folder) => {
    const made = await hearsay("token", "shop", "--rights", "publish:flags,watch:flags");
    const [token = "", element = ""] = made.out.split("\n");
    const path = write(`${folder}/tokens.json`, [JSON.parse(element)]);
    writeFileSync(`${folder}/token`, `${token}\n`);
    await withCluster({ ids: ["n1"], flags: ["--tokens", path] }, async ([{ address } = assert.fail()]) => {
      const at = ["--at", addressText(address)];
      const known = [...at, "--token-file", `${folder}/token`];
      const end = async (...args: string[]) => {
        const { status, out, err } = await hearsay(...args);
        return `${status} ${out}${err}`.replaceAll("\n", "|");
      };
      assert.equal(await end("put", "flags/a", "1", ...known), "0 ");
      assert.equal(await end("get", "flags/a", ...known), "0 1|");
      assert.equal(await end("read", "--topic", "flags", ...known), "0 1|");
      const lacks = (right: string) => `this needs the right ${right}, which shop does not have`;
      assert.equal(
        await end("put", "other/a", "1", ...known),
        `1 n1 answers error 21: ${lacks("publish:other")}|`,
      );
      assert.equal(
        await end("broadcast", "1", ...known),
        `1 Cannot broadcast 1: answers error 21: ${lacks("publish:")}|0 of 1 value acknowledged.|`,
      );
      const failed = `1 No node lets this client do it.|  ${addressText(address)} answers error 21: `;
      assert.equal(await end("watch", ...known), `${failed}${lacks("watch:")}|`);
      assert.ok((await end("read", ...at)).startsWith(`${failed}this needs to know who asks`));
      assert.match(await end("status", ...known), /^0 .*\| n1 +\| .* memory /);
      writeFileSync(`${folder}/token`, "another");
      const unknown = `No node lets this client do it.|  ${
        addressText(address)
      } refuses the token: error 21: the token is not one that this node knows|`;
      assert.equal(await end("read", ...known), `1 ${unknown}`);
      assert.equal(await end("put", "flags/a", "1", ...known), `1 ${unknown}`);
    });
  }));

test("test --cluster examines nodes that know it by a token, and says what it has no right to", () =>
  inFolder(async (folder) => {
    const rights = ["publish:_exam.*", "watch:_exam.*", "admin"];
    const path = write(`${folder}/tokens.json`, [{ ...ops, rights }, shop]);
    await withCluster({ ids: ["n1", "n2"], flags: ["--tokens", path] }, async (nodes) => {
      const cluster = nodes.map(({ id, address }) => `${id}=${addressText(address)}`).join();
      const examine = (token: string) => {
        writeFileSync(`${folder}/token`, token);
        const load = ["--time-limit", "1", "--rate", "20", "--cluster", cluster];
        return hearsay("test", ...load, "--token-file", `${folder}/token`);
      };
      const good = await examine("of ops");
      assert.equal(good.status, 0, good.err + good.out);
      assert.match(good.out, /Valid: every acknowledged value is read once at every node/);
      const bad = await examine("of shop");
      assert.equal(bad.status, 1);
      assert.match(bad.out + bad.err, /this needs the right watch:, which shop does not have/);
    });
  }));

async function refused(...flags: string[]) {
  const { status, err } = await ending(start(fromSource(), "serve", "--id", "n1", ...flags));
  return { status, err };
}

/** As others write it: in full before it has the name. */
function write(path: string, entries: unknown): string {
  writeFileSync(`${path}.new`, JSON.stringify(entries));
  renameSync(`${path}.new`, path);
  return path;
}
