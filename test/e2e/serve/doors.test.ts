/** Clients that have an address of their own, and limits: each kind of caller is let in at its own door alone. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { FORBIDDEN } from "../../../lib/core/message.ts";
import { encodeGreeting } from "../../../transports/tcp/greeting.ts";
import { hashOf } from "../../../lib/service/access/tokens.ts";
import { type Address, addressText } from "../../../transports/address.ts";
import { Talker } from "../../unit/transports/tcp/rig.ts";
import { Client } from "../fixtures/client.ts";
import { freePorts } from "../../shared/free_ports.ts";
import { eventually, loopback, makeCluster, withNodes } from "../fixtures/serving.ts";

test("[A6] serve --client-listen: members at one address, clients at the other, and who joins still asks the members, and needs no token", async () => {
  const { folder, add } = await makeCluster({ ids: [] });
  const [one, two, three, four] = (await freePorts(4)).map((port) => loopback(port));
  assert.ok(one && two && three && four);
  const tokens = `${folder}/tokens.json`;
  writeFileSync(
    tokens,
    JSON.stringify([{ name: "shop", sha256: hashOf("s3cret"), rights: ["publish:", "watch:"] }]),
  );
  const known = <T>(address: Address, use: (client: Client) => Promise<T>) =>
    Client.with(address, async (client) => {
      await client.ask({ type: "hello", token: "s3cret" });
      return await use(client);
    });
  const node = (id: string, address: typeof one, ...flags: string[]) =>
    add({ id, address, members: new Map(), flags: [...flags, "--tokens", tokens] });
  const first = node(
    "n1",
    one,
    "--bootstrap",
    "--join",
    addressText(three),
    "--client-listen",
    addressText(two),
  );
  const second = node("n2", three, "--join", addressText(one), "--client-listen", addressText(four));
  const nodes = [first, second];
  await withNodes({ nodes, folder, add }, async () => {
    await Promise.all(nodes.map((each) => each.start()));
    assert.ok(first.said(`clients connect at ${addressText(two)}`));
    await eventually("a value goes from clients' door to clients' door", async () => {
      await known(two, (client) => client.broadcast("a"));
      const read = await known(four, (client) => client.ask({ type: "read" }));
      return JSON.stringify(read["messages"]) === '["a"]';
    });
    const refused = await Client.with(one, (client) => client.ask({ type: "status" }));
    assert.deepEqual([refused["code"], refused["text"]], [
      FORBIDDEN,
      "members connect here, and clients elsewhere",
    ]);
    const greeter = new Talker(two).say(
      encodeGreeting({ id: "n2", cluster: "hearsay", incarnation: 1 }, "n1"),
    );
    await eventually("it is refused", () => greeter.lines[0] !== undefined);
    assert.match(greeter.lines[0] ?? "", /"refused":"clients connect here, and members elsewhere"/);
    await eventually(
      "the node says so",
      () => first.said("n2 at 127.0.0.1 is refused: clients connect here"),
    );
  });
});
