// The page shows the stub's requests, customers and faults live.

import assert from "node:assert/strict";
import { test } from "node:test";

import { PROMPTLY, useBrowser, visit } from "./browser.js";
import { SAMPLE, call, create, startStub, token } from "./stub.js";

useBrowser();

test("another program's requests come in by themselves, the newest first", async (t) => {
  const url = await startStub(t);
  await call(url, "GET", "/api/realms");
  const page = await visit(t, url);
  await page.locator("#request-list li", { hasText: "#1" }).waitFor();
  await create(url, { ...SAMPLE, enabled_sub_realms: [328], shown_sub_realms: [313] });
  const newest = page.locator("#request-list li[data-number='3']");
  await newest.waitFor(PROMPTLY);
  assert.equal(await page.locator("#request-list > li").first().getAttribute("data-number"), "3");
  assert.match(await newest.locator(".rule").textContent(), /^sub-realm-not-shown$/);
  assert.equal(await newest.locator(".pointer").textContent(), "/enabled_sub_realms/0");
  assert.match(await page.locator("#live").textContent(), /^3 seen$/);
});

test("what comes in is text, whatever it says", async (t) => {
  const url = await startStub(t);
  const page = await visit(t, url);
  const markup = "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>";
  const bearer = { Authorization: `Bearer ${await token(url)}` };
  await call(url, "POST", "/api/customers", { ...SAMPLE, name: markup }, bearer);
  await call(url, "POST", "/api/customers", { ...SAMPLE, [markup]: 1, role_group: markup, currency_iso: markup }, bearer);
  await call(url, "GET", `/api/${encodeURIComponent(markup)}?${encodeURIComponent(markup)}`);
  await page.locator("#request-list li[data-number='4']").waitFor();
  await page.locator("#customer-rows td", { hasText: markup }).waitFor();
  assert.equal(await page.locator("main img, #request-list script, #customers script").count(), 0);
  assert.equal(await page.title(), "CloudLX stub");
});

test("faults are shown with what they did, and disarmed", async (t) => {
  const url = await startStub(t);
  const page = await visit(t, url);
  const faults = { requests: [{ endpoint: "list_realms", do: { before: { answer: { status: 503 } } } }] };
  await call(url, "PUT", "/__stub/faults", faults);
  assert.equal((await call(url, "GET", "/api/realms")).status, 503);
  await page.locator("#fault-list li", { hasText: "1 matched, 1 hit" }).waitFor();
  await page.locator("#request-list li", { hasText: "Hit by the fault" }).waitFor();
  await page.click("#clear-faults");
  await page.locator("#no-faults").waitFor();
  assert.equal((await call(url, "GET", "/api/realms")).status, 401);
});

test("the list is cleared, here and by a reset, and goes on", async (t) => {
  const url = await startStub(t);
  const page = await visit(t, url);
  await create(url, SAMPLE);
  await page.locator("#request-list li[data-number='2']").waitFor();
  await page.click("#clear-requests");
  await page.locator("#no-requests").waitFor();
  await create(url, SAMPLE);
  await page.locator("#request-list li[data-number='4']").waitFor();
  await call(url, "POST", "/__stub/reset");
  await page.locator("#no-requests").waitFor();
  await page.locator("#no-customers").waitFor();
});

test("what is cleared is gone at once, though the journal tells nothing", async (t) => {
  const url = await startStub(t);
  const page = await visit(t, url);
  await create(url, SAMPLE);
  await page.locator("#request-list li[data-number='2']").waitFor();
  // The pending long poll returns with the next request; the poll after it is never answered.
  const unanswered = new Promise((asked) => page.route("**/__stub/requests?*wait_ms*", asked));
  await call(url, "GET", "/api/realms");
  await page.locator("#request-list li[data-number='3']").waitFor();
  await unanswered;
  await page.click("#clear-requests");
  await page.locator("#no-requests").waitFor(PROMPTLY);
});

test("without a control API the page says how to turn it on", async (t) => {
  const page = await visit(t, await startStub(t, []));
  await page.locator("#control-off", { hasText: "cloudlx stub --control" }).waitFor();
  assert.equal(await page.locator(".needs-control:visible").count(), 0);
});

test("with a token the page asks for it, and nothing is shown without", async (t) => {
  const value = "0123456789abcdef0123456789abcdef";
  const url = await startStub(t, ["--control"], { CLOUDLX_STUB_CONTROL_TOKEN: value });
  await create(url, SAMPLE);
  const page = await visit(t, url);
  assert.equal(await page.locator(".needs-control:visible").count(), 0);
  await page.fill("#control-token-value", value);
  await page.press("#control-token-value", "Enter");
  await page.locator("#customer-rows td", { hasText: "Example Company" }).waitFor();
  assert.equal(await page.locator("#control-token").isVisible(), false);
  await page.reload();
  await page.locator("#control-token").waitFor();
});
