"""The demonstration is what it says: its size, its variety, and for every verdict a sample that gives it."""

import json
import re
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from stdnum.cn import uscc

from portal.assemble import Portal, assemble, load_catalogue
from portal.authority.qr_codes import MAX_PRINTED_BYTES
from portal.catalogue.numbers import normalise
from portal.demonstration.building import NotADemonstration, build_demonstration
from portal.demonstration.samples import WITHOUT_SAMPLE
from portal.register.tables import notices, open_read_only, records
from portal.settings import Settings
from portal.verification.bundle import Record, read_record
from portal.verification.verdict import Attribute, Reason, Verdict
from portal.verifier import Answer, Lookup
from tests.authorities import AT
from tests.world import CATALOGUE

PUBLIC_URL = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demonstration")


@pytest.fixture(scope="module")
def settings(folder: Path) -> Settings:
    return Settings.from_environment(build_demonstration(folder, PUBLIC_URL, load_catalogue(), AT))


@pytest.fixture(scope="module")
def portal(settings: Settings) -> Iterator[Portal]:
    portal = assemble(settings, lambda: AT)
    yield portal
    portal.reader.close()


@pytest.fixture(scope="module")
def samples(settings: Settings) -> list[dict[str, str]]:
    listed: list[dict[str, str]] = json.loads(settings.samples.read_text(encoding="utf-8"))
    return listed


@pytest.fixture(scope="module")
def taken(settings: Settings) -> list[Record]:
    """All that the register holds."""
    engine = open_read_only(settings.database_url, patience=1)
    with engine.connect() as connection:
        lines = connection.execute(select(records.c.line)).scalars().all()
    engine.dispose()
    return [read_record(bytes(line)) for line in lines]


def answer_to(portal: Portal, sample: dict[str, str], folder: Path) -> Answer:
    if sample["kind"] == "picture":
        return answer_to_picture(portal, sample, folder)
    return portal.verifier.verify(sample["text"], AT)


def answer_to_picture(portal: Portal, sample: dict[str, str], folder: Path) -> Answer:
    scan = portal.reader.read((folder / sample["png"]).read_bytes())
    if scan.failure == "unreadable_image":
        return Verdict(Reason.UNREADABLE_IMAGE, checked_at=AT)
    return portal.verifier.verify_scan(scan.texts, AT)


def verdict_of(answer: Answer) -> Verdict:
    return answer.entries[0] if isinstance(answer, Lookup) else answer


def test_every_sample_gives_the_verdict_that_it_claims(
    portal: Portal, samples: list[dict[str, str]], folder: Path
) -> None:
    claimed = {sample["name"]: (sample["reason"], tuple(sample["attributes"])) for sample in samples}
    verdicts = {sample["name"]: verdict_of(answer_to(portal, sample, folder)) for sample in samples}
    assert {name: (verdict.reason, verdict.attributes) for name, verdict in verdicts.items()} == claimed


def test_every_picture_of_a_code_gives_the_same_as_its_text(
    portal: Portal, samples: list[dict[str, str]], folder: Path
) -> None:
    codes = [sample for sample in samples if sample["kind"] == "code"]
    for sample in codes:
        assert portal.reader.read((folder / sample["png"]).read_bytes()).texts == (sample["text"],)
        assert (folder / sample["png"]).with_suffix(".svg").exists()


def test_every_reason_and_attribute_has_a_sample_but_for_a_portal_in_trouble(samples: list[dict[str, str]]) -> None:
    assert {sample["reason"] for sample in samples} == set(Reason) - WITHOUT_SAMPLE
    assert {attribute for sample in samples for attribute in sample["attributes"]} == set(Attribute)


def test_the_samples_begin_with_what_is_in_force_and_end_with_what_cannot_be_read(
    samples: list[dict[str, str]],
) -> None:
    order = [list(Reason).index(Reason(sample["reason"])) for sample in samples]
    assert order == sorted(order, reverse=True)
    assert all(sample["title_zh"] and sample["title_en"] for sample in samples)


def test_one_number_stands_for_two_licences(portal: Portal, samples: list[dict[str, str]]) -> None:
    shared = next(sample["text"] for sample in samples if sample["name"] == "same_number")
    answer = portal.verifier.verify(shared, AT)
    assert isinstance(answer, Lookup)
    slugs = [entry.licence.licence_type.slug for entry in answer.entries if entry.licence]
    assert sorted(slugs) == ["drug-export-sales-certificate", "drug-manufacturing"]


def test_it_has_600_licences_of_every_type_and_of_several_issuers(taken: list[Record]) -> None:
    assert len({record.credential.credential_id for record in taken}) == len(taken) == 600
    assert {record.face.type_slug for record in taken} == set(CATALOGUE.by_slug)
    assert len({record.face.issuer_id for record in taken}) >= 3


def test_the_register_keeps_every_notice_of_a_licence(settings: Settings) -> None:
    engine = open_read_only(settings.database_url, patience=1)
    with engine.connect() as connection:
        told = connection.execute(select(notices.c.number)).scalars().all()
    engine.dispose()
    # Of one licence there are two: it was suspended and restored.
    assert [count for count in Counter(told).values() if count > 1] == [2]


def test_every_number_is_of_a_form_in_the_catalogue(taken: list[Record]) -> None:
    for record in taken:
        number, forms = record.credential.number, CATALOGUE.by_code[record.credential.type_code].number_formats
        assert not forms or any(re.fullmatch(form.regex, normalise(number)) for form in forms), number


def test_every_credit_code_has_the_right_check_digit(taken: list[Record]) -> None:
    codes = [record.credential.uscc for record in taken if record.credential.uscc is not None]
    assert [code for code in codes if not uscc.is_valid(code)] == []
    assert len(codes) > 590  # only a person has none
    assert [each.face.issuer_id for each in taken if not uscc.is_valid(each.face.issuer_id)] == []


def test_every_holder_and_every_authority_is_marked_as_a_demonstration(portal: Portal, taken: list[Record]) -> None:
    names = {record.credential.holder for record in taken}
    names |= {issuer.name_zh for issuer in portal.verifier.published.trust_list(AT).issuers}
    assert [name for name in names if "演示" not in name] == []


def test_an_ordinary_licence_fits_the_code_that_is_aimed_at(taken: list[Record]) -> None:
    sizes = sorted(len(record.credential.envelope.encoded) for record in taken)
    assert sizes[len(sizes) // 2] <= 270  # the most that version 13 holds under a host of usual length
    assert sizes[-1] <= MAX_PRINTED_BYTES


def published_version(folder: Path) -> object:
    return json.loads((folder / "keys" / "trust-list.json").read_bytes())["version"]


def test_built_again_it_keeps_its_keys_and_replaces_all_else(tmp_path: Path) -> None:
    first = build_demonstration(tmp_path, PUBLIC_URL, load_catalogue(), AT)
    assert published_version(tmp_path) == 1
    keys = {path.name: path.read_bytes() for path in (tmp_path / "private").iterdir()}
    codes = {sample["name"]: sample["text"] for sample in json.loads((tmp_path / "samples.json").read_bytes())}
    (tmp_path / "left-over").write_text("")
    second = build_demonstration(tmp_path, PUBLIC_URL, load_catalogue(), AT + 60)
    assert second == first
    assert published_version(tmp_path) == 2, "a portal that still serves the first one takes no list but a later one"
    assert {path.name: path.read_bytes() for path in (tmp_path / "private").iterdir()} == keys
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "private").iterdir()} == {0o600}
    assert not (tmp_path / "left-over").exists()
    portal = assemble(Settings.from_environment(second), lambda: AT + 60)
    assert verdict_of(portal.verifier.verify(codes["in_force"], AT + 60)).reason is Reason.IN_FORCE
    portal.reader.close()


def test_it_replaces_nothing_but_a_demonstration(tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("not a demonstration")
    with pytest.raises(NotADemonstration, match="something else"):
        build_demonstration(tmp_path, PUBLIC_URL, load_catalogue(), AT)
    assert [path.name for path in tmp_path.iterdir()] == ["letter"]


def test_git_never_sees_a_demonstration(folder: Path, settings: Settings) -> None:
    assert settings.demonstration
    assert (folder / ".gitignore").read_text() == "*\n"
