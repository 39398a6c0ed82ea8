/** The page in which the simulator runs: people tell, cut and heal, share what they did, and get the same run again. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { testNeeding } from "../../shared/needing.ts";
import type { Browser, Locator, Page } from "playwright-core";
import { playHtml } from "../../../lib/pages/play/document/frame.ts";
import { pageScript } from "../../../lib/pages/scripts.ts";
import { parseLink } from "../../../lib/workbench/session/link.ts";
import { settingsOf } from "../../../lib/workbench/session/story.ts";
import { simulate } from "../../../lib/workbench/world/sim.ts";
import { inFolder } from "../../shared/in_folder.ts";
import { inBrowser, needsBrowser, overflow, visit } from "./browser.ts";

/** The whole page. */
const PAGE_BYTES_MAX = 400 * 1024;
const FASTEST = "9";

function inPlay(use: (browser: Browser, file: string) => Promise<void>): Promise<void> {
  return inFolder(async (folder) => {
    const file = join(folder, "play.html");
    const html = playHtml(await pageScript("play"));
    assert.ok(new TextEncoder().encode(html).length <= PAGE_BYTES_MAX, `${html.length} characters`);
    writeFileSync(file, html);
    await inBrowser((browser) => use(browser, file));
  });
}

function text(page: Page, id: string): Promise<string> {
  return page.locator(`#${id}`).innerText();
}

function button(page: Page, name: string): Locator {
  return page.getByRole("button", { name, exact: true });
}

/** What the clock shows where the story of the link ends. */
function clockOf(link: string): RegExp {
  const until = Number(/until=(\d+)/.exec(link)?.[1]);
  return new RegExp(`^${(until / 1000).toFixed(3)} s$`);
}

/** Waits until the summary, or another part of the page, says so. */
async function until(page: Page, said: RegExp, id = "summary"): Promise<void> {
  await page.locator(`#${id}`).filter({ hasText: said }).waitFor({ timeout: 60_000 });
}

testNeeding(
  "a story is acted out in the page, and its link and its command are the same run",
  needsBrowser,
  () =>
    inPlay(async (browser, file) => {
      let [link, figures] = ["", ""];
      await visit(browser, file, { hash: "#node-count=5&latency=50&seed=3" }, async (page) => {
        await page.locator("#speed").fill(FASTEST);
        await page.locator("#tell-value").fill("hello");
        await button(page, "Tell").click();
        await button(page, "Run").click();
        await until(page, /The value is everywhere/);
        // By keyboard: a node is cut off.
        await button(page, "n1").focus();
        await page.keyboard.press("c");
        await until(page, /some links cut/);
        // By mouse, from the menu of a node.
        await button(page, "n1").click();
        await page.getByRole("menuitem", { name: "Tell a value" }).click();
        await until(page, /1 of 2 values are everywhere/);
        await page.keyboard.press("h");
        await until(page, /All 2 values are everywhere/);
        await page.locator("#load").selectOption("10");
        await until(page, /All [4-9] values|[4-9] of \d+ values/);
        await button(page, "Pause").click();
        await button(page, "Copy the link").click();
        link = await page.locator("#link").inputValue();
        await until(page, clockOf(link), "clock");
        figures = await text(page, "figures");
        assert.match(
          await page.locator("#command").inputValue(),
          /^hearsay sim --seed 3 --latency 50 .*--script '/,
        );
        await button(page, "Judge the run").click();
        await until(page, /^Valid: /, "verdict-said");
      });

      const hash = link.slice(link.indexOf("#"));
      await visit(browser, file, { hash, dark: true, width: 390, height: 844 }, async (page) => {
        await button(page, "To the end").click();
        await until(page, clockOf(link), "clock");
        assert.equal(await text(page, "figures"), figures);
        assert.equal(await page.locator("#link").inputValue(), link);
      });

      const parsed = parseLink(hash);
      assert.ok(parsed.ok);
      const { stats, net } = simulate({ ...settingsOf(parsed.story), recoveryS: 0 });
      const [messages, operations] = [/messages\s+([\d,]+)/, /operations\s+(\d+)/].map((form) =>
        Number(form.exec(figures)?.[1]?.replaceAll(",", ""))
      );
      assert.equal(stats.count, Number(operations) + parsed.story.nodeCount, "beside the last reads");
      assert.ok(net.servers["send-count"] >= Number(messages) && Number(messages) > 10);
    }),
);

testNeeding(
  "links are cut by a line drawn across them, and one by one; a story goes on another way when it is replayed",
  needsBrowser,
  () =>
    inPlay((browser, file) =>
      visit(browser, file, { hash: "#node-count=5&latency=20" }, async (page) => {
        const stage = await page.locator("#stage").boundingBox();
        assert.ok(stage !== null);
        const at = (x: number, y: number) => [stage.x + x * stage.width, stage.y + y * stage.height] as const;
        await page.mouse.move(...at(0.2, 0.2));
        await page.mouse.down();
        await page.mouse.move(...at(0.5, 0.3), { steps: 4 });
        await page.mouse.move(...at(0.8, 0.2), { steps: 4 });
        await page.mouse.up();
        await until(page, /some links cut/);
        await until(page, /cut n0\|rest/, "story");
        await button(page, "link n0 – n1, cut").focus();
        await page.keyboard.press("Enter");
        await page.getByRole("menuitem", { name: "Mend" }).click();
        await until(page, /cut n0-n2,n0-n3,n0-n4/, "story");
        // A link is pressed anywhere on its line.
        const [n0, n4] = [await button(page, "n0").boundingBox(), await button(page, "n4").boundingBox()];
        assert.ok(n0 !== null && n4 !== null);
        await page.mouse.click(
          (n0.x + 2 * n4.x + 1.5 * n4.width) / 3,
          (n0.y + 2 * n4.y + 1.5 * n4.height) / 3,
        );
        await page.getByRole("menu").filter({ hasText: "link n0 – n4, cut" }).waitFor();
        await page.keyboard.press("c");
        await until(page, /cut n0-n2,n0-n3(?!,)/, "story");
        for (const [key, said] of [["k", /n2 down/], ["p", /n3 paused/]] as const) {
          await button(page, key === "k" ? "n2" : "n3").focus();
          await page.keyboard.press(key);
          await until(page, said);
        }
        await button(page, "Mend everything").click();
        await until(page, /^At [\d.]+ s: 5 nodes\. /);
        await page.keyboard.press("r");
        await until(page, /^0\.000 s/, "clock");
        await until(page, /heal/, "story");
        await page.locator("#tell-value").fill("other");
        await page.keyboard.press("Enter");
        await until(page, /tell n0 "other"/, "story");
        assert.doesNotMatch(await text(page, "story"), /heal/);
      })
    ),
);

testNeeding(
  "the page fits a telephone, is labelled, runs other protocols, and says what is wrong with a link",
  needsBrowser,
  () =>
    inPlay(async (browser, file) => {
      await visit(browser, file, { width: 390, height: 844 }, async (page) => {
        await until(page, /Pause/, "run");
        assert.equal(await overflow(page), 0);
        const unnamed = await page.evaluate(
          "[...document.querySelectorAll('button, input, select, textarea')]" +
            ".filter((it) => !(it.ariaLabel || it.labels?.length || it.textContent.trim())).map((it) => it.outerHTML)",
        );
        assert.deepEqual(unnamed, []);
        await page.locator("#speed").fill(FASTEST);
        for (const name of ["flood", "neighbours-retry"]) {
          await page.locator("#protocol").selectOption(name);
          await until(page, /[1-9]\d* messages between nodes/);
        }
        assert.equal(await overflow(page), 0);
      });

      const script = encodeURIComponent("1 kill <img src=x onerror=alert(1)>");
      const hash = `#node-count=1000000&script=${script}&evil=1`;
      await visit(browser, file, { hash, width: 390, height: 844, dark: true }, async (page) => {
        const said = await text(page, "mistakes");
        assert.match(said, /node-count must be a whole number from 1 to 50, and is "1000000"/);
        assert.match(said, /<img src=x/);
        assert.match(said, /unknown field "evil"/);
        await button(page, "Run").click();
        await until(page, /^0\.[1-9]|^[1-9]/, "clock");
        assert.equal(await overflow(page), 0);
      });
    }),
);
