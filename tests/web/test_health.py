"""What those who watch the portal are told."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.portals import Street, portal_of
from tests.world import AT, DAY


def test_a_portal_with_keys_is_alive_and_ready(visit: FlaskClient) -> None:
    assert [visit.get(path).status_code for path in ("/livez", "/readyz")] == [200, 200]


def test_a_portal_without_its_register_is_ready_to_verify_codes(shops: Street) -> None:
    with portal_of(shops.written, database_url="sqlite:///nowhere/register.sqlite") as app:
        assert app.test_client().get("/readyz").status_code == 200


@pytest.mark.parametrize("at", [AT + 90 * DAY, AT - 2 * DAY], ids=["expired keys", "a clock that is behind"])
def test_a_portal_that_can_call_nothing_in_force_is_alive_but_not_ready(shops: Street, at: int) -> None:
    with portal_of(shops.written, clock=lambda: at) as app:
        visit = app.test_client()
        assert [visit.get(path).status_code for path in ("/livez", "/readyz")] == [200, 503]
