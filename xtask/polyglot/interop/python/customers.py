"""Creates a customer on the stub at `CLOUDLX_BASE_URL`, with only the generated models."""

import json
import os

import httpx
from generated.models import AccessToken, AccessTokenRequest, CreateCustomer, Customer, CustomerList, ErrorBody
from pydantic import ValidationError


def check(what: str, holds: bool) -> None:
    if not holds:
        raise SystemExit(f"{what}: not as expected")


def main(base_url: str) -> None:
    headers = {"Accept": "application/vnd.cloudlx.v1+json"}
    with httpx.Client(base_url=base_url, headers=headers) as client:
        credentials = AccessTokenRequest(grant_type="client_credentials", client_id="stub", client_secret="stub")
        answer = client.post("/api/oauth2/access-token", json=credentials.model_dump()).raise_for_status()
        token = AccessToken.model_validate_json(answer.content)
        client.headers["Authorization"] = f"Bearer {token.access_token}"

        request = CreateCustomer(
            name="Example Company",
            currency_iso="GBP",
            country_iso="GB",
            realms=[1, 2, 7],
            shown_sub_realms=[313, 328],
            enabled_sub_realms=[313],
            email="j.smith@example.com",
        )
        created = Customer.model_validate_json(create(client, request).raise_for_status().content)
        check("create", created.name == request.name and created.currency.iso_3 == "GBP")

        answer = client.get("/api/customers").raise_for_status()
        customers = CustomerList.model_validate_json(answer.content).customers
        check("list", created.id in [customer.id for customer in customers])

        answer = client.get(f"/api/customers/{created.id}").raise_for_status()
        got = Customer.model_validate_json(answer.content)
        check("get", [it.id for it in got.sub_realms if it.has_access] == [313])

        # JSON Schema cannot express that enabled sub-realms must be shown: the model accepts this, and the server refuses it.
        not_shown = CreateCustomer(**request.model_dump() | {"enabled_sub_realms": [1]})
        refused = create(client, not_shown)
        error = ErrorBody.model_validate_json(refused.content)
        check("refuse", refused.status_code == 422 and "enabled_sub_realms.0" in (error.errors or {}))

    try:
        CreateCustomer(name="Example Company", currency_iso="GB", country_iso="GB", realms=[1])
        raise SystemExit("GB is a country: the model should refuse it as a currency")
    except ValidationError:
        pass

    print(json.dumps({"created": created.id, "listed": len(customers), "refused": error.model_dump()}))


def create(client: httpx.Client, request: CreateCustomer) -> httpx.Response:
    # Fields that were never set are left out, not null.
    body = request.model_dump_json(exclude_unset=True)
    return client.post("/api/customers", content=body, headers={"Content-Type": "application/json"})


if __name__ == "__main__":
    main(os.environ["CLOUDLX_BASE_URL"])
