// Creates a customer on the stub at `CLOUDLX_BASE_URL`, with only the generated types.

import createClient, { type Middleware } from "openapi-fetch";

import type { components, paths } from "../generated/api.js";
import type { CreateCustomer } from "../generated/create-customer.request.js";
import type { Customer } from "../generated/customer.js";

type ErrorBody = components["schemas"]["ErrorBody"];

const baseUrl = process.env["CLOUDLX_BASE_URL"];
if (baseUrl === undefined) throw new Error("expected the API's address in CLOUDLX_BASE_URL");

const client = createClient<paths>({ baseUrl, headers: { Accept: "application/vnd.cloudlx.v1+json" } });

/** The response, or an error with the text of the server. */
function answered<T>(what: string, result: { data?: T; error?: unknown; response: Response }): T {
  if (result.data !== undefined) return result.data;
  throw new Error(`${what}: expected an answer, found ${result.response.status}: ${JSON.stringify(result.error)}`);
}

function check(what: string, holds: boolean): void {
  if (!holds) throw new Error(`${what}: not as expected`);
}

const token = answered(
  "token",
  await client.POST("/api/oauth2/access-token", {
    body: { grant_type: "client_credentials", client_id: "stub", client_secret: "stub" },
  }),
);
const withToken: Middleware = {
  onRequest({ request }) {
    request.headers.set("Authorization", `Bearer ${token.access_token}`);
  },
};
client.use(withToken);

// To the compiler, the types of json-schema-to-typescript and of openapi-typescript are the same type.
const request: CreateCustomer = {
  name: "Example Company",
  currency_iso: "GBP",
  country_iso: "GB",
  realms: [1, 2, 7],
  shown_sub_realms: [313, 328],
  enabled_sub_realms: [313],
  email: "j.smith@example.com",
  first_name: "John",
  last_name: "Smith",
  role_group: "Admin",
};
const created: Customer = answered("create", await client.POST("/api/customers", { body: request }));
check("create", created.name === request.name && created.currency.iso_3 === "GBP");

const { customers } = answered("list", await client.GET("/api/customers"));
check("list", customers.some((customer) => customer.id === created.id));

const path = { customer_id: created.id };
const got = answered("get", await client.GET("/api/customers/{customer_id}", { params: { path } }));
check("get", got.sub_realms.filter((it) => it.has_access).map((it) => it.id).join() === "313");

// JSON Schema cannot express that enabled sub-realms must be shown: this compiles, and the server refuses it.
const refused = await client.POST("/api/customers", { body: { ...request, enabled_sub_realms: [1] } });
const error: ErrorBody | undefined = refused.error;
check("refuse", refused.response.status === 422 && error?.errors?.["enabled_sub_realms.0"] !== undefined);

// @ts-expect-error: there is no such field.
const misspelt: CreateCustomer = { ...request, currencyIso: "GBP" };
// @ts-expect-error: GB is a country.
const confused: CreateCustomer = { ...request, currency_iso: "GB" };
void [misspelt, confused];

console.log(JSON.stringify({ created: created.id, listed: customers.length, refused: error }));
