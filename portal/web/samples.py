"""The sample codes of the demonstration, as the demonstration wrote them down; a portal in service has none."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from flask import Blueprint, Response, abort, send_from_directory, url_for

from portal.settings import Settings
from portal.web.language import PageUrl, page_url_in
from portal.web.parts import parts
from portal.web.wording import Language

sample_files = Blueprint("sample_files", __name__)


@dataclass(frozen=True, slots=True)
class Sample:
    """A code to click or to scan: `url` is the page of its verdict, `qr_url` its picture. A picture that is there to be
    uploaded has no text, and leads to itself.
    """

    reason: str
    title: str
    url: str
    qr_url: str


class _Entry(TypedDict):
    """An entry of samples.json, as far as the page needs it."""

    reason: str
    title_zh: str
    title_en: str
    text: str
    png: str


def read_samples(settings: Settings, language: Language) -> list[Sample]:
    return [_sample(entry, settings, language) for entry in _listed(settings)]


@sample_files.get("/samples/<name>")
def qr_code(name: str) -> Response:
    settings = parts().settings
    if name not in {_picture(entry) for entry in _listed(settings)}:
        abort(404)
    return send_from_directory(settings.samples.parent.absolute(), name, conditional=False)


def _listed(settings: Settings) -> list[_Entry]:
    if not settings.demonstration:
        abort(404)
    entries: list[_Entry] = json.loads(settings.samples.read_text(encoding="utf-8"))
    return entries


def _sample(entry: _Entry, settings: Settings, language: Language) -> Sample:
    qr_url, text = url_for("sample_files.qr_code", name=_picture(entry)), entry["text"]
    return Sample(
        reason=entry["reason"],
        title=entry["title_zh"] if language is Language.ZH else entry["title_en"],
        url=_page_of(text, settings, page_url_in(language)) if text else qr_url,
        qr_url=qr_url,
    )


def _picture(entry: _Entry) -> str:
    return Path(entry["png"]).name


def _page_of(text: str, settings: Settings, page_url: PageUrl) -> str:
    own_code = settings.public_url + "/v/"
    if text.startswith(own_code):
        return page_url("verdict", token=text.removeprefix(own_code))
    return page_url("lookup", number=text)
