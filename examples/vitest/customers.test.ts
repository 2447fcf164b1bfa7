import { expect } from "vitest";

import { test } from "./stub.js";

const example = {
  name: "Example Company",
  currency_iso: "GBP",
  country_iso: "GB",
  realms: [1, 2, 7],
  shown_sub_realms: [313, 328],
  enabled_sub_realms: [313],
};

const unavailable = { before: { answer: { status: 503, retry_after: { seconds: 0 } } } };

test("every test has a stub of its own", async ({ customers }) => {
  expect(await customers.list()).toEqual([]);
});

test("a created customer is in the list", async ({ customers }) => {
  const { id } = await customers.create(example);
  expect(await customers.list()).toMatchObject([{ id, name: "Example Company" }]);
});

test("a sub-realm cannot be enabled unless it is shown", async ({ customers }) => {
  const create = customers.create({ ...example, shown_sub_realms: [328] });
  await expect(create).rejects.toMatchObject({
    status: 422,
    errors: { "enabled_sub_realms.0": [expect.stringContaining("313")] },
  });
  expect(await customers.list()).toEqual([]);
});

test("a create that was not processed is tried again", async ({ stub, customers }) => {
  await stub.arm({ endpoint: "create_customer", times: 1, do: unavailable });

  await customers.create(example);

  expect(await stub.hits()).toEqual([1]);
  expect(await customers.list()).toHaveLength(1);
});

test("it gives up when it never gets through", async ({ stub, customers }) => {
  await stub.arm({ endpoint: "create_customer", do: unavailable });

  await expect(customers.create(example, 2)).rejects.toMatchObject({ status: 503 });

  expect(await stub.hits()).toEqual([2]);
  expect(await customers.list()).toEqual([]);
});
