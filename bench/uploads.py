"""The verdict page while 50 visitors at once upload the worst pictures there are, on a server as `portal serve` starts
it: its 95th percentile, what the uploads are told, and that nothing is left behind, in memory or as a process.
`--uploads N` sends N ordinary photos after that and says what memory they left taken."""

from __future__ import annotations

import argparse
import http.client
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pages
import prints

from tests.scanning.pictures import finder_wall

AT_ONCE = 50
AT_MOST = 0.150  # seconds, for the page's 95th percentile
BOUNDARY = "part"
UNLIMITED = {f"PORTAL_RATELIMIT_{door}": "900000000 per minute" for door in ("VERIFY", "LOOKUP", "UPLOAD", "MISSES")}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--uploads", type=int, default=1000)
    count = options.parse_args().uploads
    with tempfile.TemporaryDirectory() as folder:
        portal = pages.demonstration(Path(folder)) | UNLIMITED
        paths = [f"/v/{token}" for token in pages.tokens(Path(folder))]
        with pages.running([sys.executable, "-m", "portal.cli", "serve"], pages.ROOT, portal) as (server, port):
            page_times(port, paths, 3)  # warms both workers up
            quiet = page_times(port, paths, 3)
            with ThreadPoolExecutor(AT_ONCE) as visitors:
                told = [visitors.submit(upload, port, picture) for picture in worst_pictures()]
                busy = page_times(port, paths, 8)
            report_pages(quiet, busy, Counter(each.result() for each in told))
            report_leaks(server, port, count)
            theirs = descendants(server)
        print(f"  processes left 10 s after the server has ended: {still_there(theirs, 10)} of {len(theirs)}")


def worst_pictures() -> list[bytes]:
    """Half of them hold an engine until it is killed, the others are as large as a picture may be."""
    return [finder_wall(), prints.noise_of_48_megapixels()] * (AT_ONCE // 2)


def upload(port: int, picture: bytes) -> str:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; filename="photo.jpg"\r\n\r\n'.encode()
    body = head + picture + f"\r\n--{BOUNDARY}--\r\n".encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", "/scan", body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    again = answer.getheader("Retry-After")
    return f"{answer.status}" + (f", come back after {again} s" if again else "")


def page_times(port: int, paths: list[str], seconds: float) -> list[float]:
    """Times of verdict pages, one after the other, each on a connection of its own, 20 a second at most."""
    times, until = [], time.perf_counter() + seconds
    while (start := time.perf_counter()) < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", paths[len(times) % len(paths)])
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 200, answer.status
        times.append(time.perf_counter() - start)
        time.sleep(max(0.0, 0.05 - times[-1]))
    return times


def report_pages(quiet: list[float], busy: list[float], told: Counter[str]) -> None:
    print(f"\nVerdict page, two workers, {AT_ONCE} worst uploads at once")
    late = [statistics.quantiles(times, n=20)[-1] for times in (quiet, busy)]
    for name, times, tail in zip(("without uploads", "meanwhile"), (quiet, busy), late, strict=True):
        print(f"  {name:20s}median {statistics.median(times) * 1000:5.0f} ms   95th percentile {tail * 1000:5.0f} ms")
    mark = "ok" if late[1] <= AT_MOST else "ABOVE"
    print(f"  95th percentile / {AT_MOST * 1000:.0f} ms = {late[1] / AT_MOST:.2f}   at most 1   {mark}")
    print("  the uploads were told: " + "; ".join(f"{status}: {count}" for status, count in sorted(told.items())))


def report_leaks(server: int, port: int, count: int) -> None:
    chance = random.Random(2)
    photo = prints.photograph(prints.licence_code(13, chance), prints.Spoilt(), chance)
    warm, kept = count // 5, []
    for number in range(count):
        told = upload(port, photo)
        assert told.startswith("200"), told
        if number in (warm, count - 1):
            kept.append(sum(resident(pid) for pid in (server, *descendants(server)) if not is_scanning(pid)))
    if count:
        print(f"  {count} photos: the server took {kept[0]:.0f} MiB after {warm} of them, {kept[1]:.0f} MiB after all")


def descendants(pid: int) -> list[int]:
    threads = list(Path("/proc", str(pid), "task").iterdir())
    children = {int(child) for thread in threads for child in (thread / "children").read_text().split()}
    return [each for child in sorted(children) for each in (child, *descendants(child))]


def still_there(processes: list[int], seconds: float) -> int:
    """How many, when all are gone or after so many seconds."""
    until = time.monotonic() + seconds
    while (left := sum(Path("/proc", str(pid)).exists() for pid in processes)) and time.monotonic() < until:
        time.sleep(0.1)
    return left


def is_scanning(pid: int) -> bool:
    return b"portal.scanning.child" in Path("/proc", str(pid), "cmdline").read_bytes()


def resident(pid: int) -> float:
    """MiB of the process that are its own."""
    status = Path("/proc", str(pid), "status").read_text()
    return int(status.partition("RssAnon:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
