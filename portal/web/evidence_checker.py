"""The page that checks evidence from a disk, without a network: one file, with its style, its script and its words.

A page on a disk may not load modules from beside it, so each module stands in the page's import map, as it is.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import date
from functools import cache

from flask import Response

from portal.catalogue.licence_types import Catalogue
from portal.verification.evidence_file import MEMBERS
from portal.verification.verdict import Attribute, CheckName, CheckState, Reason
from portal.web.parts import parts
from portal.web.portal_request import current_request
from portal.web.rendering import render
from portal.web.responses import kept_briefly
from portal.web.script_modules import all_imports, imports_of, with_addresses
from portal.web.static_files import STATIC
from portal.web.wording import Language, Words, words_for

_ENTRY = "evidence-checker.mjs"
_STYLE_TAG = '<link rel="stylesheet" href="style.css">'
_SCRIPT_TAG = f'<script src="{_ENTRY}" type="module"></script>'
_PREFIX = "page/"  # a name that is no path, so that a module in a data: address can be found by it
_WORDS = (
    *("as_of", "number", "holder", "issuer", "until", "root_used", "root_wrong", "compared", "not_compared"),
    *("any_root", "changed", "changed_lead", "at_that_time", "not_evidence", "failed", "status_ageing"),
)
# The attributes that have a headline of their own.
_VARIANTS = (Attribute.RENEWING, Attribute.EXPIRES_SOON)


def evidence_checker() -> Response:
    """The page, to be saved."""
    page = self_contained(render("evidence_checker.html"), current_request().language, parts().verifier.catalogue)
    response = kept_briefly(page)
    response.headers["Content-Disposition"] = 'attachment; filename="evidence-checker.html"'
    return response


def self_contained(page: str, language: Language, catalogue: Catalogue) -> str:
    """The page with all that it names inside."""
    style = (STATIC / "style.css").read_text(encoding="utf-8")
    given = {"words": _words(words_for(language)), "catalogue": _catalogue(catalogue)}
    script = "\n".join(
        (
            f'<script type="importmap">{_in_html({"imports": _modules()})}</script>',
            f'<script type="application/json" id="given">{_in_html(given)}</script>',
            f'<script type="module">import "{_PREFIX}{_ENTRY}";</script>',
        )
    )
    return page.replace(_STYLE_TAG, f"<style>\n{style}</style>").replace(_SCRIPT_TAG, script)


def _in_html(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


@cache
def _modules() -> Mapping[str, str]:
    """Every module that the entry needs, by its name in the page, as a data: address."""
    names = [_ENTRY, *all_imports(_ENTRY, lambda name: imports_of(name, _source(name)))]
    return {_PREFIX + name: _address(name) for name in names}


def _source(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def _address(name: str) -> str:
    named = with_addresses(name, _source(name), lambda imported, _: _PREFIX + imported)
    return "data:text/javascript;base64," + base64.b64encode(named.encode()).decode("ascii")


def _words(words: Words) -> dict[str, object]:
    return {
        "language": "zh" if words.language is Language.ZH else "en",
        "headlines": {reason: words.t(f"reason.{reason}.headline") for reason in Reason},
        "variants": {each: words.t(f"variant.{each}.headline") for each in _VARIANTS},
        "foreign_host": words.t("attribute.foreign_host"),
        "checks": {name: words.t(f"check.{name}.label") for name in CheckName},
        "dates": _dates(words),
        # What a check can name, by the first word of it.
        "parts": {member: words.t(f"evidence_part.{member}") for member in sorted(MEMBERS)},
        "time": words.t("time.seconds"),
        "states": {state: words.t(f"check_state.{state}") for state in CheckState},
        **{name: words.t(f"checker.{name}") for name in _WORDS},
    }


def _dates(words: Words) -> list[str]:
    """How a date is written in each month, with blanks for year and day."""
    sample = (words.date(date(9999, month, 28)) for month in range(1, 13))
    return [each.replace("9999", "{year}").replace("28", "{day}") for each in sample]


def _catalogue(catalogue: Catalogue) -> dict[str, object]:
    """What a verdict rests on, in the form of catalogue.json."""
    types = [
        {
            "code": each.code,
            "slug": each.slug,
            "category": each.category,
            "sensitive": each.sensitive,
            "fields": [
                {"key": field.key, "type": field.kind, "order": field.order}
                for field in each.fields
                if field.key in (each.number_field, each.holder_field)
            ],
        }
        for each in catalogue.by_code.values()
    ]
    return {"types": types, "province_abbreviations": {"all": "|".join(sorted(catalogue.provinces))}}
