/** Reports in a real browser: what they show of runs of every kind, in light and dark, on wide screens and narrow ones. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { testNeeding } from "../../shared/needing.ts";
import type { Browser, Page } from "playwright-core";
import type { Run } from "../../../lib/workbench/report/run.ts";
import { inFolder } from "../../shared/in_folder.ts";
import { someRun } from "../../shared/some_run.ts";
import { broken } from "../../sim/broken.ts";
import { brings, Story } from "../../unit/workbench/report/columns/story.ts";
import { fixture } from "../fixtures/programs.ts";
import { needsBrowser, openBrowser, overflow, visit } from "./browser.ts";
import { foreignRun, freshScript, root, write } from "./reports.ts";

const short = { timeLimitS: 4, recoveryS: 1 };

/** One for all tests: starting a browser takes longer than most of them. */
let shared: Promise<Browser> | undefined;
after(async () => await (await shared)?.close());

/** What every report must be, whatever the run: shown whole, at any width, with scripts and without. */
async function isWhole(page: Page, scripts: boolean): Promise<void> {
  assert.equal(await overflow(page), 0);
  const headings = await page.locator("h2").allInnerTexts();
  const said = ["Violations", "Latency", "Fates", "Messages", "Space and time", "Settings"];
  assert.deepEqual(headings.map((heading) => said.find((each) => heading.startsWith(each))), said);
  assert.equal(await page.locator("#space-time-live").isVisible(), scripts);
  assert.equal(await page.locator("#space-time-picture").isVisible(), !scripts);
}

async function inReport(
  run: Run | Promise<Run>,
  look: (page: Page, run: Run) => Promise<void>,
): Promise<void> {
  const script = await freshScript();
  const known = await run;
  const browser = await (shared ??= openBrowser());
  await inFolder(async (folder) => {
    const file = write(folder, "report", known, script);
    for (const [dark, scripts] of [[true, true], [false, false]] as const) {
      await visit(browser, file, { width: 390, dark, scripts }, (page) => isWhole(page, scripts));
    }
    await visit(browser, file, {}, async (page) => {
      await page.emulateMedia({ reducedMotion: "reduce" });
      await isWhole(page, true);
      await look(page, known);
    });
  });
}

/** The marks of a path. */
async function marks(page: Page, selector: string): Promise<number> {
  const d = await page.locator(selector).getAttribute("d");
  return d?.match(/M/g)?.length ?? 0;
}

async function drawn(page: Page): Promise<{ readonly drawn: number; readonly inView: number }> {
  const { drawn, inView } = await page.locator("svg.live").evaluate((svg) => ({ ...svg.dataset }));
  return { drawn: Number(drawn), inView: Number(inView) };
}

testNeeding(
  "a valid run: a point for each value, and a click on a value shows its way",
  needsBrowser,
  () =>
    inReport(someRun({ settings: { ...short, latencyMs: 20 } }), async (page, run) => {
      const values = run.results.workload["attempt-count"];
      assert.match(await page.locator("h1").innerText(), /Valid: every value is everywhere/);
      assert.equal(await marks(page, ".dots.true"), values);
      await page.locator("#fates-live [data-value='3']").click();
      assert.match(await page.locator("#way h3").innerText(), /The way of value 3\b/);
      assert.equal(await page.locator("#way tbody tr").count(), 5);
      assert.match(
        await page.locator("#way .why").innerText(),
        /is on its way from n\d to n\d.*Where the time went: /s,
      );
      assert.equal(await page.locator("svg.live circle.told").count(), 1);
      assert.equal(await page.locator("svg.live circle.message").count(), 4);
      assert.equal(await marks(page, "svg.live path.way:not(.inferred)"), 4);
      assert.equal(new URL(page.url()).hash, "#value=3");
      assert.equal(await page.locator("#latency-chart .chosen").count(), 2);
      await page.locator("#way button").click();
      assert.equal(await page.locator("#way tbody tr").count(), 0);
    }),
);

testNeeding(
  "the diagram zooms, moves, filters, and says what a message brought",
  needsBrowser,
  () =>
    inReport(someRun({ settings: { ...short, latencyMs: 20, rate: 50 } }), async (page, run) => {
      const diagram = page.locator("svg.live");
      await page.getByRole("button", { name: "All", exact: true }).click();
      await page.waitForFunction(
        `document.querySelector("svg.live").dataset.inView === "${run.recording.passages.length}"`,
      );
      const all = await drawn(page);
      for (const zoom of [() => page.getByLabel("Zoom in").click(), () => diagram.press("+")]) {
        const before = await drawn(page);
        await zoom();
        await page.waitForFunction(`+document.querySelector("svg.live").dataset.inView < ${before.inView}`);
      }
      const box = await diagram.boundingBox() ?? assert.fail();
      const zoomedIn = await drawn(page);
      await page.mouse.move(box.x + box.width / 2, box.y + 60);
      await page.mouse.wheel(0, 400);
      await page.waitForFunction(`+document.querySelector("svg.live").dataset.inView > ${zoomedIn.inView}`);
      await diagram.press("Home");
      await page.waitForFunction(`+document.querySelector("svg.live").dataset.inView === ${all.inView}`);
      await page.getByLabel("probe").uncheck();
      const probes = run.results.net["servers-by-type"]["probe"]?.["send-count"] ?? 0;
      assert.ok(probes > 0);
      await page.waitForFunction(
        `+document.querySelector("svg.live").dataset.inView === ${all.inView - probes}`,
      );
      for (let i = 0; i < 12; i++) await diagram.press("n");
      assert.match(
        await page.locator(".readout").innerText(),
        /^ ?(delta|ack) n\d → n\d,\s+sent at −?[\d.]+ s, took 20 ms/,
      );
      assert.equal(await page.locator("svg.live .pointed").count(), 1);
    }),
);

testNeeding(
  "a drag moves the diagram, a click on a message follows what it brought",
  needsBrowser,
  () =>
    inReport(someRun({ settings: { ...short, latencyMs: 20, rate: 4 } }), async (page) => {
      const diagram = page.locator("svg.live");
      await diagram.scrollIntoViewIfNeeded();
      await page.locator("#fates-live [data-value='1']").click();
      const moved = () => page.locator("svg.live circle.told").getAttribute("cx");
      const before = Number(await moved());
      const box = await diagram.boundingBox() ?? assert.fail();
      await page.mouse.move(box.x + 600, box.y + 100);
      await page.mouse.down();
      await page.mouse.move(box.x + 500, box.y + 100, { steps: 4 });
      await page.mouse.up();
      await page.waitForFunction(
        `Math.abs(document.querySelector("svg.live circle.told").getAttribute("cx") - ${before} + 100) < 2`,
      );
      const line = await page.locator("svg.live path.way").first().getAttribute("d");
      await diagram.press("Escape");
      await page.waitForFunction(`document.querySelector("svg.live circle.told") === null`);
      const [x1, y1, x2, y2] = (line?.match(/M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)/)?.slice(1) ?? []).map(
        Number,
      );
      await page.mouse.click(box.x + ((x1 ?? 0) + (x2 ?? 0)) / 2, box.y + ((y1 ?? 0) + (y2 ?? 0)) / 2);
      assert.match(await page.locator(".readout").innerText(), /brought value\s+1/);
      assert.match(await page.locator("#way h3").innerText(), /The way of value 1\b/);
    }),
);

testNeeding(
  "a lost value: the violation is said in words, and leads to its way",
  needsBrowser,
  () =>
    inReport(someRun({ settings: short, hosts: broken("never-forwards") }), async (page, run) => {
      assert.match(await page.locator("h1").innerText(), /Not valid/);
      const rows = page.locator("#violations tbody tr:has([data-value])");
      const { partial, "not-in-final-read": missing } = run.results.workload;
      const values = new Set([...missing, ...partial.map(({ element }) => element)]);
      assert.equal(await rows.count(), values.size);
      const told = rows.filter({ hasText: "Told to n1" }).first();
      assert.match(
        await told.innerText(),
        /(lost|missing)\s+read\s+\d+\s+n\d .*Told to n1 at .* lacked it\./s,
      );
      await told.locator("[data-value]").press("Enter");
      assert.match(await page.locator("#way").innerText(), /Never at n0, n2, n3, n4\./);
      assert.match(await page.locator("#way .why").innerText(), /no message carried it to n0, n2, n3, n4\./);
      assert.equal(await page.locator("#way tbody tr").count(), 1);
    }),
);

testNeeding(
  "a bridge cut: bands say who was cut off, and that there is a way round",
  needsBrowser,
  () => {
    const settings = { ...short, nemesis: ["partition"], grudge: "bridge", latencyMs: 10 } as const;
    return inReport(someRun({ settings }), async (page, run) => {
      const cuts = run.recording.cuts.length;
      assert.equal(await page.locator("#latency-chart rect.cut").count(), cuts);
      assert.equal(await page.locator("svg.live rect.cut").count(), 1);
      assert.match(
        await page.locator("svg.live .cut-name").first().textContent() ?? "",
        /^cut: n\d does not hear n\d/,
      );
      await page.locator("#latency summary").click();
      assert.match(await page.locator("#latency details").innerText(), /there is a way round/);
      await page.locator("#fates-live [data-value]").first().click();
      const way = await page.locator("#way").innerText();
      assert.match(way, /\d messages? with it did not arrive: n\d → n\d \(a cut took it\)/);
      assert.ok(await marks(page, "svg.live .line.bringing.gone") > 0);
    });
  },
);

testNeeding(
  "25 nodes: every one has a line, a row and a column, and all values are there page by page",
  needsBrowser,
  () =>
    inReport(
      someRun({ settings: { ...short, nodeCount: 25, latencyMs: 100, rate: 100 } }),
      async (page, run) => {
        assert.equal(await page.locator("svg.live text.name").count(), 25);
        assert.equal(await page.locator("#matrix tbody tr").count(), 25);
        const values = run.results.workload["attempt-count"];
        const pages = Math.ceil(values / 25);
        const said = page.locator("#fates-live output");
        assert.equal(await said.innerText(), `${values} values, page 1 of ${pages}`);
        for (let i = 1; i < pages; i++) await page.getByLabel("Next page").click();
        assert.equal(await page.locator("#fates-live tbody tr").count(), values - 25 * (pages - 1));
        const point = await page.locator(".dots.true").getAttribute("d");
        const [x, y] = point?.match(/^M([\d.]+) ([\d.]+)/)?.slice(1).map(Number) ?? [];
        const chart = await page.locator("#latency-chart").boundingBox() ?? assert.fail();
        await page.mouse.click(
          chart.x + (x ?? 0) * chart.width / 1200,
          chart.y + (y ?? 0) * chart.width / 1200,
        );
        assert.equal(await page.locator("#way tbody tr").count(), 25);
      },
    ),
);

testNeeding("a foreign node: its paths are inferred, and said to be", needsBrowser, () => {
  const settings = { nodeCount: 3, rate: 20, timeLimitS: 2, recoveryS: 1, latencyMs: 20 };
  return inReport(foreignRun(fixture("naive"), settings), async (page, run) => {
    const values = run.results.workload["attempt-count"];
    assert.equal(await marks(page, ".dots.true"), values);
    await page.locator("#fates-live [data-value]").first().click();
    assert.equal(await marks(page, "svg.live path.way.inferred"), 2);
    assert.equal(await page.locator("#way em", { hasText: "(inferred)" }).count(), 2);
    assert.match(await page.locator("#messages table").first().innerText(), /gossip.*\(inferred\)/);
  });
});

testNeeding("hostile values, names and types do nothing, and can be looked at", needsBrowser, () => {
  const hostile = "</script><img src=x onerror=console.log(1)>\u2028'\"\u202e";
  const names = ["n0", hostile, "x".repeat(300)];
  const story = new Story().tells("n0", hostile, 1).tells("n0", { [hostile]: "y".repeat(100_000) }, 2)
    .sends("n0", hostile, [2, 5], brings(hostile)).sends(hostile, "n0", [6, 9], { type: hostile });
  story.recorder.parted(new Map([["n0", new Set([hostile])]]), 3);
  return inReport(story.run(names), async (page) => {
    await page.locator("#fates-live [data-value='0']").click();
    const way = await page.locator("#way").innerText();
    assert.match(way, /The way of value "<\/script><img src=x onerror=c/);
    assert.match(way, /\+4 ms\s+<\/script><img src=x onerror=console\.log\(…\s+from n0 by a push/);
    await page.locator("svg.live").press("n");
    assert.match(await page.locator(".readout").innerText(), /push n0 → <\/script>/);
    assert.equal(await page.locator("img").count(), 0);
  });
});

test("the same seed gives the same report, to the byte, under Bun and Deno", async () => {
  await freshScript();
  await inFolder((folder) => {
    const [bun, deno] = [["bun", "run"], ["deno", "run", "--quiet", "--allow-all", "--no-check"]].map(
      ([runtime = "", ...args]) => {
        const file = join(folder, `${runtime}.html`);
        const faults = [
          "--nemesis",
          "partition,kill,loss",
          "--latency-dist",
          "exponential",
          "--latency",
          "20",
        ];
        const asked = ["sim", "--time-limit", "3", ...faults, "--seed", "7", "--report", file];
        const { error } = spawnSync(`${root}node_modules/.bin/${runtime}`, [...args, "main.ts", ...asked], {
          cwd: root,
        });
        assert.equal(error, undefined);
        return readFileSync(file, "utf8");
      },
    );
    assert.ok(bun !== undefined && bun.length > 50_000);
    assert.ok(bun === deno);
  });
});
