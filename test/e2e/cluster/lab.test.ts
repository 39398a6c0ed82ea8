/** The lab: five hosts in network namespaces, cut apart by real iptables rules, killed and started again. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Json } from "../../../lib/core/message.ts";
import { ask } from "../../../lib/workbench/world/running/ask.ts";
import { readSecret } from "../../../lib/workbench/faults/sidecar_secret.ts";
import { droppedAt, PartitionController } from "../../../lib/workbench/faults/partition_controller.ts";
import { completeGrudge } from "../../../lib/workbench/faults/grudge.ts";
import { Lab } from "../../../lib/workbench/lab/lab.ts";
import { ending, fromSource, start } from "../fixtures/hearsay.ts";
import { needsLab } from "../fixtures/lab.ts";
import { testNeeding } from "../../shared/needing.ts";
import { eventually } from "../fixtures/serving.ts";
import type { Address } from "../../../transports/address.ts";
import { until } from "../../shared/until.ts";

async function withLab(use: (lab: Lab) => Promise<void>): Promise<void> {
  const lab = await Lab.open({ program: fromSource() });
  try {
    await use(lab);
  } finally {
    await lab.close();
  }
}

function at(places: ReadonlyMap<string, Address>, id: string): Address {
  return places.get(id) ?? assert.fail(`there is no ${id}`);
}

async function broadcast(lab: Lab, id: string, message: Json): Promise<void> {
  const answer = await ask(at(lab.at, id), { type: "broadcast", message, msg_id: 1 });
  assert.ok(answer.ok, answer.ok ? "" : answer.reason);
}

async function valuesAt(lab: Lab, id: string): Promise<readonly unknown[]> {
  const answer = await ask(at(lab.at, id), { type: "read", msg_id: 1 });
  assert.ok(answer.ok, answer.ok ? "" : answer.reason);
  const { messages } = answer.body;
  return Array.isArray(messages) ? messages : assert.fail("no messages");
}

function secretOf(lab: Lab): string {
  const found = readSecret(lab.secretFile);
  return "secret" in found ? found.secret : assert.fail(found.fault);
}

testNeeding(
  "lab: a cut keeps values from the other side until it is healed",
  needsLab,
  () =>
    withLab(async (lab) => {
      const controller = new PartitionController(lab.sidecars, lab.addresses, { secret: secretOf(lab) });
      await broadcast(lab, "n1", "before");
      const everywhere = () => Promise.all([...lab.at.keys()].map((id) => valuesAt(lab, id)));
      await until(
        async () => (await everywhere()).every((values) => values.length === 1),
        "all have a value of n1",
      );
      await controller.partition(completeGrudge([["n1", "n2"], ["n3", "n4", "n5"]]));
      const dropped = await droppedAt(at(lab.sidecars, "n4"), secretOf(lab));
      assert.deepEqual(typeof dropped === "string" ? dropped : dropped.from, ["198.18.1.1", "198.18.1.2"]);
      await broadcast(lab, "n1", "during");
      await until(async () => (await valuesAt(lab, "n2")).includes("during"), "n2 has a value of its side");
      assert.deepEqual(await valuesAt(lab, "n3"), ["before"]);
      await controller.heal();
      await until(
        async () => (await valuesAt(lab, "n3")).includes("during"),
        "n3 has the value after the heal",
      );
    }),
);

testNeeding(
  "lab: a node that is killed is gone at once, and comes back with its values",
  needsLab,
  () =>
    withLab(async (lab) => {
      await Promise.all(["n2", "n3", "n4", "n5"].map((id) => lab.kill(id)));
      await broadcast(lab, "n1", "alone");
      await lab.kill("n1");
      assert.equal(
        (await ask(at(lab.at, "n1"), { type: "status", msg_id: 1 }, { withinMs: 1_000 })).ok,
        false,
      );
      await lab.start("n1");
      assert.deepEqual(await valuesAt(lab, "n1"), ["alone"]);
      await lab.start("n5");
      await until(async () => (await valuesAt(lab, "n5")).length === 1, "n5 has what n1 has kept");
    }),
);

testNeeding(
  "lab: a command among the hosts reaches them at their own addresses",
  needsLab,
  () =>
    withLab(async (lab) => {
      const { bin, args } = fromSource();
      const [enter = "", ...entering] = lab.enter;
      const nodes = [...lab.addresses.values()].map((address) => `${address}:7000`).join(",");
      const asked = spawn(enter, [...entering, bin, ...args, "status", "--json", "--at", nodes]);
      const { status, out, err } = await ending(asked);
      assert.deepEqual([status, err], [0, ""]);
      const answers: { id: string }[] = JSON.parse(out);
      assert.deepEqual(answers.map(({ id }) => id), ["n1", "n2", "n3", "n4", "n5"]);
      await lab.close();
      assert.equal(existsSync(lab.data), false);
    }),
);

testNeeding("hearsay lab ends with the status of its command", needsLab, async () => {
  const bad = await ending(start(fromSource(), "lab", "--rate", "fast"));
  assert.equal(bad.status, 2);
  assert.match(bad.err, /Cannot run 'test' as '--rate' must be a number/);
  const good = await ending(start(fromSource(), "lab", "partition", "bisect", "--dry-run"));
  assert.deepEqual([good.status, good.err], [0, ""]);
  assert.match(good.out, /^bisect: n1,n2 \| n3,n4,n5\n {2}n1 {2}iptables -A INPUT -s 198\.18\.1\.3,/);
});

testNeeding("hearsay lab ends as its command does, by a signal, too", needsLab, async () => {
  const child = start(fromSource(), "lab", "--time-limit", "60", "--rate", "10");
  const ended = ending(child);
  let said = "";
  child.stderr.on("data", (chunk) => said += String(chunk));
  await eventually("it is examined", () => / of \d+ s {2}/.test(said));
  process.kill(child.pid ?? assert.fail(), "SIGINT");
  const { status, err } = await ended;
  assert.equal(status, 130);
  assert.match(err, /Healed\.\n/);
});

testNeeding(
  "hearsay lab --keep kills and starts nodes as it is told, until its input ends",
  needsLab,
  async () => {
    const child = start(fromSource(), "lab", "--keep", "--port", "17301");
    const ended = ending(child);
    child.stdin.end("kill n1\nstart n1\nstart n6\n");
    const { status, out, err } = await ended;
    assert.deepEqual([status, err], [0, ""]);
    assert.match(out, /^ready: n1 at 127\.0\.0\.1:17301, /);
    assert.ok(
      out.endsWith(
        '\nkilled n1\nstarted n1\nCannot do "start n6" as it must be kill n1, start n1, cut n1,n2|n3,n4,n5, heal or stop\n',
      ),
      out,
    );
  },
);

testNeeding(
  "hearsay lab --keep cuts and heals as it is told, and shows each node's page",
  needsLab,
  async () => {
    const child = start(fromSource(), "lab", "--keep", "--port", "17321");
    const ended = ending(child);
    let out = "";
    child.stdout.on("data", (chunk) => out += String(chunk));
    await until(
      () => out.includes("http://127.0.0.1:18325  the page of n5"),
      "it has said where the pages are",
    );
    assert.match(await (await fetch("http://127.0.0.1:18325")).text(), /<title>hearsay<\/title>/);
    child.stdin.write("cut n1,n2|n3,n4,n5\n");
    const status = () => ask({ host: "127.0.0.1", port: 17321 }, { type: "status", msg_id: 1 });
    const connected = async () => {
      const answer = await status();
      const { peers } = answer.ok ? answer.body : assert.fail(answer.reason);
      return Array.isArray(peers) ? peers.filter((peer) => peer.connected).length : assert.fail("no peers");
    };
    await eventually("n1 is cut off from three", async () => await connected() === 1);
    child.stdin.write("heal\n");
    await eventually("it is healed", async () => await connected() === 4);
    child.stdin.end("cut n1|n9\nheal n1\n");
    const { status: ends } = await ended;
    assert.equal(ends, 0);
    assert.match(
      out,
      /\ncut: n1,n2 \| n3,n4,n5\nhealed\nCannot cut "n1\|n9": .*n9.*\nCannot do "heal n1" as it must be /,
    );
  },
);

testNeeding("hearsay lab leaves nothing running when it is killed, and keeps --data", needsLab, async () => {
  const data = mkdtempSync(join(tmpdir(), "hearsay-"));
  const child = start(fromSource(), "lab", "--data", data, "--keep", "--port", "17311");
  const ended = ending(child);
  await once(child.stdout, "data");
  assert.equal(running(data).length, 2 * 5);
  child.kill("SIGKILL");
  await until(() => Promise.resolve(running(data).length === 0), "all of it has ended");
  assert.equal((await ended).err, "");
  assert.deepEqual(readdirSync(data).sort(), ["n1", "n2", "n3", "n4", "n5"]);
  rmSync(data, { recursive: true });
});

/** The processes whose arguments name this directory: each node, and what brought it into its namespaces. */
function running(directory: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`${directory}/n`);
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}
