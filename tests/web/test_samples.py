"""The page of sample codes: there in a demonstration, and nowhere else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.web.html_pages import read_page
from tests.web.photos import photo_of
from tests.web.portals import Street, portal_of
from tests.world import PUBLIC_URL


@pytest.fixture
def listing(shops: Street, tmp_path: Path) -> Path:
    """A list of samples as the demonstration writes it."""
    texts = {"in_force": shops.pharmacy.text, "foreign": "https://evil.example/v/ABC", "not_found": "辽CB000000000"}
    texts["no_code_found"] = ""
    entries = []
    for name, text in texts.items():
        (tmp_path / f"{name}.png").write_bytes(photo_of(text) if text else photo_of())
        titles = {"title_zh": f"样例 {name}", "title_en": f"Sample {name}"}
        entries.append({"reason": name, "attributes": [], "text": text, "png": f"{name}.png", **titles})
    (tmp_path / "secret.txt").write_text("not a sample")
    (tmp_path / "samples.json").write_text(json.dumps(entries, ensure_ascii=False), encoding="utf-8")
    return tmp_path / "samples.json"


@pytest.fixture
def demonstration(shops: Street, listing: Path) -> Iterator[Flask]:
    with portal_of(shops.written, demonstration="yes", samples=str(listing)) as app:
        yield app


@pytest.mark.parametrize(("prefix", "title"), [("", "样例 in_force"), ("/en", "Sample in_force")])
def test_a_sample_leads_to_its_verdict(demonstration: Flask, shops: Street, prefix: str, title: str) -> None:
    page = read_page(demonstration.test_client().get(prefix + "/samples"))
    assert title in page.text
    assert f"{prefix}/v/{shops.pharmacy.token}" in page.links


def test_every_link_of_the_samples_leads_to_an_answer(demonstration: Flask) -> None:
    visit = demonstration.test_client()
    links = [link for link in read_page(visit.get("/samples")).links if link.startswith(("/v/", "/l/"))]
    assert [visit.get(link).status_code for link in links] == [200, 200, 404]


def test_the_picture_of_a_sample_is_served(demonstration: Flask, listing: Path) -> None:
    visit = demonstration.test_client()
    pictures = [each.attributes["src"] for each in read_page(visit.get("/samples")).all("img")]
    assert len(pictures) == 4
    with visit.get(pictures[0]) as picture:
        assert (picture.content_type, picture.data) == ("image/png", (listing.parent / "in_force.png").read_bytes())


def test_a_picture_to_be_uploaded_leads_to_itself(demonstration: Flask) -> None:
    assert read_page(demonstration.test_client().get("/samples")).links.count("/samples/no_code_found.png") == 2


@pytest.mark.parametrize("name", ["samples.json", "secret.txt", "..", "%2e%2e%2fkeys%2froot.json", "in_force.png/"])
def test_nothing_else_of_that_folder_is_served(demonstration: Flask, name: str) -> None:
    assert demonstration.test_client().get(f"/samples/{name}").status_code == 404


@pytest.mark.parametrize("path", ["/samples", "/en/samples", "/samples/in_force.png"])
def test_a_portal_in_service_has_no_samples(shops: Street, listing: Path, path: str) -> None:
    with portal_of(shops.written, samples=str(listing)) as app:
        assert app.test_client().get(path, base_url=PUBLIC_URL).status_code == 404
