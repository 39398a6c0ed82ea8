/** The page of a comparison in a real browser, in light and dark, on a wide screen and a narrow one, without scripts. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { testNeeding } from "../../shared/needing.ts";
import { compare } from "../../../lib/commands/compare.ts";
import { inFolder } from "../../shared/in_folder.ts";
import { listen } from "../../shared/io.ts";
import { inBrowser, needsBrowser, overflow, visit } from "./browser.ts";

testNeeding(
  "hearsay compare --report: a row and a line for each protocol, at any width",
  needsBrowser,
  () =>
    inFolder((folder) =>
      inBrowser(async (browser) => {
        const file = join(folder, "compare.html");
        const flags = ["--protocols", "flood,neighbours-retry", "--seeds", "3", "--report", file];
        assert.equal(await compare(flags, listen().io), 0);
        for (const [width, dark] of [[1400, false], [390, true]] as const) {
          await visit(browser, file, { width, dark, scripts: false }, async (page) => {
            assert.equal(await overflow(page), 0, `${width} px`);
            assert.match(
              await page.locator("h1").innerText(),
              /hearsay holds, with 2\.\d\d messages an operation/,
            );
            assert.equal(await page.locator(".comparison tbody tr").count(), 3);
            assert.equal(await page.locator("svg.chart").count(), 4);
            assert.equal(await page.locator("svg.chart").first().locator("text.protocol").count(), 3);
          });
        }
      })
    ),
);
