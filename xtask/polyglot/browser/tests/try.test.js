// "Try it" gets a token, sends the request as edited, and shows the response.

import assert from "node:assert/strict";
import { test } from "node:test";

import { useBrowser, visit } from "./browser.js";
import { call, startStub } from "./stub.js";

useBrowser();

async function send(page) {
  await page.click("#try-form [type=submit]");
  await page.locator("#answer").waitFor();
  return page.locator("#answer-status").textContent();
}

test("the sample makes a customer, which is held", async (t) => {
  const url = await startStub(t);
  const page = await visit(t, url);
  assert.equal(await send(page), "200");
  const answered = JSON.parse(await page.locator("#answer-body").textContent());
  assert.equal(answered.id, 6918);
  await page.locator("#customer-rows td", { hasText: "6918" }).waitFor();
  const { body } = await call(url, "GET", "/__stub/customers");
  assert.equal(body.customers[0].name, "Example Company");
});

test("mistakes are answered, and the live list says which and what to write", async (t) => {
  const url = await startStub(t);
  const page = await visit(t, url);
  await page.click("#load-mistakes");
  assert.equal(await send(page), "422");
  assert.match(await page.locator("#answer-body").textContent(), /currency_iso/);
  const verdict = page.locator("#request-list .violations li").first();
  await verdict.waitFor();
  assert.equal(await verdict.locator(".rule").textContent(), "currency-format");
  assert.equal(await verdict.locator(".pointer").textContent(), "/currency_iso");
  assert.match(await verdict.locator(".instead").textContent(), /^Write instead: GBP$/);
  assert.equal((await call(url, "GET", "/__stub/customers")).body.total, 0);
});

test("what is no JSON, and credentials that are wrong, are answered too", async (t) => {
  const page = await visit(t, await startStub(t, []));
  await page.fill("#try-body", "{");
  assert.equal(await send(page), "400");
  await page.fill("#try-secret", "wrong");
  await page.click("#try-form [type=submit]");
  await page.locator("#answer-status", { hasText: "401" }).waitFor();
  assert.match(await page.locator("#answer-summary").textContent(), /^No token/);
});

test("a secret that the stub was given is not on the page", async (t) => {
  const secret = "a-secret-of-somebody";
  const url = await startStub(t, ["--control"], { CLOUDLX_STUB_CLIENTS: `acme:${secret}` });
  const page = await visit(t, url);
  assert.ok(!(await page.content()).includes(secret));
  await page.fill("#try-secret", secret);
  assert.equal(await send(page), "200");
  assert.ok(!(await page.locator("#request-list").textContent()).includes(secret));
});
