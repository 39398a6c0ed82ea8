/** A node whose log rots while it runs: it says so instead of telling anybody, and is not started on it again. */
import assert from "node:assert/strict";
import { closeSync, openSync, readFileSync, writeSync } from "node:fs";
import { test } from "node:test";
import { Texts } from "../../../lib/core/log/texts.ts";
import { openStore } from "../../../lib/store/sqlite.ts";
import { Client, Watched } from "../fixtures/client.ts";
import { eventually, makeCluster, withNodes } from "../fixtures/serving.ts";

/** More than SQLite keeps in memory. */
const BLOCKS = 100;
const VALUE_BYTES = 60_000;
const ROTTEN =
  /Cannot read the log in .* as it is damaged \(entry 50 of .*n1.1.* does not match its checksum\): move/;
const REFUSED = /^Cannot open the log in ".*" as it is damaged \(entry 50 of "n1.1" .*\): move/;

test("serve: a value that rots on the disk while the node runs reaches nobody", async () => {
  const cluster = await makeCluster({ ids: ["n1"], durable: true });
  await withNodes(cluster, async () => {
    const [node = assert.fail()] = cluster.nodes;
    const { data = assert.fail() } = node.options;
    const store = openStore({ dir: data, id: "n1", cluster: "hearsay", now: 1 });
    for (let seq = 1; seq <= BLOCKS; seq++) {
      const text = `"${`value ${seq} `.padEnd(VALUE_BYTES, "0")} the end of ${seq}"`;
      store.put({ origin: "n1.1", seq, texts: Texts.of([text]) }, 1);
      store.commit();
    }
    store.close();
    await node.start();
    const path = `${data}/hearsay.sqlite`;
    const place = readFileSync(path).indexOf("the end of 50");
    const file = openSync(path, "r+");
    writeSync(file, new TextEncoder().encode("THE"), 0, 3, place);
    closeSync(file);
    const watcher = await Client.open(node.address);
    const watched = await Watched.follow(watcher);
    await eventually("the node says what is wrong", () => node.said(ROTTEN));
    watcher.close();
    assert.ok(watched.values.every((value) => !String(value).includes("THE")));
    assert.ok(!node.said(/a bug|StoreFault| at .*:\d/), node.log.join("\n"));
    await node.end("SIGKILL");
    await assert.rejects(node.start());
    assert.ok(node.said(REFUSED), node.log.join("\n"));
  });
});
