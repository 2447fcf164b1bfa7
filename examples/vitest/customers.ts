// The program that the tests are about: it creates customers, and tries again when the API has no time.

import { setTimeout as sleep } from "node:timers/promises";

export interface Customer {
  id: number;
  name: string;
}

/** The API refused a request: `status`, and `errors` by field, such as `enabled_sub_realms.0`. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errors: Record<string, string[]> = {},
  ) {
    super(`${status}: ${message}`);
  }
}

export class Customers {
  private constructor(
    private readonly baseUrl: string,
    private readonly token: string,
  ) {}

  static async connect(baseUrl: string, clientId: string, clientSecret: string): Promise<Customers> {
    const response = await fetch(`${baseUrl}/api/oauth2/access-token`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        grant_type: "client_credentials",
        client_id: clientId,
        client_secret: clientSecret,
      }),
    });
    const { access_token } = await read<{ access_token: string }>(response);
    return new Customers(baseUrl, access_token);
  }

  /** Creates a customer. A 503 with `Retry-After` says that nothing was created: only then it is safe to try again. */
  async create(customer: object, tries = 3): Promise<Customer> {
    const response = await this.send({ method: "POST", body: JSON.stringify(customer) });
    const after = response.headers.get("Retry-After");
    if (response.status !== 503 || after === null || tries <= 1) {
      return read(response);
    }
    await response.body?.cancel();
    await sleep(Number(after) * 1000);
    return this.create(customer, tries - 1);
  }

  async list(): Promise<Customer[]> {
    const response = await this.send({ method: "GET" });
    return (await read<{ customers: Customer[] }>(response)).customers;
  }

  private send(init: RequestInit): Promise<Response> {
    const headers = {
      Accept: "application/vnd.cloudlx.v1+json",
      Authorization: `Bearer ${this.token}`,
      "Content-Type": "application/json",
    };
    return fetch(`${this.baseUrl}/api/customers`, { ...init, headers });
  }
}

async function read<T>(response: Response): Promise<T> {
  const body = await response.json();
  if (!response.ok) {
    throw new Refused(response.status, body.message, body.errors);
  }
  return body;
}
