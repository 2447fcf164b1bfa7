"""Makes requests valid that Schemathesis generates as valid ones, where JSON Schema cannot express the rule.

The hooks change only values whose validity the stub alone knows: ids of its catalogue, enabled sub-realms, credentials.
Requests that Schemathesis generates as invalid ones are sent unchanged.
"""

from itertools import cycle

import requests
import schemathesis

CREDENTIALS = {"client_id": "stub", "client_secret": "stub"}

# Every second token request has valid credentials, so that both responses are tested.
knows_its_client = cycle([True, False])


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive or not isinstance(case.body, dict):
        return
    match case.operation.label:
        case "POST /api/customers":
            give_existing_ids(case.body)
        case "POST /api/oauth2/access-token" if next(knows_its_client):
            case.body.update(CREDENTIALS)
        case "POST /api/oauth2/refresh-token" if next(knows_its_client):
            case.body.update(CREDENTIALS, refresh_token=refresh_token(case.operation.base_url))


def give_existing_ids(request):
    """Replaces each id by one of the catalogue, and drops enabled sub-realms that are not shown."""
    for field, existing in {
        "realms": [1, 2, 7],
        "shown_sub_realms": [313, 328],
        "enabled_sub_realms": [313, 328],
    }.items():
        if isinstance(ids := request.get(field), list):
            request[field] = list(dict.fromkeys(existing[int(id) % len(existing)] for id in ids))
    shown = request.get("shown_sub_realms") or []
    if enabled := request.get("enabled_sub_realms"):
        request["enabled_sub_realms"] = [id for id in enabled if id in shown]


def refresh_token(base_url):
    answer = requests.post(
        f"{base_url}/api/oauth2/access-token",
        json={"grant_type": "client_credentials", **CREDENTIALS},
        timeout=10,
    )
    answer.raise_for_status()
    return answer.json()["refresh_token"]
