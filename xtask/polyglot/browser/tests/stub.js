// A stub that runs until the test ends: the program that the environment names, on a port of its own.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const CLOUDLX = process.env.CLOUDLX;

/** The environment of the tests, without variables that would configure a stub. */
function environment(extra) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("CLOUDLX_"));
  return { ...Object.fromEntries(own), ...extra };
}

/** Starts `cloudlx stub` with these arguments and returns its base URL. */
export async function startStub(test, args = ["--control"], env = {}) {
  const stdio = ["ignore", "pipe", "ignore"];
  const child = spawn(CLOUDLX, ["stub", "--listen", "127.0.0.1:0", ...args], { stdio, env: environment(env) });
  test.after(async () => {
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /^listening on (http:\S+)$/.exec(line);
    if (address) {
      // Further output is discarded, so that it does not fill the pipe.
      child.stdout.resume();
      return address[1];
    }
  }
  throw new Error("expected `listening on http://…` from `cloudlx stub`, found the end of its output");
}

/** Calls a stub as another program does. */
export async function call(url, method, path, body, headers = {}) {
  const json = body === undefined ? {} : { "Content-Type": "application/json" };
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const answer = await fetch(`${url}${path}`, { method, headers: { ...json, ...headers }, body: text });
  const answered = await answer.text();
  return { status: answer.status, headers: answer.headers, body: answered === "" ? null : JSON.parse(answered) };
}

export async function token(url) {
  const credentials = { grant_type: "client_credentials", client_id: "stub", client_secret: "stub" };
  return (await call(url, "POST", "/api/oauth2/access-token", credentials)).body.access_token;
}

/** The sample request of the vendor's page. */
export const SAMPLE = {
  name: "Example Company",
  currency_iso: "GBP",
  country_iso: "GB",
  realms: [1, 2, 7],
  shown_sub_realms: [313, 328],
  enabled_sub_realms: [313],
};

/** Creates a customer as another program does. */
export async function create(url, body) {
  return call(url, "POST", "/api/customers", body, { Authorization: `Bearer ${await token(url)}` });
}
