"""A register at national scale: loading 1,000,000 signed licences, a delta of 1,000, looking up, starting; in SQLite
and in PostgreSQL. `python bench/register.py 100000 sqlite` takes fewer, in one of the two; 10000000 takes some hours.

The licences come as bundles that an authority signed, in steps of a million at most, and are judged as any are.
Judging is compared with what the same cores verify of bare signatures; looking up with the same among 10,000.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import cycle
from multiprocessing import get_context
from pathlib import Path

import holders
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from portal.authority.bundles import record_line, sign_manifest
from portal.authority.signing import LicenceClaims, sign_credential
from portal.register.importing import load_bundle
from portal.register.lines import bundle_lines
from portal.register.reading import RegisterReader
from portal.register.tables import open_for_writing
from portal.verification.bundle import MerkleTree, leaf_hash
from tests.authorities import AT, REGISTERED_AT
from tests.postgresql_servers import postgresql_server
from tests.world import CATALOGUE, World

ROOT = Path(__file__).parent.parent
CORES = len(os.sched_getaffinity(0))
FIRST, DELTA, STEP = 10_000, 1_000, 1_000_000
RETAIL = 3
LOOKUPS = 3_000


def number_of(licence: int) -> str:
    return f"辽CB0241{licence:08}"


class Authority:
    """Liaoning's, with as many shops as are asked for. Their records are signed on all cores."""

    def __init__(self, folder: Path, key: str = "esp256") -> None:
        self.world = World()
        self._folder = folder
        self._example = self.world.licence(number_of(0))
        self._key = self.world.liaoning.keys[key]

    def bundle(self, first: int, count: int, sequence: int) -> Path:
        """A bundle of the licences from number `first` on."""
        shares = [range(first + core, first + count, CORES) for core in range(CORES)]
        files = [self._folder / f"records-{core}" for core in range(CORES)]
        in_processes(self._write_records, list(zip(files, shares, strict=True)))
        path = self._folder / "bundle.ndjson"
        tree = MerkleTree(leaf_hash(line.rstrip(b"\n")) for line in _lines(files))
        follows = sequence - 1 or None
        manifest = sign_manifest(self._key, tree, sequence=sequence, issued_at=REGISTERED_AT, follows=follows)
        with path.open("wb") as bundle:
            bundle.write(json.dumps({"manifest": _base64url(manifest)}).encode() + b"\n")
            bundle.writelines(_lines(files))
        for file in files:
            file.unlink()
        return path

    def _write_records(self, file: Path, licences: range) -> None:
        pick = random.Random(licences.start)
        with file.open("wb") as records:
            for licence in licences:
                records.write(self._record(licence, pick) + b"\n")

    def _record(self, licence: int, pick: random.Random) -> bytes:
        holder = f"沈阳市{pick.choice('和铁皇大浑')}区{holders.brand_of_a_kind(pick, holders.SHOPS)}"
        usual: LicenceClaims = self._example.claims
        face = json.loads(self._example.face)
        face |= {"number": number_of(licence), "fields": {**face["fields"], "holder_name": holder}}
        document = json.dumps(face, ensure_ascii=False).encode()
        digest = hashlib.sha256(document).digest()
        claims = replace(
            usual, number=number_of(licence), holder=holder, face_digest=digest, status_index=licence % (1 << 20)
        )
        return record_line(sign_credential(self._key, claims), document)


def _lines(files: list[Path]) -> Iterator[bytes]:
    for file in files:
        with file.open("rb") as lines:
            yield from lines


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def in_processes(work: Callable[..., None], arguments: list[tuple[object, ...]]) -> None:
    processes = [get_context("fork").Process(target=work, args=each) for each in arguments]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0


def bare_rate(seconds: float = 2.0) -> float:
    """ESP256 signatures of different messages that `cryptography` verifies in a second, on all cores."""
    key, algorithm = ec.generate_private_key(ec.SECP256R1()), ec.ECDSA(SHA256())
    public, messages = key.public_key(), [b"%250d" % number for number in range(1_000)]
    signed = [(key.sign(message, algorithm), message) for message in messages]
    counts = get_context("fork").Array("q", CORES)

    def verify(core: int) -> None:
        end = time.perf_counter() + seconds
        for signature, message in cycle(signed):
            public.verify(signature, message, algorithm)
            counts[core] += 1
            if time.perf_counter() >= end:
                return

    in_processes(verify, [(core,) for core in range(CORES)])
    return sum(counts) / seconds


@dataclass(frozen=True, slots=True)
class Load:
    """How long a load took, of that to judge (seconds), and the memory of all its processes at its largest (MB)."""

    seconds: float
    judging: float
    megabytes: int


def load(authority: Authority, url: str, path: Path) -> Load:
    """In a process of its own, whose memory is looked at meanwhile."""
    judged_after = get_context("fork").Value("d", 0.0)

    def work() -> None:
        start = time.perf_counter()

        def progress(done: int, _: int) -> None:
            judged_after.value = time.perf_counter() - start

        with path.open("rb") as stream:
            lines = bundle_lines(stream)
            load_bundle(open_for_writing(url), lines, authority.world.trust_list, CATALOGUE, AT, progress=progress)

    process = get_context("fork").Process(target=work)
    start, largest = time.perf_counter(), 0.0
    process.start()
    while process.exitcode is None:
        largest = max(largest, _memory(process.pid or 0))
        process.join(0.1)
    assert process.exitcode == 0
    return Load(time.perf_counter() - start, judged_after.value, round(largest))


def _memory(pid: int) -> float:
    """Of a process and its children, in MB; pages that they share count once (the proportional set size)."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        rollups = [Path(f"/proc/{each}/smaps_rollup").read_text() for each in (str(pid), *children)]
    except OSError:
        return 0.0
    pages = (line.split()[1] for rollup in rollups for line in rollup.splitlines() if line.startswith("Pss:"))
    return sum(map(int, pages)) / 1024


def lookups(url: str, licences: int) -> tuple[float, float]:
    """Microseconds to find a licence by what was typed, and the versions of a credential's; in the middle of many."""
    reader, pick = RegisterReader(url), random.Random(7)
    numbers = [number_of(pick.randrange(licences)) for _ in range(LOOKUPS)]
    typed = [_timed(lambda number=number: reader.by_number(number)) for number in numbers]
    scanned = [_timed(lambda number=number: reader.versions(RETAIL, number)) for number in numbers]
    reader.close()
    return statistics.median(typed), statistics.median(scanned)


def _timed(question: Callable[[], object]) -> float:
    start = time.perf_counter()
    found = question()
    spent = (time.perf_counter() - start) * 1e6
    assert isinstance(found, tuple)
    assert len(found) == 1
    return spent


def start_up(authority: Authority, folder: Path, url: str) -> float:
    """Seconds from the command to the first answer, in a fresh process that imports all it needs."""
    authority.world.write_keys(folder / "keys")
    environment = {
        "PORTAL_PUBLIC_URL": "https://yz.example.gov.cn",
        "PORTAL_ROOT_SHA256": hashlib.sha256(authority.world.root).hexdigest(),
        "PORTAL_KEYS_DIR": str(folder / "keys"),
        "PORTAL_DATABASE_URL": url,
    }
    command = [sys.executable, "-m", "portal.cli", "--at", "2026-11-21T04:00:00Z", "verify", number_of(1)]
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def measure(name: str, url: str, authority: Authority, folder: Path, licences: int) -> bool:
    """Print what each step took; whether all kept to the aims."""
    print(f"\n{name}, {CORES} cores")
    done, kept = 0, True
    lines: dict[int, tuple[float, float]] = {}
    for sequence, count in enumerate((FIRST, *_steps(licences - FIRST - DELTA), DELTA), start=1):
        path = authority.bundle(done, count, sequence)
        bare = bare_rate() if count > DELTA else 0.0
        took = load(authority, url, path)
        done += count
        if count > DELTA:
            share = count / took.judging / statistics.mean((bare, bare_rate()))
            print(
                f"  {count:10,} licences in {took.seconds:7.1f} s, judged in {took.judging:7.1f} s: "
                f"{share:.2f} of {bare:,.0f} bare signatures a second (at least 0.7); {took.megabytes} MB (below 500)",
                flush=True,
            )
            kept &= took.megabytes < 500 and (share >= 0.7 or count == FIRST)
        else:
            print(f"  {count:10,} licences in {took.seconds:7.1f} s, as a delta (below 3)")
            kept &= took.seconds < 3
        lines[done] = lookups(url, done)
    for rows, (typed, scanned) in lines.items():
        ratio = max(typed / lines[FIRST][0], scanned / lines[FIRST][1])
        print(
            f"  among {rows:10,}: by number {typed:5.0f} µs, by credential {scanned:5.0f} µs, {ratio:.2f} (below 1.3)"
        )
        kept &= ratio < 1.3
    started = start_up(authority, folder, url)
    print(f"  started and answered after {started:.1f} s (below 3)", flush=True)
    return kept and started < 3


def _steps(licences: int) -> list[int]:
    whole, rest = divmod(licences, STEP)
    return [STEP] * whole + [rest] * (rest > 0)


def main() -> None:
    licences = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    databases = sys.argv[2:] or ["sqlite", "postgresql"]
    kept = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for database in databases:
            settings = {"shared_buffers": "512MB", "max_wal_size": "8GB"}
            server = postgresql_server(**settings) if database == "postgresql" else nullcontext()
            with server as running:
                url = running.url if running else f"sqlite:///{folder / 'register.sqlite'}"
                kept &= measure(database, url, Authority(folder), folder, licences)
    sys.exit(not kept)


if __name__ == "__main__":
    main()
