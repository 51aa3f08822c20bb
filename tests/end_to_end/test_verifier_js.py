"""One verifier in two languages: the browser's gives the verdicts of Python's, in node and in Chromium."""

from __future__ import annotations

import base64
import itertools
import json
import random
import shutil
import subprocess
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cbor2
import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Route

from portal.assemble import Portal, assemble
from portal.authority.trust_lists import sign_trust_list
from portal.cli import main
from portal.evidence_documents import check_evidence
from portal.settings import Settings
from portal.verdict_json import verdict_json
from portal.verification.algorithms import BY_NAME
from portal.verification.dates import EARLIEST, parse_timestamp
from portal.verification.statuses import read_status, read_status_list
from tests import test_evidence_documents as evidence
from tests.authorities import key
from tests.oracles import missing
from tests.tampering import with_bit_flipped
from tests.test_vectors import CASES, FACTS
from tests.test_vectors import WORLD as VECTORS
from tests.verification import test_face, test_statuses, test_strict_cbor, test_trust
from tests.verification.test_bundle import MANIFESTS
from tests.verification.test_dates import NO_TIMES
from tests.verification.test_envelope import CREDENTIALS
from tests.verification.test_face import ADDRESSES, face_with
from tests.verification.test_notice import NOTICES
from tests.verification.test_strict_json import BASE64, BASE64URL, DOCUMENTS
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
    documents = [(document, cases.root_sha256) for document in _documents(cases)]
    documents += [(documents[0][0], root) for root in (None, "0" * 64)]
    given = {
        "worlds": inputs,
        "cases": [asdict(case) for case in asked],
        "documents": [{"document": base64_of(document), "root": root} for document, root in documents],
    }
    answers = [expected(portals[case.world].verifier, case) for case in asked]
    return Questions(given, answers, [_checked(*each) for each in documents])


cases = evidence.cases


def _documents(cases: evidence.Cases) -> list[bytes]:
    genuine = [evidence.saved(cases, name).document for name in evidence.NAMES]
    tampered = (evidence.tampered(cases, name) for name in evidence.TAMPERED)
    misfits = (evidence.misfit(cases, name) for name in evidence.MISFITS)
    return [*genuine, *tampered, *misfits, evidence.by_a_thief(cases), evidence.contradicted_by_a_thief(cases)]


def _checked(document: bytes, root_sha256: str | None) -> dict[str, Any]:
    checked = check_evidence(document, CATALOGUE, root_sha256)
    verdict = json.loads(json.dumps(verdict_json(checked.verdict))) if checked.verdict else None
    parts = [list(each.parts) for each in checked.discrepancies]
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


@pytest.mark.parametrize(("reader", "table"), [("fromBase64", BASE64), ("fromBase64Url", BASE64URL)])
def test_bytes_are_read_from_base64_as_in_python(reader: str, table: dict[str, tuple[str, bytes | None]]) -> None:
    script = f"""
        answer((text) => {{ const read = {reader}(text); return read && Buffer.from(read).toString("base64"); }});
    """
    found = answers_of("bytes.mjs", reader, script, [written for written, _ in table.values()])
    assert dict(zip(table, found, strict=True)) == {name: base64_of(content) for name, (_, content) in table.items()}


CBOR = {str(why): (bytes.fromhex(encoded), False) for encoded, why in test_strict_cbor.REFUSED}
CBOR |= {f"{value}": (cbor2.dumps([value, {value: 0}]), True) for value in test_strict_cbor.HEADS}
CBOR |= {f"{-1 - value}": (cbor2.dumps([-1 - value, {-1 - value: 0}]), True) for value in test_strict_cbor.HEADS}
CBOR |= {f"{size} long": (cbor2.dumps(["a" * size, [0] * size]), True) for size in test_strict_cbor.HEADS[:6]}
CBOR |= {
    "a key of 32 bytes": (cbor2.dumps({"水" * 10 + "ab": 0}), True),
    "64 pairs": (cbor2.dumps(dict.fromkeys(range(64), 0)), True),
    "six deep": (cbor2.dumps([[[[[[0]]]]]]), True),
    "six maps deep": (cbor2.dumps({0: {0: {0: {0: {0: {0: 0}}}}}}), True),
    "seven maps deep": (cbor2.dumps({0: {0: {0: {0: {0: {0: {0: 0}}}}}}}), False),
    "booleans": (cbor2.dumps([True, False]), True),
}
LISTS = {f"refused: {name}": (encoded, False) for name, encoded in test_statuses.REFUSED.items()}
LISTS |= {name: (encoded, True) for name, encoded in test_statuses.READ.items()}
READERS = {
    "credentials": ("envelope.mjs", "readCredential", CREDENTIALS),
    "notices": ("records.mjs", "readNotice", NOTICES),
    "manifests": ("records.mjs", "readManifest", MANIFESTS),
    "status lists": ("statuses.mjs", "readStatusList", LISTS),
    "CBOR": ("cbor.mjs", "decode", CBOR),
}
IS_READ = """
    const refusals = ["Malformed", "NotDeterministic", "TrustListRefused", "Unexpected"];
    const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
    const isRead = async (read) => {
      try { await read(); return true; }
      catch (error) { return refusals.includes(error.constructor.name) ? false : String(error); }
    };
"""


@pytest.mark.parametrize(("module", "reader", "table"), READERS.values(), ids=READERS)
def test_what_authorities_sign_is_read_or_refused_as_in_python(
    module: str, reader: str, table: dict[str, tuple[bytes, bool]]
) -> None:
    script = f"{IS_READ} answer((encoded) => isRead(() => {reader}(bytes(encoded))));"
    found = answers_of(module, reader, script, [base64_of(encoded) for encoded, _ in table.values()])
    assert dict(zip(table, found, strict=True)) == {name: is_read for name, (_, is_read) in table.items()}


def test_a_status_list_says_of_each_licence_at_each_time_what_it_says_in_python() -> None:
    encoded = test_statuses.status_list()
    times = [test_statuses.AT + later for later in (-1, 0, 99, 100, 999, 1000)]
    questions = [(index, at) for index in range(9) for at in times]
    readings = [read_status(read_status_list(encoded), *each) for each in questions]
    expected = [[None if each.value is None else each.value.name.lower(), each.freshness] for each in readings]
    script = f"""
        const list = readStatusList(new Uint8Array(Buffer.from("{base64_of(encoded)}", "base64")));
        const read = (index, at) => {{
          const {{ value, freshness }} = readStatus(list, index, at);
          return [value, freshness];
        }};
        answer(([index, at]) => read(index, at));
    """
    assert answers_of("statuses.mjs", "readStatusList, readStatus", script, questions) == expected


def test_a_face_is_refused_as_in_python() -> None:
    credential = base64.urlsafe_b64encode(World().licence().encoded).decode()
    faces = {row.id: row.values[0] for row in test_face.REFUSED}
    lines = [json.dumps({"credential": credential, "face": face.decode()}) for face in faces.values()]
    script = f"{IS_READ} answer((line) => isRead(() => readRecord(new TextEncoder().encode(line))));"
    assert dict(zip(faces, answers_of("records.mjs", "readRecord", script, lines), strict=True)) == dict.fromkeys(
        faces, False
    )


def test_the_published_keys_are_accepted_or_refused_as_in_python() -> None:
    document, root = test_trust.DOCUMENT, test_trust.ROOT.document
    cases: dict[str, tuple[tuple[bytes, bytes, bytes], bool]] = {}
    for rows, is_accepted in ((test_trust.ENOUGH, True), (test_trust.TOO_FEW, False)):
        for row in rows:
            signatures = test_trust.signature_file(*row.values[0])
            cases[f"signed by {row.id}"] = (document, signatures, root), is_accepted
    for change in test_trust.CHANGES:
        changed = test_trust.changed_list(change)
        cases[change] = (changed, sign_trust_list(changed, test_trust.KEYS[:2]), root), False
    signatures = sign_trust_list(document, test_trust.KEYS[:2])
    for change in test_trust.ROOT_CHANGES:
        cases[f"root: {change}"] = (document, signatures, test_trust.changed_root(change)), False
    script = f"""
        {IS_READ}
        answer(([document, signatures, root]) => isRead(
          () => readTrustList(bytes(document), bytes(signatures), readRoot(bytes(root))),
        ));
    """
    questions = [[base64_of(part) for part in parts] for parts, _ in cases.values()]
    found = answers_of("trust.mjs", "readTrustList, readRoot", script, questions)
    assert dict(zip(cases, found, strict=True)) == {name: is_accepted for name, (_, is_accepted) in cases.items()}


def test_a_time_is_read_as_in_python() -> None:
    texts = [*(row.values[0] for row in NO_TIMES), "2026-11-21T04:00:00Z", "0001-01-02T00:00:00Z"]
    found = answers_of("dates.mjs", "parseTimestamp", "answer((text) => parseTimestamp(text));", texts)
    assert found == [*[None] * len(NO_TIMES), 1_795_233_600, EARLIEST]


MOST = 2_000


def _streams(chance: random.Random) -> list[bytes]:
    """What zlib writes in each of its ways, whole and damaged."""
    texts = (b"", b"a", bytes(MOST), bytes(MOST + 1), chance.randbytes(300), b"abcabcabd" * 40, bytes(range(256)) * 3)
    ways = ((0, zlib.Z_DEFAULT_STRATEGY), (9, zlib.Z_DEFAULT_STRATEGY), (9, zlib.Z_FIXED), (9, zlib.Z_HUFFMAN_ONLY))
    streams = []
    for text, (level, strategy) in itertools.product(texts, ways):
        writer = zlib.compressobj(level, zlib.DEFLATED, 15, 8, strategy)
        whole = writer.compress(text) + writer.flush()
        streams += [whole, whole[:-1], whole + b"\0", whole[:2] + whole[3:]]
        streams += [with_bit_flipped(whole, chance.randrange(8 * min(len(whole), 40))) for _ in range(60)]
    return [*streams, *(zlib.compress(b"a")[:2] + chance.randbytes(chance.randrange(1, 60)) for _ in range(500))]


def _inflated(stream: bytes) -> str | None:
    inflater = zlib.decompressobj()
    try:
        content = inflater.decompress(stream, MOST)
    except zlib.error:
        return None
    is_whole = inflater.eof and not inflater.unconsumed_tail and not inflater.unused_data
    return base64_of(content) if is_whole else None


def test_what_was_compressed_is_inflated_or_refused_as_in_python() -> None:
    streams = _streams(random.Random(SEED))
    script = f"""
        answer((stream) => {{
          const found = inflate(new Uint8Array(Buffer.from(stream, "base64")), {MOST});
          return found && Buffer.from(found).toString("base64");
        }});
    """
    found = answers_of("inflate.mjs", "inflate", script, [base64_of(stream) for stream in streams])
    expected = [_inflated(stream) for stream in streams]
    assert found == expected
    assert 20 < len([each for each in expected if each is not None]) < len(streams) / 2


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
