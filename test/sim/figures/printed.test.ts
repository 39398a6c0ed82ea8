/** Figures that pages print of simulated runs are those that the commands print. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { rowInTable } from "../../../lib/commands/challenges.ts";
import { compare } from "../../../lib/commands/compare.ts";
import { rows } from "../../../lib/commands/exam/targets.ts";
import { sim } from "../../../lib/commands/sim.ts";
import { needsBun, testNeeding } from "../../shared/needing.ts";
import { listen } from "../../shared/io.ts";

const SEEDS = 20;
/** Those with cuts of 25 nodes take minutes; `npm run challenges` prints all. */
const QUICK = ["3a", "3b", "3c", "3c, majorities-ring", "3c, bridge"];
const OF_25_NODES = ["3d", "3e, delivery budget 2000", "3d + loss 10 %"];
/** Others send so much that their rows take a minute. */
const COMPARED =
  "single,flood,first-forwarder,flood-retry,neighbours-retry,send-without-ack,exponential-backoff";

function page(path: string): string {
  return readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
}

/** The rows of tables that begin with this cell, cell by cell. */
function rowsIn(text: string, name: string): string[][] {
  return text.split("\n").filter((line) => line.startsWith("| "))
    .map((line) => line.slice(2, -2).split(" | ").map((cell) => cell.trim()))
    .filter(([first]) => first === name);
}

async function printed(command: typeof sim, ...args: string[]): Promise<string> {
  const { io, out } = listen();
  await command(args, io);
  return out.join("");
}

for (const [titles, needs] of [[QUICK, {}], [OF_25_NODES, needsBun]] as const) {
  testNeeding(
    `the table of the challenges has the figures that are printed: ${titles.join(", ")}`,
    needs,
    async () => {
      const text = page("test/bench/README.md");
      for (const title of titles) {
        const row = rows.find((row) => row.title === title) ?? assert.fail(`there is no row ${title}`);
        const cells = await rowInTable({ ...row, first: [] }, SEEDS);
        assert.deepEqual(rowsIn(text, title)[0], cells.slice(0, -1), title);
      }
    },
  );
}

test("the price of a relay in 3d is what compare prints", async () => {
  const out = await printed(compare, "--challenge", "3d", "--protocols", "first-forwarder", "--seeds", "3");
  const [own, first] = ["hearsay", "first-forwarder"].map((name) => rowsIn(out, name)[0]?.[4] ?? "nothing");
  const text = page("lib/workbench/README.md").replaceAll(/\s+/g, " ");
  const expected = `It costs latency, ${own} ms where \`first-forwarder\` has ${first}`;
  assert.ok(text.includes(expected), expected);
});

test("the table of first solutions has the figures that compare prints", async () => {
  const text = page("lib/workbench/README.md");
  const out = await printed(compare, "--protocols", COMPARED);
  for (const name of [...COMPARED.split(","), "hearsay"]) {
    const [shown, found] = [rowsIn(text, name), rowsIn(out, name)].map((rows) =>
      rows.filter(({ length }) => length > 5)
    );
    assert.deepEqual(shown?.[0], found?.[0], name);
  }
});

test("the messages of one value are as many as is said of each protocol", async () => {
  const text = page("lib/workbench/README.md").replaceAll(/\s+/g, " ");
  const script = ["--latency", "50", "--script", "500 cut n0,n1|rest; 800 broadcast n0 17; 2000 heal"];
  assert.ok(text.includes(`--latency 50 --script '${script[3]}'`), "the script is as it is shown");
  const said = {
    "neighbours-retry": (count: string) =>
      `The same script takes ${count} messages with \`neighbours-retry\``,
    "exponential-backoff": (count: string) => `${count} with \`exponential-backoff\``,
    "retry-without-pause": (count: string) => `and ${count} with \`retry-without-pause\``,
    "hearsay": (count: string) => `of the script hearsay sends ${count} messages`,
  };
  for (const [protocol, phrase] of Object.entries(said)) {
    const { net } = JSON.parse(await printed(sim, "--json", "--protocol", protocol, ...script));
    const expected = phrase(net.servers["send-count"].toLocaleString("en"));
    assert.ok(text.includes(expected), expected);
  }
});

test("the simulator's figures for flood-retry beside those of real processes are those of seed 1", async () => {
  const { net, workload } = JSON.parse(
    await printed(sim, "--json", "--challenge", "3c", "--protocol", "flood-retry"),
  );
  const { "0.5": median, "1": max } = workload["stable-latencies"];
  const expected = `\`sim\` gives ${net.servers["msgs-per-op"].toFixed(2)}, ${median} and ${max}.`;
  assert.ok(page("lib/workbench/README.md").includes(expected), expected);
});

testNeeding("the README's simulated row of 3d and partitions is that of seed 1", needsBun, async () => {
  const args = ["--challenge", "3d", "--nemesis", "partition", "--protocol", "neighbours-retry"];
  const { net, workload } = JSON.parse(await printed(sim, "--json", ...args));
  const { "0.5": median, "1": max } = workload["stable-latencies"];
  const expected = `\`neighbours-retry\` ${
    net.servers["msgs-per-op"].toFixed(2)
  } · ${median} · ${max} (simulated)`;
  assert.ok(page("README.md").includes(expected), expected);
});
