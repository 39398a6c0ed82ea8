/** Mistakes of operators, and connections that a node refuses: a sentence says what to do, and nobody else notices. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Talker } from "../../unit/transports/tcp/rig.ts";
import { Client } from "../fixtures/client.ts";
import { type Ended, ending, fromSource, signal, start } from "../fixtures/hearsay.ts";
import { freePorts } from "../../shared/free_ports.ts";
import {
  connectedAll,
  DEADLINE_MS,
  eventually,
  holdEverywhere,
  loopback,
  Serving,
  withCluster,
} from "../fixtures/serving.ts";
import type { Address } from "../../../transports/address.ts";

const NAME_RULE = "1 to 64 letters, digits, '.', '_' or '-'";

test("serve: all mistakes in its settings are said at once", async () => {
  const flags = [
    "--peer",
    "n2=no where",
    "--listen",
    "7000",
    "--cluster-name",
    "a#b",
    "--delivery-budget",
    "0",
  ];
  const { status, err } = await ended(
    "serve",
    ...flags,
    "--log-level",
    "loud",
    "--nonsense",
    "--data",
    "",
    "x",
  );
  assert.equal(status, 2);
  assert.deepEqual(
    err.trimEnd().split("\n").toSorted(),
    [
      ["--id", `given, as ${NAME_RULE}`, "it is missing"],
      ["--peer", "a comma list of ID=host:port or ID=host", `current value is "n2=no where"`],
      [
        "--listen",
        "host:port, or host for port 7000 (a host is missing before the port)",
        `current value is "7000"`,
      ],
      ["--cluster-name", NAME_RULE, `current value is "a#b"`],
      ["--delivery-budget", "a whole number from 1 to 3600000", `current value is "0"`],
      ["--log-level", "one of debug, info, warning, error", `current value is "loud"`],
      ["--data", "a directory", `current value is ""`],
      ["--nonsense", "one of its flags", "see 'hearsay help serve'"],
    ].map(([flag, rule, what]) => `Cannot run 'serve' as '${flag}' must be ${rule}: ${what}`)
      .concat(`Cannot run 'serve' as its arguments must all be flags: current value is "x"`).toSorted(),
  );
});

test("serve: a port or a directory that is taken is refused with a sentence, and its holder serves on", async () => {
  await withCluster({ ids: ["n1"], durable: true }, async (nodes, { folder }) => {
    const [node = assert.fail()] = nodes;
    const { host, port } = node.address;
    const data = `${folder}/n1`;
    const elsewhere = await freeAddress();
    assert.deepEqual(
      await ended(...serveFlags("n1", node.address)),
      failure(
        `Cannot listen on ${host}:${port}: somebody listens there already; ` +
          "stop that process or choose another port",
      ),
    );
    assert.deepEqual(
      await ended(...serveFlags("n1", elsewhere), "--data", data),
      failure(
        `Cannot open the log in "${data}" as another process has it open: ` +
          "stop that process first, or give this node a directory of its own",
      ),
    );
    await Client.with(node.address, (client) => client.broadcast("still here"));
    assert.equal(await node.end("SIGTERM"), 0);
    for (
      const [flags, whose] of [
        [["n2"], 'it is the log of node "n1", and this is "n2"'],
        [["n1", "--cluster-name", "other"], 'it is of the cluster "hearsay", and this node is of "other"'],
      ] as const
    ) {
      const [id, ...more] = flags;
      assert.deepEqual(
        await ended(...serveFlags(id, elsewhere), "--data", data, ...more),
        failure(`Cannot open the log in "${data}" as ${whose}: give each node a directory of its own`),
      );
    }
    await node.start();
    assert.deepEqual(await Client.with(node.address, (client) => client.read()), ["still here"]);
  });
});

test("serve: other clusters, second nodes of one id and strangers are refused, and both sides say why", async () => {
  await withCluster({ ids: ["n1", "n2"] }, async (nodes, cluster) => {
    await connectedAll(nodes);
    const [n1 = assert.fail()] = nodes;
    const { members } = n1.options;
    const intruders = {
      other: cluster.add({
        id: "n2",
        address: await freeAddress(),
        members,
        flags: ["--cluster-name", "other"],
      }),
      second: cluster.add({ id: "n2", address: await freeAddress(), members }),
      stranger: cluster.add({ id: "n9", address: await freeAddress(), members }),
    };
    await Promise.all(Object.values(intruders).map((node) => node.start()));
    await says(n1, 'n2 at 127.0.0.1 is refused: this is cluster "hearsay", not "other"');
    await says(intruders.other, 'n1 refuses: this is cluster "hearsay", not "other"');
    await says(
      n1,
      "n2 at 127.0.0.1 is refused: another n2 is connected already; no two nodes may have one id",
    );
    await says(intruders.second, "n1 refuses: another n2 is connected already; no two nodes may have one id");
    await says(n1, "n9 at 127.0.0.1 is refused: n9 is not among the peers of n1");
    await says(intruders.stranger, "n1 refuses: n9 is not among the peers of n1");
    await Client.with(n1.address, (client) => client.broadcast("for members"));
    await holdEverywhere(nodes, 1);
    for (const node of nodes) {
      assert.equal(node.log.filter((line) => line.includes("lost the link")).length, 0);
    }
    for (const node of Object.values(intruders)) assert.equal((await node.status()).values, 0);
  });
});

test("serve: a peer that was never reached, and dropped messages, are said in the log and in status", async () => {
  const nobody = await freeAddress();
  await withCluster({ ids: ["n1"], strangers: new Map([["n9", nobody]]) }, async ([node = assert.fail()]) => {
    const at = `${nobody.host}:${nobody.port}`;
    await eventually("it is said", () => {
      return node.said(
        new RegExp(
          `n9 at ${at} has not been reached for .* s: it refuses the connection: nothing listens there`,
        ),
      );
    });
    const talker = new Talker(node.address);
    const useless = { src: "c1", dest: "n1", body: { type: "broadcast" } };
    talker.say(useless, useless, useless);
    await talker.say({ src: "c1", dest: "n1", body: { type: "echo", echo: 1, msg_id: 1 } }).hear(1);
    talker.close();
    const { dropped, peers: [peer] } = await node.status();
    assert.equal(dropped, 3);
    assert.equal(node.log.filter((line) => line.includes("dropped: from c1#")).length, 1, "once a minute");
    assert.equal(peer?.connected, false);
    assert.equal(peer.link?.address, at);
    assert.match(peer.link.reason, /^it refuses the connection/);
    assert.ok(peer.link.for_ms >= 2_000);
    const stranger = new Serving({ ...node.options, id: "n9", address: nobody });
    try {
      await stranger.start();
      await eventually("it is said that it is back", () => {
        return node.said(new RegExp(`linked to n9 at ${at} after .* s`));
      });
    } finally {
      await stranger.end("SIGKILL");
    }
  });
});

/** Runs until it ends by itself; one that goes on is ended, and has the status of one that was. */
async function ended(...args: string[]): Promise<Ended> {
  const child = start(fromSource(), ...args);
  const timer = setTimeout(() => signal(child, "SIGKILL"), DEADLINE_MS);
  try {
    return await ending(child);
  } finally {
    clearTimeout(timer);
  }
}

function failure(sentence: string): Ended {
  return { status: 1, out: "", err: `${sentence}\n` };
}

function serveFlags(id: string, { host, port }: Address): string[] {
  return ["serve", "--id", id, "--listen", `${host}:${port}`];
}

async function freeAddress(): Promise<Address> {
  const [port] = await freePorts(1);
  return loopback(port);
}

async function says(node: Serving, text: string): Promise<void> {
  await eventually(`${node.id} says: ${text}, and not ${node.log.join("\n")}`, () => node.said(text));
}
