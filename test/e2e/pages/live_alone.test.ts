/** The page of one node in a real browser: tokens, a server that stops, values that mean harm, and many members. */
import assert from "node:assert/strict";
import { withHttp } from "../../shared/listening.ts";
import { testNeeding } from "../../shared/needing.ts";
import type { Page } from "playwright-core";
import { livePage } from "../../../lib/pages/live/document/frame.ts";
import { pageScript } from "../../../lib/pages/scripts.ts";
import { NEWEST_CHARS_MAX, NEWEST_MAX } from "../../../lib/service/live/limits.ts";
import type { Snapshot } from "../../../lib/service/live/snapshot.ts";
import { memberOf, outOfReach, saying, snapshotOf } from "../../unit/pages/live/snapshots.ts";
import { type Given, tokenOf, withServed } from "../../unit/service/http/served.ts";
import { inBrowser, needsBrowser, overflow, visit } from "./browser.ts";

const ANY = { host: "127.0.0.1", port: 0 };
const PATIENCE_MS = 30_000;
const page = () => pageScript("live").then(livePage);

/** A node in this process that has its page. */
function withPage(
  use: (url: string, service: Parameters<Parameters<typeof withServed>[0]>[0]) => Promise<void>,
  given: Given = {},
) {
  return withServed((served) => use(served.url, served), {
    http: { listen: ANY, origins: [], page },
    ...given,
  });
}

/** A server that shows one snapshot for ever, and where it is. */
async function withSnapshot(snapshot: Snapshot, use: (url: string) => Promise<void>): Promise<void> {
  const { html, policy } = await page();
  await withHttp(({ url }, response) => {
    if (url === "/") {
      return void response.writeHead(200, { "content-type": "text/html", "content-security-policy": policy })
        .end(html);
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    const tell = () => response.write(`data: ${JSON.stringify(snapshot)}\n\n`);
    const timer = setInterval(tell, 500);
    response.once("close", () => clearInterval(timer));
    tell();
  }, use);
}

function said(page: Page, id: string, text: RegExp): Promise<void> {
  return page.locator(`#${id}`).filter({ hasText: text, visible: true }).waitFor({ timeout: PATIENCE_MS });
}

async function post(url: string, lines: string): Promise<void> {
  const headers = { "content-type": "application/x-ndjson" };
  const response = await fetch(`${url}/v1/values`, { method: "POST", headers, body: lines });
  assert.equal(response.status, 200, await response.text());
}

testNeeding(
  "live: with tokens the page asks for one, keeps it for the tab alone, and asks again once it is worth nothing",
  needsBrowser,
  () => {
    const tokens = [tokenOf("boss", ["admin", "publish:*", "watch:*"])];
    return withPage(
      (url, { service }) =>
        inBrowser((browser) =>
          visit(browser, url, { mayFail: true }, async (page) => {
            await said(page, "ask", /This node wants to know who asks/);
            assert.ok(await page.getByLabel("Token").evaluate((input) => input === document.activeElement));
            await page.keyboard.type("nonsense");
            await page.keyboard.press("Enter");
            await said(page, "ask", /not one that this node knows/);
            await page.keyboard.type("token-of-boss");
            await page.keyboard.press("Enter");
            await said(page, "verdict", /^1 of 1 up, holding 0 values$/);
            assert.equal(await page.getByLabel("Token").isVisible(), false);
            await page.reload();
            await said(page, "verdict", /^1 of 1 up/);
            const kept = await page.evaluate("[localStorage.length, sessionStorage.length, document.cookie]");
            assert.deepEqual(kept, [0, 1, ""]);
            service.setTokens([]);
            await said(page, "ask", /not one that this node knows/);
          })
        ),
      { tokens },
    );
  },
);

testNeeding("live: whoever may not see the other members is told so", needsBrowser, () => {
  const tokens = [tokenOf("shop", ["watch:orders"])];
  return withPage((url) =>
    inBrowser((browser) =>
      visit(browser, url, { mayFail: true }, async (page) => {
        await page.getByLabel("Token").fill("token-of-shop");
        await page.getByRole("button", { name: "Show" }).click();
        await said(page, "verdict", /^n1 is up, holding 0 values$/);
        await said(page, "alone", /those who have the right admin/);
      })
    ), { tokens });
});

testNeeding(
  "live: a node that stops is said to be gone, since when, and the page goes on by itself once it is back",
  needsBrowser,
  () =>
    inBrowser(async (browser) => {
      let at = ANY;
      const once = (use: (url: string) => Promise<void>) =>
        withServed(({ url }) => {
          at = { host: "127.0.0.1", port: Number(new URL(url).port) };
          return use(url);
        }, { http: { listen: at, origins: [], page } });
      const stop = Promise.withResolvers<void>();
      const serving = Promise.withResolvers<string>();
      const first = once((url) => {
        serving.resolve(url);
        return stop.promise;
      });
      await visit(browser, await serving.promise, { mayFail: true }, async (page) => {
        await said(page, "verdict", /^1 of 1 up/);
        stop.resolve();
        await first;
        await said(page, "gone", /^n1 has not answered since \d\d:\d\d:\d\d: this is how things stood then$/);
        assert.match(await page.locator("#gone").getAttribute("role") ?? "", /alert/);
        await said(page, "link", /^gone for \d+ s$/);
        await once(async () => {
          await said(page, "story", /n1 answers again, after \d+ s/);
          await said(page, "link", /^live \d\d:/);
          assert.equal(await page.locator("#gone").isVisible(), false);
        });
      });
    }),
);

testNeeding(
  "live: values that mean harm, long ones and ten thousand a second do none",
  needsBrowser,
  () =>
    withPage((url) =>
      inBrowser((browser) =>
        visit(browser, url, { width: 360, height: 780 }, async (page) => {
          await said(page, "verdict", /^1 of 1 up/);
          const harm = [
            "<img src=x onerror=alert(1)>",
            "</script><script>alert(1)</script>",
            "\u202e\u0000\ud800",
          ];
          await post(url, harm.map((text) => JSON.stringify(text)).join("\n"));
          await said(page, "newest", /<img src=x onerror=alert\(1\)>/);
          assert.equal(await page.locator("#newest img, #newest script").count(), 0);
          await post(url, JSON.stringify("w".repeat(250_000)));
          await said(page, "newest", /w{199}…/);
          assert.equal(await overflow(page), 0);
          let told = 0;
          const endsAt = performance.now() + 3_000;
          let slowestMs = 0;
          while (performance.now() < endsAt) {
            await post(url, Array.from({ length: 2_500 }, () => String(++told)).join("\n"));
            const askedAt = performance.now();
            const texts = await page.locator("#newest li span").allTextContents();
            slowestMs = Math.max(slowestMs, performance.now() - askedAt);
            assert.ok(
              texts.length <= 3 * NEWEST_MAX && texts.every(({ length }) => length <= NEWEST_CHARS_MAX + 1),
            );
          }
          await said(page, "newest", new RegExp(`n1${told}(now|\\d+ s)`));
          assert.ok(slowestMs < 1_000, `the page answered after ${slowestMs} ms`);
        })
      )
    ),
);

testNeeding(
  "live: values are held still as long as one wants",
  needsBrowser,
  () =>
    withPage((url) =>
      inBrowser((browser) =>
        visit(browser, url, {}, async (page) => {
          await post(url, '"first"');
          await said(page, "newest", /first/);
          const pause = page.getByRole("button", { name: "Pause" });
          await pause.focus();
          await page.keyboard.press("Space");
          assert.equal(await pause.getAttribute("aria-pressed"), "true");
          await post(url, '"second"');
          await said(page, "verdict", /holding 2 values/);
          assert.equal(await page.locator("#newest").filter({ hasText: "second" }).count(), 0);
          await page.keyboard.press("Space");
          await said(page, "newest", /second/);
        })
      )
    ),
);

testNeeding(
  "live: all that the page shows has a name, is reached by keyboard where it scrolls, and moves for nobody who does not want it",
  needsBrowser,
  () =>
    withSnapshot(
      snapshotOf([memberOf("n1", { suspects: ["n2"] }), outOfReach("n2", 3_000), saying("n3", ["n2"])]),
      (url) =>
        inBrowser((browser) =>
          visit(browser, url, { reducedMotion: true }, async (page) => {
            const verdict = "1 of 3 out of reach: n2";
            await page.getByRole("img", { name: verdict }).waitFor();
            for (const name of ["Node", "State", "Told by", "Values", "Round trip", "Not reached by"]) {
              assert.equal(await page.getByRole("columnheader", { name }).count(), 1, name);
            }
            assert.equal(await page.getByRole("row", { name: "n2 out of reach 3 s n1 and n3" }).count(), 1);
            assert.match(
              await page.getByRole("log", { name: "What happened" }).innerText(),
              /out of reach: n2/,
            );
            for (const name of ["Who passes on to whom", "Members", "What happened", "Newest values"]) {
              assert.equal(await page.getByRole("region", { name }).count(), 1, name);
            }
            const reached: (string | null)[] = [];
            for (let i = 0; i < 4; i++) {
              await page.keyboard.press("Tab");
              reached.push(await page.evaluate("document.activeElement.id"));
            }
            assert.deepEqual(reached, ["story", "members-scroll", "pause", "newest"]);
            const moves = await page.locator("#stage .node").first().evaluate((node) =>
              getComputedStyle(node).transitionDuration
            );
            assert.equal(moves, "0s");
            // What is read out changes with what happens, and not with each snapshot.
            const spoken = () =>
              page.locator("[role=log], [role=alert], [role=status], [aria-live]").allInnerTexts();
            const before = await spoken();
            await page.waitForFunction("document.querySelector('#link').textContent !== ''");
            await page.waitForTimeout(1_600);
            assert.deepEqual(await spoken(), before);
          })
        ),
    ),
);

for (const count of [25, 50, 100]) {
  testNeeding(
    `live: ${count} members are shown, on a phone, too, and their names do no harm`,
    needsBrowser,
    () => {
      const ids = Array.from({ length: count - 1 }, (_, i) => `n${i + 2}`);
      const members = [
        memberOf("n1"),
        ...ids.map((id, i) => i % 5 === 0 ? outOfReach(id, 1_000) : memberOf(id)),
      ];
      const harm = `<b onclick=alert(1)>${"w".repeat(150)}`;
      members.splice(1, 1, memberOf(harm));
      return withSnapshot(snapshotOf(members), (url) =>
        inBrowser(async (browser) => {
          for (const visited of [{}, { width: 360, height: 780, dark: true }]) {
            await visit(browser, url, visited, async (page) => {
              await said(page, "verdict", new RegExp(`^\\d+ of ${count} out of reach: `));
              assert.equal(await page.locator("#members tbody tr").count(), count);
              assert.equal(await page.locator("#stage .node").count(), count);
              assert.equal(await page.locator("#members th").filter({ hasText: harm }).count(), 1);
              assert.equal(await overflow(page), 0);
              const outside = await page.locator("#stage").evaluate((stage) => {
                const { left, right, top, bottom } = stage.getBoundingClientRect();
                return [...stage.querySelectorAll(".node")].filter((node) => {
                  const box = node.getBoundingClientRect();
                  return box.left < left || box.right > right || box.top < top || box.bottom > bottom;
                }).length;
              });
              assert.equal(outside, 0, "all are within the drawing");
            });
          }
        }));
    },
  );
}
