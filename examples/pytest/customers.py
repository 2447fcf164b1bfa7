"""The program that the tests are about: it creates customers, and tries again when the API has no time."""

import time

import requests

VERSION_1 = {"Accept": "application/vnd.cloudlx.v1+json"}


class Refused(Exception):
    """The API refused a request: `status`, and `errors` by field, such as `enabled_sub_realms.0`."""

    def __init__(self, response: requests.Response) -> None:
        body = response.json()
        super().__init__(f"{response.status_code}: {body['message']}")
        self.status = response.status_code
        self.errors = body.get("errors", {})


class Customers:
    def __init__(self, base_url: str, client_id: str, client_secret: str) -> None:
        self.base_url = base_url
        self.session = requests.Session()
        credentials = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        token = read(self.session.post(f"{base_url}/api/oauth2/access-token", json=credentials, timeout=10))
        self.session.headers.update(VERSION_1, Authorization=f"Bearer {token['access_token']}")

    def create(self, customer: dict, tries: int = 3) -> dict:
        """Creates a customer. A 503 with `Retry-After` says that nothing was created: only then it is safe to try again."""
        for left in reversed(range(tries)):
            response = self.session.post(f"{self.base_url}/api/customers", json=customer, timeout=10)
            if response.status_code != 503 or "Retry-After" not in response.headers or not left:
                break
            time.sleep(int(response.headers["Retry-After"]))
        return read(response)

    def list(self) -> list[dict]:
        return read(self.session.get(f"{self.base_url}/api/customers", timeout=10))["customers"]


def read(response: requests.Response) -> dict:
    if not response.ok:
        raise Refused(response)
    return response.json()
