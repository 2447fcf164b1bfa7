// The content security policy of the page, and what other pages may not do.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { test } from "node:test";

import { chromium } from "playwright-core";

import { useBrowser, visit } from "./browser.js";
import { SAMPLE, call, create, startStub } from "./stub.js";

useBrowser();

test("no script runs but the page's own, and nothing is loaded from elsewhere", async (t) => {
  const page = await visit(t, await startStub(t), { expected: /Content Security Policy/ });
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "globalThis.ran = true";
    document.body.append(script);
    const image = document.createElement("img");
    image.setAttribute("onerror", "globalThis.ran = true");
    image.src = "data:,";
    document.body.append(image);
    return new Promise((resolve) => image.addEventListener("error", () => resolve(globalThis.ran === true)));
  });
  assert.equal(ran, false);
  const policy = await page.evaluate(async () => (await fetch("/", { headers: { Accept: "text/html" } }))
    .headers.get("content-security-policy"));
  assert.match(policy, /^default-src 'none'; script-src 'sha256-[^ ]+' 'sha256-[^ ]+';/);
  assert.match(policy, /connect-src 'self';.*frame-ancestors 'none'/);
  const links = await page.evaluate(() =>
    [...document.querySelectorAll("[src], link[href], a[href]")].map((it) => it.getAttribute("src") ?? it.getAttribute("href")));
  assert.ok(links.length > 5);
  for (const link of links) assert.match(link, /^(#|\/|data:,$)/);
});

test("a page of another origin cannot drive the stub", async (t) => {
  const url = await startStub(t);
  await create(url, SAMPLE);
  const server = createServer((_, answer) => {
    answer.setHeader("Content-Type", "text/html");
    answer.end("<!doctype html><title>Another page</title>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  t.after(async () => {
    await browser.close();
    server.close();
  });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  const tried = await page.evaluate(async (stub) => {
    const ask = (path, options) => fetch(`${stub}${path}`, options).then(
      (answer) => answer.type, () => "refused");
    return [
      // The browser sends what a form can send, and hides the response from the page.
      await ask("/__stub/reset", { method: "POST", mode: "no-cors" }),
      await ask("/__stub/customers", { method: "POST", mode: "no-cors", body: '{"customers": []}' }),
      // For anything else the browser sends a preflight request, which the stub refuses.
      await ask("/__stub/tokens", { method: "DELETE" }),
      await ask("/__stub/requests", {}),
    ];
  }, url);
  assert.deepEqual(tried, ["opaque", "opaque", "refused", "refused"]);
  const held = await call(url, "GET", "/__stub/customers");
  assert.equal(held.body.total, 1);
});
