import pytest

from customers import Refused

EXAMPLE = {
    "name": "Example Company",
    "currency_iso": "GBP",
    "country_iso": "GB",
    "realms": [1, 2, 7],
    "shown_sub_realms": [313, 328],
    "enabled_sub_realms": [313],
}


def test_every_test_has_a_stub_of_its_own(customers):
    assert customers.list() == []


def test_a_created_customer_is_in_the_list(customers):
    created = customers.create(EXAMPLE)
    [listed] = customers.list()
    assert (listed["id"], listed["name"]) == (created["id"], "Example Company")


def test_a_sub_realm_cannot_be_enabled_unless_it_is_shown(customers):
    with pytest.raises(Refused) as refused:
        customers.create(EXAMPLE | {"shown_sub_realms": [328]})
    assert refused.value.status == 422
    assert list(refused.value.errors) == ["enabled_sub_realms.0"]
    assert customers.list() == []


def test_a_create_that_was_not_processed_is_tried_again(stub, customers):
    unavailable = {"answer": {"status": 503, "retry_after": {"seconds": 0}}}
    stub.arm({"endpoint": "create_customer", "times": 1, "do": {"before": unavailable}})

    customers.create(EXAMPLE)

    assert stub.hits() == [1]
    assert len(customers.list()) == 1


def test_it_gives_up_when_it_never_gets_through(stub, customers):
    unavailable = {"answer": {"status": 503, "retry_after": {"seconds": 0}}}
    stub.arm({"endpoint": "create_customer", "do": {"before": unavailable}})

    with pytest.raises(Refused, match="503"):
        customers.create(EXAMPLE, tries=2)

    assert stub.hits() == [2]
    assert customers.list() == []
