/** The browser of the tests sees what pages do that they must not. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { testNeeding } from "../../shared/needing.ts";
import { inFolder } from "../../shared/in_folder.ts";
import { inBrowser, needsBrowser, overflow, visit } from "./browser.ts";

testNeeding(
  "a page that writes to the console, fails, or asks for something elsewhere is seen",
  needsBrowser,
  () =>
    inFolder((folder) =>
      inBrowser(async (browser) => {
        const page = join(folder, "page.html");
        const bad = {
          "log: hello": "<script>console.log('hello')</script>",
          "Error: no": "<script>throw new Error('no')</script>",
          "asked for": "<img src='other.png'>",
        };
        for (const [complaint, html] of Object.entries(bad)) {
          writeFileSync(page, `<!doctype html>${html}`);
          const visited = visit(browser, page, {}, (shown) => shown.waitForLoadState("load"));
          await assert.rejects(visited, (error) => String(error).includes(complaint));
        }
        writeFileSync(page, "<!doctype html><div style='width: 1500px; height: 1px'></div>");
        await visit(browser, page, {}, async (shown) => assert.equal(await overflow(shown), 108));
      })
    ),
);
