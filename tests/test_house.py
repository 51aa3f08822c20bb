"""Guards of the house itself: its sizes, its locks, what may never be committed, the commands the README names."""

from __future__ import annotations

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PORTAL = ROOT / "portal"
SOURCES = sorted(PORTAL.rglob("*.py"))
LOCKS = sorted(ROOT.glob("requirements*.lock"))

# In pieces, so that this file does not find itself.
REGISTRY = re.compile(
    "pypi[.]" + "org|pythonho" + "sted|registry[.]" + "npmjs|registry[.]" + "yarnpkg|deb[.]" + "debian"
)
MACHINE_PATH = re.compile("/(work|home|root|Users)" + "/")
PRIVATE_KEY = re.compile("BEGIN [A-Z ]*" + "PRIVATE KEY")


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def committed_names() -> list[str]:
    """Every file that is committed, or would be by adding all: a guard that speaks after the commit speaks too late."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True).stdout.decode().split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


def lines_with(sought: re.Pattern[str]) -> list[str]:
    """The lines of committed text files that match; a file with a zero byte is no text."""
    contents = ((name, (ROOT / name).read_bytes()) for name in committed_names())
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, content in contents
        if b"\0" not in content
        for number, line in enumerate(content.decode(errors="replace").splitlines(), start=1)
        if sought.search(line)
    ]


def requirements(lock: Path) -> list[str]:
    """The lock's logical lines: a requirement with its hashes each."""
    return text_of(lock).replace("\\\n", " ").strip().splitlines()


def imported_modules(source: Path) -> set[str]:
    """Every module, and every name taken from one, that a file imports."""
    modules: set[str] = set()
    for node in ast.walk(ast.parse(text_of(source))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return modules


def test_no_file_of_the_portal_is_longer_than_300_lines() -> None:
    lengths = {str(source.relative_to(ROOT)): len(text_of(source).splitlines()) for source in SOURCES}
    assert {name: length for name, length in lengths.items() if length > 300} == {}
    assert lengths


def test_no_module_lies_deeper_than_one_room_of_the_portal() -> None:
    assert [str(source) for source in SOURCES if len(source.relative_to(PORTAL).parts) > 2] == []


def test_only_the_command_line_reads_the_environment_and_hands_it_on() -> None:
    rooms = {
        source.relative_to(PORTAL).parts[0]
        for source in SOURCES
        if re.search(r"\bos\.(environ|getenv)\b", text_of(source))
    }
    assert rooms <= {"cli"}


def test_nothing_in_the_portal_can_fetch_what_a_code_names() -> None:
    clients = {"aiohttp", "ftplib", "http.client", "httpx", "requests", "urllib.request", "urllib3"}
    assert {source.name: found for source in SOURCES if (found := imported_modules(source) & clients)} == {}


def test_what_a_web_server_starts_imports_no_signing_code() -> None:
    rooms = {name.split(".")[1] for name in imported_modules(ROOT / "wsgi.py") if name.startswith("portal.")}
    assert rooms <= {"assemble", "log_lines", "settings", "web"}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_is_one_version_with_its_hashes(lock: Path) -> None:
    pinned = re.compile(r"[a-z0-9.-]+==[^\s;]+( ; [^\\]+?)?( +--hash=sha256:[0-9a-f]{64})+")
    assert requirements(lock)
    assert [line[:80] for line in requirements(lock) if not pinned.fullmatch(line)] == []


def test_the_test_lock_holds_the_versions_that_are_served() -> None:
    served, tested = (set(requirements(ROOT / name)) for name in ("requirements.lock", "requirements-dev.lock"))
    assert served - tested == set()


def test_every_locked_node_package_has_a_hash_and_no_address() -> None:
    packages = json.loads(text_of(ROOT / "package-lock.json"))["packages"]
    assert packages.pop("")
    assert packages
    assert [name for name, package in packages.items() if "integrity" not in package or "resolved" in package] == []


def test_no_file_names_a_package_registry() -> None:
    assert lines_with(REGISTRY) == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert lines_with(MACHINE_PATH) == []


def test_no_file_holds_a_private_key() -> None:
    assert lines_with(PRIVATE_KEY) == []


def test_the_folder_of_published_keys_holds_public_documents_only() -> None:
    published = {"keys/README.md", "keys/root.json", "keys/trust-list.json", "keys/trust-list.json.sig"}
    assert {name for name in committed_names() if name.startswith("keys/")} <= published


def test_the_makefile_has_every_command_that_the_readme_names() -> None:
    named = set(re.findall(r"(?:^ *|`)make ([a-z][a-z-]*)", text_of(ROOT / "README.md"), flags=re.MULTILINE))
    targets = set(re.findall(r"^([a-z][a-z-]*):", text_of(ROOT / "Makefile"), flags=re.MULTILINE))
    assert {"run", "test"} <= named
    assert named - targets == set()
