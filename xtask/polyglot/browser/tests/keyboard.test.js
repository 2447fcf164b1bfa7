// The page works without a mouse: Tab reaches every control, the focus is visible, and keys operate the controls.

import assert from "node:assert/strict";
import { test } from "node:test";

import { WIDTHS, useBrowser, visit } from "./browser.js";
import { SAMPLE, create, startStub } from "./stub.js";

useBrowser();

/** The controls of the page itself, without those of the reference. */
const USABLE = "a[href], button, input, textarea, summary, [tabindex='0']";

/** Presses Tab until the focus returns to the start. Returns the controls of the page itself on the way. */
async function walk(page) {
  const met = [];
  for (let steps = 0; steps < 400; steps += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const focused = document.activeElement;
      if (focused === document.body) return { end: true };
      const style = getComputedStyle(focused);
      const box = focused.getBoundingClientRect();
      const name = focused.dataset.walked ?? "";
      return {
        name,
        inside: focused.tagName.toLowerCase() === "openapi-explorer",
        shown: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
        seen: box.bottom > 0 && box.top < innerHeight,
      };
    });
    if (at.end) return met;
    if (at.inside) continue;
    assert.ok(at.shown, `${at.name} shows that it has the focus`);
    assert.ok(at.seen, `${at.name} is in sight when it has the focus`);
    met.push(at.name);
  }
  throw new Error("expected Tab to come round within 400 steps, found no end");
}

for (const width of WIDTHS) {
  test(`Tab goes to all that can be used, in the order of the page, at ${width}`, async (t) => {
    const url = await startStub(t);
    await create(url, SAMPLE);
    const page = await visit(t, url, { width });
    await page.locator("#request-list li").first().waitFor();
    await page.locator("#customer-rows tr").first().waitFor();
    const usable = await page.evaluate((selector) =>
      [...document.querySelectorAll(selector)]
        .filter((element) => element.checkVisibility() && element.tagName !== "OPENAPI-EXPLORER")
        .map((element, index) => (element.dataset.walked = `${index} ${element.outerHTML.slice(0, 60)}`)), USABLE);
    assert.ok(usable.length > 20, `${usable.length}`);
    assert.deepEqual(await walk(page), usable);
  });
}

test("the skip link is first, and skips", async (t) => {
  const page = await visit(t, await startStub(t));
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to the content");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.id), "copy");
});

test("a customer is created, and a body is opened, by keys alone", async (t) => {
  const page = await visit(t, await startStub(t));
  await page.locator("#try-secret").focus();
  for (const key of ["Tab", "Tab", "Enter"]) await page.keyboard.press(key);
  await page.locator("#answer-status", { hasText: "200" }).waitFor();
  await page.locator("#request-list summary").first().focus();
  await page.keyboard.press("Enter");
  await page.locator("#request-list details[open] pre", { hasText: "Example Company" }).waitFor();
});

test("an endpoint's link goes to its place in the reference", async (t) => {
  const page = await visit(t, await startStub(t));
  await page.locator("#endpoint-list a", { hasText: "/api/sub-realms" }).focus();
  await page.keyboard.press("Enter");
  const reference = page.locator("openapi-explorer");
  await reference.getByText("Lists the sub-realms").first().waitFor();
  await page.waitForFunction(() => document.activeElement.tagName === "OPENAPI-EXPLORER");
  assert.match(page.url(), /#reference\?route=get-\/api\/sub-realms$/);
});
