/** A real browser for the tests of pages. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Needs } from "../../shared/needing.ts";

const executablePath = [process.env["CHROMIUM"] ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser"]
  .find((path) => path !== "" && existsSync(path));

/** Of tests in a browser. With CI=true they are not skipped, and fail where there is none. */
export const needsBrowser: Needs = executablePath !== undefined || process.env["CI"] === "true"
  ? {}
  : { skip: "there is no Chromium (CHROMIUM says where it is)" };

export interface Visit {
  /** CSS pixels. */
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  /** Without scripts a page shows what its HTML holds. */
  readonly scripts?: boolean;
  /** What stands after the file's name, with its "#". */
  readonly hash?: string;
  readonly reducedMotion?: boolean;
  /** What browsers write to the console where a server does not answer, or does with an error, is none of the page's doing. */
  readonly mayFail?: boolean;
}

/** Opens a file, or what is at an address of HTTP, in a page, and fails if anything was written to the console, thrown, or asked for elsewhere. */
export async function visit(
  browser: Browser,
  file: string,
  {
    width = 1400,
    height = 900,
    dark = false,
    scripts = true,
    hash = "",
    reducedMotion = false,
    mayFail = false,
  }: Visit,
  look: (page: Page) => Promise<void>,
): Promise<void> {
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    javaScriptEnabled: scripts,
    reducedMotion: reducedMotion ? "reduce" : "no-preference",
  });
  const url = file.startsWith("http://") ? file : pathToFileURL(file).href;
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on(
    "request",
    (request) => request.url().startsWith(url) || complaints.push(`asked for ${request.url()}`),
  );
  try {
    await page.goto(url + hash);
    await look(page);
    const expected = mayFail ? /^error: Failed to load resource: / : /^$/;
    assert.deepEqual(complaints.filter((complaint) => !expected.test(complaint)), []);
  } finally {
    await page.close();
  }
}

/** Whoever opens it closes it. */
export function openBrowser(): Promise<Browser> {
  assert(executablePath !== undefined, "there is no Chromium");
  // The sandbox of its own does not work for root, in which tests may run; the pages are ours.
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/** Runs it with a browser that is closed in the end. */
export async function inBrowser(use: (browser: Browser) => Promise<void>): Promise<void> {
  const browser = await openBrowser();
  try {
    await use(browser);
  } finally {
    await browser.close();
  }
}

/** By how many CSS pixels the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}
