"""Licence faces of every type: its fields with their names in both languages, and a look that its category gives it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from portal.assemble import assemble
from portal.authority.faces import FaceExtras
from portal.catalogue.licence_types import Catalogue, Field, LicenceType
from portal.catalogue.numbers import read_number
from portal.verification.statuses import StatusValue
from portal.verification.verdict import Verdict
from portal.web import create_app
from portal.web.face_page import FacePage, Text, show_face
from portal.web.wording import Language, Words, words_for
from tests.authorities import AT
from tests.web.html_pages import Page, parse_page, read_page
from tests.web.portals import Visitor
from tests.web.verdicts import verdict_on, with_status
from tests.world import CATALOGUE, Issued, World

ROOT = Path(__file__).parents[2]
TYPES = tuple(CATALOGUE.by_code.values())
WORLD = World()
MASKED = "王*"
PICTURES, FOOT = ("image", "qr"), ("issuer", "issue_date")
ZH, EN = words_for(Language.ZH), words_for(Language.EN)

of_every_type = pytest.mark.parametrize("kind", TYPES, ids=lambda kind: kind.slug)
in_both_languages = pytest.mark.parametrize("language", list(Language), ids=["zh", "en"])


def filled(kind: LicenceType) -> dict[str, str]:
    """A value for every field that a public face may have and that the claims do not fix."""
    fixed = {"holder_name", "uscc", "expiry_date", "issuer", kind.number_field}
    return {field.key: _value(field) for field in kind.fields if field.public != "hide" and field.key not in fixed}


def _value(field: Field) -> str:
    return "2026-03-01" if field.kind == "date" else MASKED if field.public == "mask" else f"〈{field.key}〉"


def with_every_field(kind: LicenceType) -> Issued:
    return WORLD.licence(f"演示〔2026〕{kind.code}号", slug=kind.slug, fields=filled(kind))


def face_of(verdict: Verdict, words: Words) -> FacePage:
    assert verdict.licence is not None
    face = show_face(verdict.licence, words)
    assert face is not None
    return face


def drawn(app: Flask, face: FacePage, language: Language) -> Page:
    """The face as its template draws it from the face alone."""
    template = app.extensions["page_templates"][language].get_template("face.html")
    return parse_page(template.render(face=face))


def rows_of(kind: LicenceType) -> list[Field]:
    """The fields that stand in rows: all that is text and public, or of a sensitive type the number and the parties."""
    rows = [
        each for each in kind.fields if each.public != "hide" and each.kind not in PICTURES and each.key not in FOOT
    ]
    if not kind.sensitive:
        return rows
    return [each for each in rows if each.kind == "licence_no" or each.key in ("holder_name", "uscc")]


@of_every_type
@in_both_languages
def test_a_face_has_the_fields_of_its_type_in_the_order_of_the_form(
    app: Flask, kind: LicenceType, language: Language
) -> None:
    words = words_for(language)
    page = drawn(app, face_of(verdict_on(with_every_field(kind)), words), language)
    both = kind.category == "certificate"
    names = [words.field_label(each) + (words.other.field_label(each) if both else "") for each in rows_of(kind)]
    assert [element.text for element in page.all("dt")] == names
    assert page.one("h2").text == words.type_name(kind).replace("（", "(").partition("(")[0].strip()
    assert words.t("face.view") in page.one("section").text


@of_every_type
def test_what_is_masked_stays_masked_and_the_face_says_why(app: Flask, kind: LicenceType) -> None:
    text = drawn(app, face_of(verdict_on(with_every_field(kind)), ZH), Language.ZH).one("section").text
    masked = [each for each in rows_of(kind) if each.public == "mask"]
    assert text.count(MASKED) == len(masked)
    assert (ZH.t("face.masked") in text) == bool(masked)


@of_every_type
def test_of_a_sensitive_licence_the_parties_and_nothing_else_are_shown(app: Flask, kind: LicenceType) -> None:
    text = drawn(app, face_of(verdict_on(with_every_field(kind)), EN), Language.EN).one("section").text
    assert ("〈" in text) != kind.sensitive
    assert (EN.t("face.sensitive") in text) == kind.sensitive


@in_both_languages
def test_a_face_does_not_depend_on_the_verdict(app: Flask, language: Language) -> None:
    issued = WORLD.licence()
    faces = [
        face_of(with_status(value, issued), words_for(language))
        for value in (StatusValue.IN_FORCE, StatusValue.REVOKED)
    ]
    assert faces[0] == faces[1]
    assert drawn(app, faces[0], language).elements == drawn(app, faces[1], language).elements


def test_a_certificate_for_abroad_has_both_languages_beside_each_other() -> None:
    issued = WORLD.licence("辽20260036号", slug="drug-export-sales-certificate", fields={"issue_date": "2026-03-01"})
    zh, en = (face_of(verdict_on(issued), words) for words in (ZH, EN))
    assert ("".join(zh.title), zh.other_title) == (en.other_title, en.title[0])
    assert [(row.label, row.other_label) for row in zh.rows] == [(row.other_label, row.label) for row in en.rows]
    assert (zh.issued, en.issued) == ("2026年3月1日\n1 March 2026", "1 March 2026\n2026年3月1日")
    assert [issuer.language for issuer in zh.issuers] == [Language.ZH, Language.EN]


def test_an_english_face_has_the_english_name_of_the_authority_and_of_usual_values() -> None:
    face = face_of(verdict_on(WORLD.licence(fields={"mode": "零售", "legal_rep": "王某"})), EN)
    assert [issuer.text for issuer in face.issuers] == [WORLD.liaoning.name_en, "演示发证机关"]
    values = {row.label: row.value for row in face.rows}
    assert values["Mode of operation"] == Text("Retail (零售)", Language.EN)
    assert values["Valid until"] == Text("31 December 2029", Language.EN)
    assert values["Legal representative"] == Text("王某", Language.ZH)


@pytest.mark.parametrize(
    ("copy", "zh", "en"), [("正本", "正本", "Original"), ("副本", "副本", "Duplicate"), ("3", "3", "3")]
)
def test_a_face_says_which_copy_it_is(copy: str, zh: str, en: str) -> None:
    verdict = verdict_on(WORLD.licence(extras=FaceExtras(copy=copy)))
    assert [face_of(verdict, words).qualifier for words in (ZH, EN)] == [f"零售 · {zh}", f"Retail · {en}"]


def test_a_long_title_is_set_smaller() -> None:
    sizes = {kind.slug: face_of(verdict_on(with_every_field(kind)), ZH).size for kind in TYPES}
    assert sizes["drug-distribution-retail"] == "short"
    assert sizes["ad-review-decision"] == "medium"
    assert sizes["device-online-platform-filing"] == "long"
    assert sizes["narcotic-regional-crossprovince-sale-decision"] == "very-long"


@pytest.mark.parametrize(
    ("slug", "lines_may_end"),
    [
        ("gmp-inspection-notice", "药品 |GMP |符合性|现场检查|结果|通知书"),
        ("anabolic-peptide-export-permit", "蛋白同化制剂、|肽类激素|出口|准许证"),
        ("contract-storage-distribution-confirmation", "委托、|被委托|储存|配送|药品|业务|确认件"),
    ],
)
def test_a_line_of_a_title_ends_between_words(slug: str, lines_may_end: str) -> None:
    face = face_of(verdict_on(with_every_field(CATALOGUE.by_slug[slug])), ZH)
    assert "|".join(face.title) == lines_may_end


def test_only_a_letter_has_a_letterhead() -> None:
    with_letterhead = {kind.category for kind in TYPES if face_of(verdict_on(with_every_field(kind)), ZH).letterhead}
    assert with_letterhead == {"decision_or_notice"}


@of_every_type
def test_every_type_and_field_has_a_name_in_both_languages(kind: LicenceType) -> None:
    for named in (kind, *kind.fields):
        assert re.search("[\u4e00-\u9fff]", named.zh)
        assert re.fullmatch("[ -~]*[A-Za-z][ -~]*", named.en)


NEW_TYPE = {
    "code": 900,
    "slug": "demonstration-permit",
    "zh": "演示许可证（试行）",
    "en": "Demonstration Permit (Trial)",
    "category": "enterprise_licence",
    "expires": True,
    "number_formats": [
        {
            "id": "demo-1",
            "regex": r"^(?P<prov>辽)演(?P<year>\d{4})-(?P<serial>\d{3})$",
            "example": "辽演2026-001",
            "current": True,
        }
    ],
    "fields": [
        {"key": "licence_no", "zh": "演示编号", "en": "Permit No.", "type": "licence_no", "public": "show", "order": 1},
        {"key": "holder_name", "zh": "演示单位", "en": "Demonstrator", "type": "text", "public": "show", "order": 2},
        {"key": "stage", "zh": "演示舞台", "en": "Stage", "type": "multiline", "public": "show", "order": 3},
        {"key": "expiry_date", "zh": "演至", "en": "Until", "type": "date", "public": "show", "order": 4},
    ],
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    document = json.loads((ROOT / "portal/catalogue/catalogue.json").read_bytes())
    document["types"].append(NEW_TYPE)
    return Catalogue.parse(json.dumps(document).encode())


def test_a_type_is_data(catalogue: Catalogue, tmp_path: Path) -> None:
    """One more, with a field and a number format of its own: issued, found, verified, shown by the catalogue alone."""
    world = World(catalogue)
    issued = world.licence("辽演2026-001", slug="demonstration-permit", fields={"stage": "第一舞台\n第二舞台"})
    world.take_into_register(issued)
    portal = assemble(world.write(tmp_path).settings, lambda: AT)
    verifier = replace(portal.verifier, catalogue=catalogue)
    app = create_app(settings=portal.settings, verifier=verifier, reader=portal.reader, clock=portal.clock)
    app.test_client_class = Visitor
    visit = app.test_client()

    (candidate,) = read_number("辽演２０２６—００１", catalogue).candidates
    assert (candidate.type_slug, candidate.parts["serial"]) == ("demonstration-permit", "001")
    for path in ("/l/辽演2026001", f"/v/{issued.token}"):
        assert read_page(visit.get(path)).heading == ZH.headline(verdict_on(WORLD.licence()))
    for words, prefix in ((ZH, ""), (EN, "/en")):
        text = read_page(visit.get(f"{prefix}/v/{issued.token}")).text
        names = [words.field_label(each) for each in catalogue.by_slug["demonstration-permit"].fields]
        assert [name for name in names if name not in text] == []
        assert "第一舞台 第二舞台" in text
    portal.reader.close()
