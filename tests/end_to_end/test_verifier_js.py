"""One verifier in two languages: the browser's gives the verdicts of Python's, in node and in Chromium."""

from __future__ import annotations

import base64
import json
import random
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Route

from portal.assemble import Portal, assemble
from portal.cli import main
from portal.evidence_documents import check_evidence
from portal.settings import Settings
from portal.verdict_json import verdict_json
from portal.verification.algorithms import BY_NAME
from portal.verification.dates import parse_timestamp
from tests import test_evidence_documents as evidence
from tests.authorities import key
from tests.oracles import missing
from tests.test_vectors import CASES, FACTS
from tests.test_vectors import WORLD as VECTORS
from tests.verification.test_face import ADDRESSES, face_with
from tests.verification.test_strict_json import BASE64, DOCUMENTS
from tests.verifier_cases import (
    Case,
    base64_of,
    expected,
    generated_cases,
    generated_world,
    world_input,
    write_into,
)
from tests.world import CATALOGUE, World

ROOT = Path(__file__).parents[2]
GENERATED = 2_000
SEED = 20261121

Input = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Questions:
    """What both verifiers are asked, and what Python answered."""

    given: Input
    verdicts: list[dict[str, Any]]
    checked: list[dict[str, Any]]


def portal_in(environment: dict[str, str], at: int) -> Portal:
    portal = assemble(Settings.from_environment(environment), lambda: at)
    portal.reader.close()
    return portal


def vectors_world(folder: Path) -> tuple[Portal, str]:
    database_url = f"sqlite:///{folder / 'register.sqlite'}"
    environment = {
        "PORTAL_PUBLIC_URL": f"https://{FACTS['public_host']}",
        "PORTAL_ROOT_SHA256": FACTS["root_sha256"],
        "PORTAL_KEYS_DIR": str(VECTORS / "keys"),
        "PORTAL_DATABASE_URL": database_url,
    }
    for command, files in (("register", VECTORS / "register"), ("status", VECTORS / "status")):
        words = ["--at", FACTS["now"], command, "load", *map(str, sorted(files.iterdir()))]
        assert CliRunner().invoke(main, words, env=environment).exit_code == 0
    return portal_in(environment, parse_timestamp(FACTS["now"])), database_url


@pytest.fixture(scope="module")
def vectors(tmp_path_factory: pytest.TempPathFactory) -> Questions:
    portal, database_url = vectors_world(tmp_path_factory.mktemp("vectors"))
    now = parse_timestamp(FACTS["now"])
    cases = [Case(each["text"], parse_timestamp(each["at"]), 0) for each in CASES]
    given = {
        "worlds": [world_input(portal.verifier, database_url, now)],
        "cases": [asdict(case) for case in cases],
        "documents": [],
    }
    return Questions(given, [expected(portal.verifier, case) for case in cases], [])


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory, cases: evidence.Cases) -> Questions:
    chance = random.Random(SEED)
    worlds = [generated_world(chance) for _ in range(3)]
    folders = [tmp_path_factory.mktemp("generated") for _ in worlds]
    written = [world.write(folder) for (world, _), folder in zip(worlds, folders, strict=True)]
    portals = [portal_in(dict(each.environment), evidence.AT) for each in written]
    write_into(written[-1].environment["PORTAL_DATABASE_URL"], chance)
    asked = list(generated_cases([issued for _, issued in worlds], GENERATED, chance))
    databases = [each.environment["PORTAL_DATABASE_URL"] for each in written]
    inputs = [world_input(portal.verifier, url, evidence.AT) for portal, url in zip(portals, databases, strict=True)]
    documents = _documents(cases)
    given = {
        "worlds": inputs,
        "cases": [asdict(case) for case in asked],
        "documents": [{"document": base64_of(each), "root": cases.root_sha256} for each in documents],
    }
    answers = [expected(portals[case.world].verifier, case) for case in asked]
    return Questions(given, answers, [_checked(each, cases.root_sha256) for each in documents])


cases = evidence.cases


def _documents(cases: evidence.Cases) -> list[bytes]:
    genuine = [evidence.saved(cases, name).document for name in evidence.NAMES]
    tampered = (evidence.tampered(cases, name) for name in evidence.TAMPERED)
    return [*genuine, *tampered, evidence.by_a_thief(cases)]


def _checked(document: bytes, root_sha256: str) -> dict[str, Any]:
    checked = check_evidence(document, CATALOGUE, root_sha256)
    verdict = json.loads(json.dumps(verdict_json(checked.verdict))) if checked.verdict else None
    parts = [list(each.parts) for each in checked.objections]
    return {"verdict": verdict, "rootSha256": checked.root_sha256, "parts": parts}


def in_node(folder: Path, given: Input, *options: str) -> dict[str, Any]:
    node = shutil.which("node") or missing("node")
    file = folder / "input.json"
    file.write_text(json.dumps(given), encoding="utf-8")
    command = [node, str(ROOT / "tests" / "verifier_world.mjs"), str(file), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def differences(questions: Questions, found: dict[str, Any]) -> list[Any]:
    """Where the two disagree; empty, and of the same length, is agreement."""
    verdicts = zip(questions.given["cases"], questions.verdicts, found["verdicts"], strict=True)
    documents = zip(questions.checked, found["checked"], strict=True)
    return [
        *(
            (case["text"], case["at"], _differing(python, script))
            for case, python, script in verdicts
            if python != script
        ),
        *(_differing(python, script) for python, script in documents if python != script),
    ]


def _differing(python: dict[str, Any], script: dict[str, Any]) -> dict[str, Any]:
    names = python.keys() | script.keys()
    return {name: (python.get(name), script.get(name)) for name in names if python.get(name) != script.get(name)}


def test_every_vector_has_the_same_verdict_in_node(vectors: Questions, tmp_path: Path) -> None:
    found = in_node(tmp_path, vectors.given)
    assert differences(vectors, found) == []
    names = ("reason", "outcome", "attributes")
    assert [{name: each[name] for name in names} for each in found["verdicts"]] == [case["expect"] for case in CASES]


@pytest.mark.parametrize("options", [(), ("without-webcrypto",)], ids=["WebCrypto", "vendored code"])
def test_two_thousand_generated_cases_have_the_same_verdicts_in_node(
    generated: Questions, tmp_path: Path, options: tuple[str, ...]
) -> None:
    assert differences(generated, in_node(tmp_path, generated.given, *options)) == []


def test_every_json_document_is_read_or_refused_as_in_python() -> None:
    script = """
        const isRead = (document) => {
          try { return parse(new Uint8Array(Buffer.from(document, "base64")), "document") && true; }
          catch (error) { return error instanceof Unexpected ? false : String(error); }
        };
        answer(isRead);
    """
    found = answers_of(
        "json.mjs", "parse, Unexpected", script, [base64_of(document) for document, _ in DOCUMENTS.values()]
    )
    assert dict(zip(DOCUMENTS, found, strict=True)) == {name: is_read for name, (_, is_read) in DOCUMENTS.items()}


def test_bytes_are_read_from_base64_as_in_python() -> None:
    script = (
        "answer((text) => { const read = fromBase64(text); return read && Buffer.from(read).toString('base64'); });"
    )
    found = answers_of("bytes.mjs", "fromBase64", script, [written for written, _ in BASE64.values()])
    assert dict(zip(BASE64, found, strict=True)) == {name: base64_of(content) for name, (_, content) in BASE64.items()}


def test_an_address_on_a_face_is_taken_or_refused_as_in_python() -> None:
    credential = base64.urlsafe_b64encode(World().licence().encoded).decode()
    faces = (face_with(sites=[address]).decode() for address, _ in ADDRESSES.values())
    lines = [json.dumps({"credential": credential, "face": face}) for face in faces]
    script = """
        answer((line) => {
          try { return readRecord(new TextEncoder().encode(line)) && true; }
          catch (error) { return error.message.includes("not a web address") ? false : String(error); }
        });
    """
    found = answers_of("records.mjs", "readRecord", script, lines)
    assert dict(zip(ADDRESSES, found, strict=True)) == {name: is_taken for name, (_, is_taken) in ADDRESSES.items()}


def test_megabytes_of_base64_are_read_or_refused() -> None:
    """A status list of 24 million licences takes as much, where nothing in it can be compressed."""
    script = "answer(([length, end]) => (fromBase64('A'.repeat(length) + end)?.length ?? null));"
    assert answers_of("bytes.mjs", "fromBase64", script, [(16_000_000, ""), (16_000_000, "*===")]) == [12_000_000, None]
    script = "answer((length) => fromBase64Url('='.repeat(length) + 'A'));"
    assert answers_of("bytes.mjs", "fromBase64Url", script, [1_000_000]) == [None]


# By the owner of a key, whose nonce has a part of order 8: only a reader that multiplies by the cofactor takes it.
WITH_TORSION = (
    "302a300506032b657003210067d3b5eaf0c0bf6b5a602d359daecc86a7a74053490ec37ae08e71360587c870",
    "a85aaef4e11920006214c77f74600687b000fe9f979e9058f4a80267d29d0510"
    "8052b3e5ceefee3b4fe648997208bc72ca882c6b86f50255de4852ca4f8ff00b",
)


@pytest.mark.parametrize("options", [(), ("without-webcrypto",)], ids=["WebCrypto", "vendored code"])
def test_a_signature_of_ed25519_holds_where_it_holds_in_python(options: tuple[str, ...]) -> None:
    owner = key("any", "Ed25519")
    signature = owner.sign(b"message")
    order = 2**252 + 27742317777372353535851937790883648493
    beyond = signature[:32] + (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    # Of the key that is the neutral point, whose every signature is R = sB.
    neutral = "302a300506032b6570032100" + "01" + "00" * 31
    cases = [
        (owner.spki.hex(), signature.hex()),
        (owner.spki.hex(), beyond.hex()),
        (owner.spki.hex(), bytes(64).hex()),
        (neutral, "01" + "00" * 63),
        WITH_TORSION,
    ]
    load = BY_NAME["Ed25519"].load
    expected = [load(bytes.fromhex(spki)).verify(bytes.fromhex(signature), b"message") for spki, signature in cases]
    assert expected == [True, False, False, True, False]
    without = "Object.defineProperty(globalThis, 'crypto', { value: undefined });" if options else ""
    script = f"""
        {without}
        const bytes = (text) => new Uint8Array(Buffer.from(text, "hex"));
        const message = new TextEncoder().encode("message");
        answer(([spki, signature]) => loadKey("Ed25519", bytes(spki))(bytes(signature), message));
    """
    assert answers_of("signatures.mjs", "loadKey", script, cases) == expected


def answers_of(module: str, names: str, script: str, questions: Sequence[object]) -> list[object]:
    """What a module of the verifier answers to each question, by a script that calls `answer` with its function."""
    node = shutil.which("node") or missing("node")
    whole = f"""
        import {{ readFileSync }} from "node:fs";
        const {{ {names} }} = await import(process.argv[1]);
        const questions = JSON.parse(readFileSync(0, "utf8"));
        const answer = async (one) => console.log(JSON.stringify(await Promise.all(questions.map(one))));
        {script}
    """
    command = [node, "--input-type=module", "-e", whole, str(ROOT / "static" / "verifier" / module)]
    done = subprocess.run(command, input=json.dumps(questions), capture_output=True, text=True, check=True)
    found: list[object] = json.loads(done.stdout)
    return found


def test_the_generated_cases_are_of_every_kind(generated: Questions) -> None:
    reasons = Counter(each["reason"] for each in generated.verdicts)
    assert len(generated.verdicts) == GENERATED
    assert {reason for reason, count in reasons.items() if count >= 5} >= {
        *("in_force", "malformed", "signature_invalid", "key_unknown", "key_not_in_term", "out_of_scope"),
        *("key_compromised", "revoked", "rescinded", "withdrawn", "cancelled", "void", "suspended", "superseded"),
        *("expired", "not_yet_in_force", "not_in_register", "status_unknown", "not_a_licence_code", "not_found"),
        *("trust_list_unusable", "migrated", "filing_removed"),
    }, reasons


def test_chromium_gives_the_same_verdicts(browser: Browser, vectors: Questions, generated: Questions) -> None:
    page = browser.new_context().new_page()
    page.route("https://verifier.test/**", _file)
    page.goto("https://verifier.test/tests/blank.html")
    for questions in (vectors, generated):
        found = page.evaluate(
            "given => import('/tests/verifier_world.mjs').then(world => world.answers(given))", questions.given
        )
        assert differences(questions, json.loads(found)) == []


def _file(route: Route) -> None:
    """A file of this folder, as a server would give it; nothing goes to a network."""
    path = ROOT / route.request.url.removeprefix("https://verifier.test/")
    kind = "text/javascript" if path.suffix in (".js", ".mjs") else "text/html"
    route.fulfill(body=path.read_bytes() if path.exists() else b"<!doctype html>", content_type=kind)
