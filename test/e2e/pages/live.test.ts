/** The page of a node in a real browser, with five nodes that are cut apart, killed and stopped. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { testNeeding } from "../../shared/needing.ts";
import type { Browser, Page } from "playwright-core";
import { livePage } from "../../../lib/pages/live/document/frame.ts";
import { pageScript } from "../../../lib/pages/scripts.ts";
import { completeGrudge } from "../../../lib/workbench/faults/grudge.ts";
import { PartitionController } from "../../../lib/workbench/faults/partition_controller.ts";
import { readSecret } from "../../../lib/workbench/faults/sidecar_secret.ts";
import { Lab } from "../../../lib/workbench/lab/lab.ts";
import { addressText } from "../../../transports/address.ts";
import { until } from "../../shared/until.ts";
import { fromSource } from "../fixtures/hearsay.ts";
import { needsLab } from "../fixtures/lab.ts";
import { measured } from "../fixtures/serving.ts";
import { needsBrowser, openBrowser, overflow, visit } from "./browser.ts";

/** The whole page. */
const PAGE_BYTES_MAX = 60 * 1024;
/** A cut is to be seen within this, ms. */
const SEEN_MS_MAX = 2_000;
const TRIES_MAX = 5;
const PATIENCE_MS = 30_000;
const needsBrowserAndLab = { ...needsLab, ...needsBrowser };

function verdict(page: Page, said: RegExp): Promise<void> {
  return page.locator("#verdict").filter({ hasText: said }).waitFor({ timeout: PATIENCE_MS });
}

/** The texts of each row of the members' table. */
function rows(page: Page): Promise<string[][]> {
  return page.locator("#members tbody tr").evaluateAll((all) =>
    all.map((row) => [...row.children].map((cell) => cell.textContent ?? ""))
  );
}

async function post(url: string, values: readonly unknown[], topic = ""): Promise<void> {
  const response = await fetch(`${url}/v1/values?topic=${topic}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(values),
  });
  assert.equal(response.status, 200, await response.text());
}

/** Five hosts, what cuts them, and a browser. */
async function inLab(
  use: (
    lab: Lab,
    cuts: PartitionController,
    urlOf: (id: string) => string,
    browser: Browser,
  ) => Promise<void>,
): Promise<void> {
  const browser = await openBrowser();
  const lab = await Lab.open({ program: fromSource() }).catch(async (error) => {
    await browser.close();
    throw error;
  });
  const found = readSecret(lab.secretFile);
  const secret = "secret" in found ? found.secret : assert.fail(found.fault);
  const cuts = new PartitionController(lab.sidecars, lab.addresses, { secret });
  try {
    await use(lab, cuts, (id) => `http://${addressText(lab.pages.get(id) ?? assert.fail())}`, browser);
  } finally {
    cuts.release();
    await browser.close();
    await lab.close();
  }
}

/** How long it took until the page showed a cut, ms: where the machine had no time for that, it is cut again. */
async function cutUntilSeen(page: Page, cuts: PartitionController): Promise<number> {
  for (let tries = 1;; tries++) {
    await cuts.partition(completeGrudge([["n1", "n2"], ["n3", "n4", "n5"]]));
    const cutAt = performance.now();
    await verdict(page, /^3 of 5 out of reach: n3, n4 and n5$/);
    const seenMs = performance.now() - cutAt;
    measured(`the cut was on the page of n1 after ${Math.round(seenMs)} ms`);
    if (seenMs < SEEN_MS_MAX || tries === TRIES_MAX) return seenMs;
    await cuts.heal();
    await verdict(page, /^5 of 5 up/);
  }
}

test("live: the whole page is small", async () => {
  const { html } = livePage(await pageScript("live"));
  const { length } = new TextEncoder().encode(html);
  measured(`the live page: ${length} bytes`);
  assert.ok(length <= PAGE_BYTES_MAX, `${length} bytes`);
});

testNeeding(
  "live: a cut, a heal, a killed node and its return show on the page as they happen",
  needsBrowserAndLab,
  () =>
    inLab(async (lab, cuts, urlOf, browser) => {
      await visit(browser, urlOf("n1"), {}, async (page) => {
        await verdict(page, /^5 of 5 up, all agree on 0 values$/);
        await post(urlOf("n4"), [{ hello: "world" }]);
        await verdict(page, /^5 of 5 up, all agree on 1 values$/);
        assert.match(await page.locator("#newest").innerText(), /^n4\s+\{"hello":"world"\}\s+now$/);
        assert.deepEqual((await rows(page)).map(([id, state, relay]) => [id, state, relay]), [
          ["n1", "this node", "root"],
          ...["n2", "n3", "n4", "n5"].map((id) => [id, "up", "n1"]),
        ]);

        const seenMs = await cutUntilSeen(page, cuts);
        assert.ok(seenMs < SEEN_MS_MAX, `${seenMs} ms`);
        // Whoever suspects whom is told with the next values.
        await post(urlOf("n1"), ["left"]);
        await until(
          async () => (await rows(page)).at(-1)?.at(-1)?.startsWith("n1") === true,
          "n5 is suspected",
        );
        assert.ok(await page.locator("#stage .lost").count() >= 3);

        await cuts.heal();
        await verdict(page, /^5 of 5 up, all agree on 2 values$/);
        await lab.kill("n3");
        await verdict(page, /^1 of 5 out of reach: n3$/);
        await lab.start("n3");
        await verdict(page, /^5 of 5 up, all agree on 2 values$/);
        const story = await page.locator("#story").innerText();
        assert.match(
          story,
          /5 of 5 up again, after \d+ s[^]*n3\n[^]*5 of 5 up again, after \d+ s[^]*3 of 5 out of reach/,
        );
        assert.match(await page.title(), /^n1: 5 of 5 up/);
      });
    }),
);

testNeeding(
  "live: on the other side of a cut the page shows another root, in the dark and on a phone, too",
  needsBrowserAndLab,
  () =>
    inLab(async (_lab, cuts, urlOf, browser) => {
      await cuts.partition(completeGrudge([["n1", "n2"], ["n3", "n4", "n5"]]));
      await post(urlOf("n5"), ["right"]);
      await visit(browser, urlOf("n4"), { dark: true, width: 360, height: 780 }, async (page) => {
        await verdict(page, /^2 of 5 out of reach: n1 and n2$/);
        await until(async () => (await rows(page))[2]?.[2] === "root", "n3 is the root here");
        assert.equal(await overflow(page), 0);
        const colour = await page.evaluate("getComputedStyle(document.body).backgroundColor");
        assert.equal(colour, "rgb(18, 19, 21)");
      });
      await cuts.heal();
    }),
);
