"""The photo's way from the form to a verdict: in memory, bounded, and answered in words whatever it is."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from threading import Event, Semaphore
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from portal.scanning import Bounds
from portal.scanning.scan import Advice
from portal.verification.verdict import Reason
from portal.web.uploads import FORM_OVERHEAD, MOST_TEXTS, MOST_UPLOADS
from portal.web.wording import Language, words_for
from tests.web.html_pages import read_page
from tests.web.photos import encoded, photo_of, send_photo
from tests.web.portals import Street, portal_of
from tests.web.test_pages import PREFIXES, in_both_languages


@in_both_languages
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_photo_of_a_code_shows_its_verdict(visit: FlaskClient, shops: Street, kind: str, language: Language) -> None:
    response = send_photo(visit, photo_of(shops.pharmacy.text, kind=kind), PREFIXES[language] + "/scan")
    page = read_page(response)
    assert (response.status_code, page.language, page.reason) == (200, language, Reason.IN_FORCE)
    assert shops.pharmacy.claims.holder in page.text


def test_the_verdict_on_a_photo_leads_on_by_its_code(visit: FlaskClient, shops: Street) -> None:
    page = read_page(send_photo(visit, photo_of(shops.pharmacy.text)))
    assert {f"/en/v/{shops.pharmacy.token}", f"/evidence/{shops.pharmacy.token}"} <= set(page.links)


def test_a_photo_of_several_codes_lets_the_person_choose(visit: FlaskClient, shops: Street) -> None:
    response = send_photo(visit, photo_of(shops.pharmacy.text, shops.closed.text))
    links = read_page(response).links
    assert response.status_code == 200
    assert {f"/v/{shops.pharmacy.token}", f"/v/{shops.closed.token}"} <= set(links)


def test_a_code_that_names_another_host_is_verified_and_its_host_is_told(visit: FlaskClient, shops: Street) -> None:
    page = read_page(send_photo(visit, photo_of(f"https://evil.example/v/{shops.pharmacy.token}")))
    assert page.reason == Reason.IN_FORCE
    assert "evil.example" in page.text
    assert "evil.example" not in {urlsplit(link).hostname for link in page.links}


def test_a_code_that_names_another_host_is_shown_in_the_other_language_with_its_host(
    visit: FlaskClient, shops: Street
) -> None:
    page = read_page(send_photo(visit, photo_of(f"https://evil.example/v/{shops.pharmacy.token}")))
    (other,) = {link for link in page.links if link.startswith("/en/l/https")}
    assert words_for(Language.EN).t("attribute.foreign_host") in read_page(visit.get(other)).text


def test_another_code_is_named_and_never_opened(visit: FlaskClient) -> None:
    page = read_page(send_photo(visit, photo_of("https://pay.example/order/1")))
    assert page.reason == Reason.NOT_A_LICENCE_CODE
    assert "pay.example" in page.text
    assert not [link for link in page.links if "pay.example" in link]


def test_texts_that_the_browser_read_in_a_photo_get_the_photos_answer(visit: FlaskClient, shops: Street) -> None:
    foreign = f"https://evil.example/v/{shops.closed.token}"
    for texts in (
        [shops.pharmacy.text],
        [foreign],
        [shops.pharmacy.text, foreign],
        [shops.pharmacy.text, "wxp://f2f0"],
        ["https://pay.example/order/1"],
        [f"{shops.pharmacy.text}A"],
    ):
        told = visit.post("/scan", data={"text": texts})
        assert (told.status_code, told.text) == (200, send_photo(visit, photo_of(*texts)).text)


def test_of_many_texts_only_the_first_are_looked_at(visit: FlaskClient, shops: Street) -> None:
    eighth, ninth = (visit.post("/scan", data={"text": ["A"] * more + [shops.pharmacy.text]}) for more in (7, 8))
    assert (read_page(eighth).reason, shops.pharmacy.claims.holder in ninth.text) == (Reason.IN_FORCE, False)


def test_the_texts_of_the_largest_codes_are_taken(visit: FlaskClient, shops: Street) -> None:
    largest = ["亮" * 1816 + str(number) for number in range(MOST_TEXTS - 1)]
    response = visit.post("/scan", data={"text": [*largest, shops.pharmacy.text + " " * 1000]})
    assert (response.status_code, read_page(response).reason) == (200, Reason.IN_FORCE)
    assert visit.post("/scan", data={"text": ["亮" * 1817] * MOST_TEXTS}).status_code == 200


@pytest.mark.parametrize("text", [b"%e4" * 43_700, b"a&" * 65_600], ids=["one text", "many fields"])
def test_more_text_than_codes_can_hold_is_refused_unread(visit: FlaskClient, text: bytes) -> None:
    form = "application/x-www-form-urlencoded"
    assert visit.post("/scan", data=b"text=" + text, content_type=form).status_code == 413


def test_a_host_of_very_many_letters_does_not_make_a_page_of_them(visit: FlaskClient) -> None:
    response = visit.post("/scan", data={"text": f"https://{'yz.example.gov.cn' * 5000}/v/2KCAA"})
    assert (response.status_code, read_page(response).reason) == (200, Reason.MALFORMED)
    assert len(response.data) < 20_000


def test_a_photo_without_a_code_gets_advice(visit: FlaskClient) -> None:
    response = send_photo(visit, encoded(Image.new("RGB", (640, 480), "white"), "JPEG"))
    assert (response.status_code, read_page(response).reason) == (200, Reason.NO_CODE_FOUND)


@in_both_languages
def test_a_photo_that_is_too_dark_is_said_to_be_dark(visit: FlaskClient, language: Language) -> None:
    night = encoded(Image.new("RGB", (640, 480), (9, 9, 9)), "JPEG")
    page = read_page(send_photo(visit, night, PREFIXES[language] + "/scan"))
    words = words_for(language)
    assert words.t("photo_advice.more_light") in page.text
    assert words.t("photo_advice.closer") not in page.text
    assert words.several("reason.no_code_found.advice")[-1] in page.text  # it always helps


@pytest.mark.parametrize("advice", Advice)
def test_every_advice_of_the_reader_has_words(advice: Advice) -> None:
    assert all(words_for(language).has(f"photo_advice.{advice}") for language in Language)


def test_a_picture_that_cannot_be_read_gets_advice(visit: FlaskClient, shops: Street) -> None:
    response = send_photo(visit, photo_of(shops.pharmacy.text)[:200])
    assert (response.status_code, read_page(response).reason) == (200, Reason.UNREADABLE_IMAGE)


@pytest.mark.parametrize(
    "file", [b"%!PS-Adobe-3.0", b"BM" + bytes(20), b"<svg xmlns='http://www.w3.org/2000/svg'/>", bytes(9)], ids=ascii
)
def test_a_file_that_is_no_photo_is_refused(visit: FlaskClient, file: bytes) -> None:
    assert send_photo(visit, file).status_code == 415


@in_both_languages
@pytest.mark.parametrize(
    "form",
    [
        {},
        {"photo": ""},
        {"photo": (BytesIO(b""), "")},
        {"photo": (BytesIO(b""), "x.jpg")},
        {"picture": (BytesIO(b"x"), "x.jpg")},
        {"photo": "text instead of a file"},
    ],
    ids=["nothing", "empty text", "no file chosen", "an empty file", "another field", "text"],
)
def test_a_form_without_a_photo_brings_back_the_form_with_a_message(
    visit: FlaskClient, form: dict[str, object], language: Language
) -> None:
    form = {
        name: (BytesIO(value[0].getvalue()), value[1]) if isinstance(value, tuple) else value
        for name, value in form.items()
    }
    response = visit.post(PREFIXES[language] + "/scan", data=form, content_type="multipart/form-data")
    assert response.status_code == 400
    page = read_page(response)
    for each in Language:
        assert words_for(each).t("problem_no_photo") in page.text
    assert page.title.startswith(words_for(language).t("problem_no_photo"))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"{}", "application/json"),
        (b"photo=x", "application/x-www-form-urlencoded"),
        (b"no boundary", "multipart/form-data"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"", "image/jpeg"),
    ],
)
def test_a_body_that_is_no_form_is_answered_like_an_empty_one(
    visit: FlaskClient, body: bytes, content_type: str
) -> None:
    assert visit.post("/scan", data=body, content_type=content_type).status_code == 400


def test_a_photo_of_exactly_the_limit_is_read(visit: FlaskClient) -> None:
    photo = encoded(Image.new("L", (64, 64), 255))
    response = send_photo(visit, photo + bytes(Bounds().file_bytes - len(photo)))
    assert (response.status_code, read_page(response).reason) == (200, Reason.NO_CODE_FOUND)


@pytest.mark.parametrize("excess", [1, FORM_OVERHEAD, 2**20], ids=["by a byte", "by the form", "by a megabyte"])
def test_a_larger_photo_is_refused(visit: FlaskClient, excess: int) -> None:
    photo = encoded(Image.new("L", (64, 64), 255))
    response = send_photo(visit, photo + bytes(Bounds().file_bytes - len(photo) + excess))
    assert response.status_code == 413
    assert read_page(response).heading == words_for(Language.ZH).t("error.413.title")


def test_a_photo_for_which_there_is_no_place_is_asked_to_come_back(shops: Street) -> None:
    with portal_of(shops.written) as app:
        app.extensions["portal"].reader.close()  # as good as a reader whose places are all taken
        response = send_photo(app.test_client(), photo_of(shops.pharmacy.text))
    assert (response.status_code, response.headers["Retry-After"]) == (503, "10")
    assert words_for(Language.ZH).t("error.retry_after", seconds=10) in read_page(response).text


class SlowBody(BytesIO):
    """A body of which nothing comes before `sent`; `awaited` is released when somebody waits for it."""

    def __init__(self, awaited: Semaphore, sent: Event) -> None:
        super().__init__(bytes(1000))
        self._awaited, self._sent = awaited, sent

    def readinto(self, buffer: object) -> int:
        self._awaited.release()
        self._sent.wait()
        return 0


def test_pages_and_refusals_find_a_thread_beside_photos_that_never_arrive(app: Flask) -> None:
    awaited, sent = Semaphore(0), Event()

    def send_slowly() -> int:
        slow = {"input_stream": SlowBody(awaited, sent)}
        return app.test_client().post("/scan", content_type="multipart/form-data; boundary=x", **slow).status_code

    with ThreadPoolExecutor(MOST_UPLOADS) as threads:
        slow = [threads.submit(send_slowly) for _ in range(MOST_UPLOADS)]
        try:
            arrived = [awaited.acquire(timeout=5) for _ in slow]
            one_more, page = app.test_client().post("/scan", data={"text": "A"}), app.test_client().get("/l/1")
        finally:
            sent.set()
    assert all(arrived)
    assert (one_more.status_code, one_more.headers["Retry-After"], page.status_code) == (503, "10", 404)
    assert [each.result() for each in slow] == [400] * MOST_UPLOADS
    assert app.test_client().post("/scan", data={"text": "A"}).status_code == 200


def test_a_form_of_very_many_parts_is_refused(visit: FlaskClient) -> None:
    form = {f"part-{number}": "x" for number in range(1000)}
    assert visit.post("/scan", data=form, content_type="multipart/form-data").status_code == 413


def test_no_photo_is_ever_in_a_file(app: Flask, shops: Street, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    photo = photo_of(shops.pharmacy.text) + bytes(1_000_000)  # Werkzeug takes to a file at half of that
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "closed"))  # any temporary file would be an error
    response = send_photo(app.test_client(), photo)
    assert (response.status_code, read_page(response).reason) == (200, Reason.IN_FORCE)
