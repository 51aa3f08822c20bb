"""A search: what was asked for, read from the address, and the page of what was found. Pure.

A filter of no known region or type is left out; a text that cannot be looked for is answered in words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.catalogue.licence_types import PERSONAL, Catalogue
from portal.catalogue.names import LEAST_PART, comparable_name
from portal.catalogue.numbers import MAX_TYPED_LENGTH
from portal.lookups import MAX_PAGES, SearchQuery, SearchResult
from portal.verification.trust import TrustList
from portal.web.number_labels import without_label
from portal.web.places import place_name
from portal.web.showing import ListedLicence, show_listed_licence
from portal.web.wording import Words

_PAGES = {str(page): page for page in range(1, MAX_PAGES + 1)}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """All that search.html needs. `heading` says how many or which were found, `narrowed` to which place and kind the
    search was narrowed; `previous` and `following` are numbers of pages, for links; `more` if there are others, on no
    page that may be asked for; `problem` is a key of words, which are said in both languages.
    """

    query: SearchQuery
    problem: str | None
    regions: tuple[Choice, ...]
    types: tuple[Choice, ...]
    heading: str | None
    narrowed: str
    entries: tuple[ListedLicence, ...]
    previous: str | None
    following: str | None
    more: bool


def read_query(asked: Mapping[str, str], catalogue: Catalogue, trust_list: TrustList) -> SearchQuery:
    region, slug = asked.get("region", ""), asked.get("type", "")
    return SearchQuery(
        text=without_label(" ".join(asked.get("q", "").split())),
        region=region if region in _regions(trust_list) else None,
        type_slug=slug if slug in catalogue.by_slug else None,
        page=_PAGES.get(asked.get("page", ""), 1),
    )


def problem_with(query: SearchQuery) -> str | None:
    """The key of the words for why a text cannot be looked for."""
    if len(query.text) > MAX_TYPED_LENGTH:
        return "search.too_long"
    return "search.too_short" if query.text and len(comparable_name(query.text)) < LEAST_PART else None


def show_search(
    query: SearchQuery,
    problem: str | None,
    result: SearchResult | None,
    catalogue: Catalogue,
    trust_list: TrustList,
    words: Words,
) -> SearchPage:
    """The form, and what was found if something was looked for."""
    types = [each for each in catalogue.by_code.values() if each.category != PERSONAL]
    found = result.entries if result else ()
    following = result.next_page if result else None
    regions = tuple(Choice(code, place_name(code, words)) for code in _regions(trust_list))
    kinds = tuple(Choice(each.slug, words.type_name(each)) for each in types)
    choices = (("search.region", query.region, regions), ("search.type", query.type_slug, kinds))
    chosen = [f"{words.t(key)} {each.label}" for key, value, among in choices for each in among if each.value == value]
    return SearchPage(
        query=query,
        problem=problem,
        regions=regions,
        types=kinds,
        heading=_heading(result, words) if result else None,
        narrowed=words.t("list.comma").join(chosen),
        entries=tuple(show_listed_licence(each, words) for each in found),
        previous=str(query.page - 1) if result and query.page > 1 else None,
        following=str(following) if following else None,
        more=bool(result and result.more and not following),
    )


def _heading(result: SearchResult, words: Words) -> str:
    """How many there are where all stand on this page, and otherwise which of them stand on it."""
    count = len(result.entries)
    if not count:
        return words.t("search.none")
    number = "one" if count == 1 else "several"
    if result.is_whole:
        return words.t(f"search.found_{number}", total=count)
    return words.t(f"search.range_{number}", first=result.first + 1, last=result.first + count)


def _regions(trust_list: TrustList) -> list[str]:
    """Those of the authorities, each after its province."""
    own = {issuer.region for issuer in trust_list.issuers}
    return sorted(own | {region[:2] + "0000" for region in own})
