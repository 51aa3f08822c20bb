"""The portal's own addresses, typed or read from a photo: they lead to their page and are never called foreign."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from portal.web.own_pages import own_page
from tests.authorities import PUBLIC_URL
from tests.web.photos import photo_of, send_photo
from tests.web.portals import Street

HOST = PUBLIC_URL.partition("://")[2]


# Texts, and the path on this portal that each names.
ADDRESSES: tuple[tuple[str, str | None], ...] = (
    (f"{PUBLIC_URL}/l/辽CB024100123", "/l/辽CB024100123"),
    (f" {HOST}/en/l/x \n", "/en/l/x"),
    (f"{HOST}/v/2KC", "/v/2KC"),
    (f"{PUBLIC_URL}/h/91210100MA0DEM018W", "/h/91210100MA0DEM018W"),
    (f"{PUBLIC_URL}/l/", None),
    (f"{PUBLIC_URL}//evil.example/l/x", None),
    (f"{PUBLIC_URL}.evil.example/l/x", None),
    (f"{PUBLIC_URL}@evil.example/l/x", None),
    (f"https://evil.example/{HOST}/l/x", None),
    (f"{PUBLIC_URL}/l/x y", None),
    (f"{PUBLIC_URL}/l/{'x' * 2045}", "/l/" + "x" * 2045),
    (f"{PUBLIC_URL}/l/{'x' * 2046}", None),
    (f"{PUBLIC_URL}/l/{'亮' * 228}", None),
    (f"{PUBLIC_URL}/l/{'~' * 2045}", "/l/" + "~" * 2045),
    (f"{PUBLIC_URL}/l/{'(' * 682}", None),
    ("/l/x", None),
    ("辽CB024100123", None),
)


@pytest.mark.parametrize(("text", "path"), ADDRESSES)
def test_only_a_page_of_this_very_host_is_its_own(text: str, path: str | None) -> None:
    assert own_page(text, PUBLIC_URL) == path


@pytest.mark.parametrize("start", [PUBLIC_URL, HOST])
def test_a_typed_address_of_a_licence_leads_to_it(start: str, visit: FlaskClient, shops: Street) -> None:
    response = visit.get("/l", query_string={"number": f"{start}/l/{shops.pharmacy.number}"})
    assert (response.status_code, response.location) == (303, visit_path(shops))
    assert visit.get(response.location).status_code == 200


def test_a_code_made_of_the_address_of_a_licence_leads_to_it(visit: FlaskClient, shops: Street) -> None:
    response = send_photo(visit, photo_of(f"{PUBLIC_URL}/l/{shops.pharmacy.number}"))
    assert (response.status_code, response.location) == (303, visit_path(shops))


def test_an_address_of_ours_in_an_address_leads_to_its_page(visit: FlaskClient, shops: Street) -> None:
    response = visit.get(f"/l/{PUBLIC_URL}/l/{shops.pharmacy.number}")
    assert (response.status_code, response.location) == (303, visit_path(shops))


def test_an_address_of_ours_that_no_proxy_would_pass_on_is_answered_where_it_is(visit: FlaskClient) -> None:
    text = f"{PUBLIC_URL}/l/{'亮' * 1000}"
    typed, read = visit.get("/l", query_string={"number": text}), visit.post("/scan", data={"text": text})
    assert (typed.status_code, read.status_code, typed.location, read.location) == (200, 200, None, None)


def visit_path(shops: Street) -> str:
    return "/l/" + "".join(f"%{byte:02X}" if byte > 127 else chr(byte) for byte in shops.pharmacy.number.encode())
