// The stub, as a fixture: a process of its own for each test, so that none sees what another created.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import { test as base } from "vitest";

import { Customers } from "./customers.js";

/** A running stub: where it listens, and what goes wrong with it. */
export class Stub {
  constructor(readonly baseUrl: string) {}

  /** Arms faults of requests in the place of those that were armed; their form: `cloudlx schema faults`. */
  async arm(...requests: object[]): Promise<void> {
    const body = JSON.stringify({ requests });
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(`${this.baseUrl}/__stub/faults`, { method: "PUT", headers, body });
    if (!response.ok) {
      throw new Error(await response.text());
    }
  }

  /** How many requests each fault hit. */
  async hits(): Promise<number[]> {
    const report = await (await fetch(`${this.baseUrl}/__stub/faults`)).json();
    return report.requests.map((fault: { hit: number }) => fault.hit);
  }
}

export const test = base.extend<{ stub: Stub; customers: Customers }>({
  stub: async ({}, use) => {
    // Without --listen it takes a port that is free, and its first line says which.
    const stub = spawn("cloudlx", ["stub", "--control"], { stdio: ["ignore", "pipe", "ignore"] });
    const ended = once(stub, "close");
    const firstLine = once(createInterface(stub.stdout), "line");
    const [line] = await Promise.race([firstLine, ended.then(() => ["nothing"])]);
    const found = /^listening on (\S+)$/.exec(line);
    if (found === null) {
      throw new Error(`expected to hear where the stub listens, found ${line}`);
    }
    await use(new Stub(found[1]!));
    stub.kill();
    await ended;
  },
  customers: async ({ stub }, use) => {
    await use(await Customers.connect(stub.baseUrl, "stub", "stub"));
  },
});
