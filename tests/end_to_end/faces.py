"""`make faces`: pictures of a licence of every type, on a phone and as A4 print, in both languages, to be looked at.

They come from the demonstration, through the portal's own pages. What a picture cannot show is said at the end: text
that is wider than its place, a print that needs a second sheet.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Route

from portal.assemble import assemble, load_catalogue, system_clock
from portal.demonstration.building import build_demonstration
from portal.settings import Settings
from portal.verification.bundle import read_record
from portal.verification.presentation import encode_token
from portal.verification.verdict import Reason
from tests.end_to_end.browsing import PHONE, chromium
from tests.web.portals import portal_of
from tests.world import PUBLIC_URL, Written

TO = Path("build/faces")
MARGIN = 12
LANGUAGES = {"zh": "", "en": "/en"}
# Elements of a face in which something is wider than the element, and so cut or over the edge.
_TOO_WIDE = """[...document.querySelectorAll('.paper, .paper *')]
    .filter(each => each.clientWidth > 1 && each.scrollWidth > each.clientWidth + 1)
    .map(each => each.className || each.tagName)"""


@dataclass(frozen=True, slots=True)
class Gallery:
    """A licence in force of every type, by its token; `client` answers what the browser asks."""

    tokens: dict[str, str]
    client: FlaskClient

    def answer(self, route: Route) -> None:
        url = route.request.url
        response = self.client.get(url.removeprefix(PUBLIC_URL), headers={"Accept-Encoding": "identity"})
        route.fulfill(status=response.status_code, headers=dict(response.headers), body=response.data)


@contextmanager
def gallery(folder: Path, at: int) -> Iterator[Gallery]:
    environment = build_demonstration(folder, PUBLIC_URL, load_catalogue(), at)
    tokens = _tokens(folder, Settings.from_environment(environment), at)
    with portal_of(Written(folder, environment), clock=lambda: at) as app:
        yield Gallery(tokens, app.test_client())


def _tokens(folder: Path, settings: Settings, at: int) -> dict[str, str]:
    tokens: dict[str, str] = {}
    portal = assemble(settings, lambda: at)
    with closing(sqlite3.connect(folder / "register.sqlite")) as register:
        lines = [line for (line,) in register.execute("SELECT line FROM records")]
    for line in lines:
        credential = read_record(line).credential
        verdict = portal.verifier.verify_credential(credential, at)
        if verdict.reason is Reason.IN_FORCE and verdict.licence and not verdict.attributes:
            tokens.setdefault(verdict.licence.licence_type.slug, encode_token(credential.envelope.encoded))
    portal.reader.close()
    return tokens


def take_pictures(gallery: Gallery, browser: Browser, slugs: Iterable[str], to: Path) -> Iterator[str]:
    """Write the pictures of these types, and yield what is wrong with them."""
    context = browser.new_context(viewport=PHONE)
    context.route("**/*", lambda route: gallery.answer(route))
    page = context.new_page()
    for slug in slugs:
        for language, prefix in LANGUAGES.items():
            page.goto(f"{PUBLIC_URL}{prefix}/v/{gallery.tokens[slug]}")
            name = f"{slug}-{language}"
            yield from (f"{name}-phone: too wide: {place}" for place in page.evaluate(_TOO_WIDE))
            _take_phone(page, to / f"{name}-phone.png")
            yield from (f"{name}-a4: {sheets} sheets" for sheets in _take_a4(page, to / f"{name}-a4.png"))
    context.close()


def _take_phone(page: Page, picture: Path) -> None:
    face = page.locator(".paper").bounding_box()
    assert face is not None
    clip = {"x": 0, "y": face["y"] - MARGIN, "width": PHONE["width"], "height": face["height"] + 2 * MARGIN}
    page.screenshot(path=picture, full_page=True, clip=clip)


def _take_a4(page: Page, picture: Path) -> Iterator[int]:
    """The print's first sheet; the number of sheets where that is not all."""
    document = picture.with_suffix(".pdf")
    page.pdf(path=document, prefer_css_page_size=True, print_background=False)
    subprocess.run(["pdftoppm", "-r", "96", "-png", "-singlefile", document, picture.with_suffix("")], check=True)
    told = subprocess.run(["pdfinfo", document], check=True, capture_output=True, text=True).stdout
    document.unlink()
    sheets = int(told.partition("Pages:")[2].split()[0])
    if sheets > 1:
        yield sheets


def main() -> None:
    TO.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, gallery(Path(folder), system_clock()) as shown, chromium() as browser:
        wrong = list(take_pictures(shown, browser, sys.argv[1:] or sorted(shown.tokens), TO))
    missing = sorted({each.slug for each in load_catalogue().by_code.values()} - shown.tokens.keys())
    lines = [*wrong, *(f"{slug}: not in the demonstration" for slug in missing)]
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.exit(1 if lines else 0)


if __name__ == "__main__":
    main()
