// Headless Chromium, and the checks of every test: no request leaves the stub's origin, no script fails, nothing violates
// the page's content security policy.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { after, before } from "node:test";

import { chromium } from "playwright-core";

export const WIDTHS = [360, 1440];
export const SCHEMES = ["light", "dark"];

/** The timeout in milliseconds of anything in a test. The page's long poll of the request log takes up to 25 s. */
const PATIENCE = 60_000;

/** A shorter timeout for content that the page must show before its long poll returns anyway. */
export const PROMPTLY = { timeout: 20_000 };

const SCREENSHOTS = process.env.SCREENSHOTS;
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser;

/** Keeps one browser for all tests of a file. */
export function useBrowser() {
  before(async () => {
    mkdirSync(SCREENSHOTS, { recursive: true });
    // Chromium has no sandbox as root, as in containers. It opens only pages of the stub.
    const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args, timeout: 2 * PATIENCE });
  });
  after(() => browser.close());
}

/** Opens the page of a stub and waits until it is complete. Errors on its console fail the test, except `expected` ones. */
export async function visit(test, url, { width = 1440, scheme = "light", expected } = {}) {
  const viewport = { width, height: 900 };
  const context = await browser.newContext({ viewport, colorScheme: scheme });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const wrong = [];
  page.on("request", (request) => {
    const target = request.url();
    if (!target.startsWith(`${url}/`) && !target.startsWith("data:")) wrong.push(`asked ${target}`);
  });
  page.on("pageerror", (error) => wrong.push(`threw ${error}`));
  page.on("console", (message) => {
    const text = message.text();
    // Chromium logs every error response as a failed load; the tests cause some on purpose.
    const isExpected = text.startsWith("Failed to load resource") || expected?.test(text);
    if (message.type() === "error" && !isExpected) wrong.push(text);
  });
  test.after(async () => {
    await context.close();
    assert.deepEqual(wrong, []);
  });
  await page.goto(`${url}/`);
  await page.locator("#endpoint-list li").first().waitFor();
  return page;
}

/** The violations that axe-core finds, one line for each place. */
export async function violations(page) {
  // Bypasses the page's content security policy, which forbids other scripts.
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axe });
  const { violations: found } = await page.evaluate(() => globalThis.axe.run(document));
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.target.flat().join(" ")}: ${node.failureSummary.replaceAll("\n", " ")}`));
}

export async function screenshot(page, name) {
  // From the top, since the bar is sticky.
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}
