"""Every sample of the demonstration, walked in both languages on a phone: its verdict, without a barrier."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.web.wording import Language
from tests.end_to_end.browsing import PHONE, Visit
from tests.end_to_end.served import Demonstration, Sample

NARROW = {"width": 320, "height": 640}
LISTS = {"same_number"}  # several licences of one number: no single verdict


def present(sample: Sample, visitor: Visit, prefix: str) -> None:
    """As a person would: scan it if it leads here, type it if it is a number, else send its picture."""
    page = sample.page_at(visitor.url, prefix)
    if page:
        visitor.open(page.removeprefix(visitor.url))
    elif sample.kind == "number":
        visitor.look_up(sample.text, prefix)
    else:
        visitor.upload(sample.picture, prefix)


def complaints(sample: Sample, visitor: Visit, language: Language) -> Iterator[str]:
    page = visitor.page
    if sample.name not in LISTS and visitor.reason != sample.reason:
        yield f"shows {visitor.reason}"
    if page.locator("html").get_attribute("lang") != language:
        yield "is in the wrong language"
    if not page.title().startswith(visitor.heading.split("\n")[0]):
        yield f"its title is {page.title()}, its heading {visitor.heading}"
    if visitor.overflow:
        yield f"is {visitor.overflow} px too wide on a phone"
    page.set_viewport_size(NARROW)
    if visitor.overflow:
        yield f"is {visitor.overflow} px too wide at 320 px"


@pytest.mark.parametrize(("prefix", "language"), [("", Language.ZH), ("/en", Language.EN)])
def test_every_sample_shows_its_verdict(
    demonstration: Demonstration, visitor: Visit, prefix: str, language: Language
) -> None:
    wrong, looked_at = [], set()
    for sample in demonstration.samples:
        visitor.page.set_viewport_size(PHONE)
        present(sample, visitor, prefix)
        wrong += [f"{sample.name} {complaint}" for complaint in complaints(sample, visitor, language)]
        if (sample.reason, sample.attributes, sample.kind) not in looked_at:  # the others differ in their data alone
            looked_at.add((sample.reason, sample.attributes, sample.kind))
            wrong += [f"{sample.name} {barrier}" for barrier in visitor.barriers()]
    assert wrong == []
