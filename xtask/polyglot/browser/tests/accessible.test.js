// Accessibility: axe-core finds nothing in any state of the page, at both widths, in light and dark.

import assert from "node:assert/strict";
import { test } from "node:test";

import { SCHEMES, WIDTHS, screenshot, useBrowser, violations, visit } from "./browser.js";
import { SAMPLE, call, create, startStub } from "./stub.js";

useBrowser();

const FAULTS = {
  connections: [{ from: 1000, do: "close" }],
  requests: [{ endpoint: "list_realms", probability: 0.5, do: { after: { answer: { status: 504, body: "html" } } } }],
};

/** Checks that axe-core finds nothing, and that nothing overflows to the side. */
async function assertFine(page, state) {
  assert.deepEqual(await violations(page), [], state);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${state} is ${wide} px wider than the window`);
}

for (const width of WIDTHS) {
  for (const scheme of SCHEMES) {
    const at = `${width}-${scheme}`;

    test(`with requests, customers and faults, ${at}`, async (t) => {
      const url = await startStub(t);
      const page = await visit(t, url, { width, scheme });
      await page.locator("#no-requests").waitFor();
      await assertFine(page, "at first");

      await call(url, "PUT", "/__stub/faults", FAULTS);
      await call(url, "GET", `/api/${"long".repeat(60)}`);
      await create(url, { ...SAMPLE, name: "A company with quite a long name that goes on and on" });
      await page.click("#load-mistakes");
      await page.click("#try-form [type=submit]");
      await page.locator("#request-list .violations").waitFor();
      await page.locator("#fault-list li").first().waitFor();
      await page.locator("#answer").waitFor();
      await page.locator("#request-list details").first().locator("summary").click();
      await assertFine(page, "with all there is");
      await screenshot(page, `full-${at}`);

      await page.click("#show-reference");
      await page.locator("openapi-explorer").getByText("Send").first().waitFor();
      await assertFine(page, "with the reference");
      await page.locator("#endpoint-list a[href*='post-/api/customers']").click();
      await page.locator("openapi-explorer").getByText("currency_iso").first().waitFor();
      await assertFine(page, "with an operation of the reference");
      await screenshot(page, `reference-${at}`);
    });

    test(`without a control API, and with one that needs a token, ${at}`, async (t) => {
      const off = await visit(t, await startStub(t, []), { width, scheme });
      await off.locator("#control-off").waitFor();
      await assertFine(off, "off");
      await screenshot(off, `off-${at}`);

      const env = { CLOUDLX_STUB_CONTROL_TOKEN: "0123456789abcdef0123456789abcdef" };
      const locked = await visit(t, await startStub(t, ["--control"], env), { width, scheme });
      await locked.fill("#control-token-value", "another");
      await locked.press("#control-token-value", "Enter");
      await locked.getByText("The stub refused this token.").waitFor();
      await assertFine(locked, "locked");
      await screenshot(locked, `locked-${at}`);
    });
  }
}
