"""The program of a disposable child: pictures in on its socket (descriptor 0), replies out; it ends with its parent.

Before the first picture it gives up files, sockets, core dumps and most memory. It knows no secret: its environment
holds the module path and nothing else.
"""

import contextlib
import json
import os
import resource
import signal
import socket
import sys
import time

from PIL import Image

from portal.scanning import frames
from portal.scanning.advising import advise
from portal.scanning.bounds import Bounds
from portal.scanning.decoding import NOT_A_PICTURE, decode
from portal.scanning.documents import NOT_A_DOCUMENT, pages
from portal.scanning.engines import ENGINES
from portal.scanning.image_types import ImageType, image_type
from portal.scanning.scan import Scan, ScanFailure, pack
from portal.scanning.searching import Findings, search

LOWER_PRIORITY = 10  # of 19: visitors' pages come before photos where all cores are at work


def main() -> None:
    bounds = Bounds(**json.loads(sys.argv[1]))
    os.nice(LOWER_PRIORITY)
    confine(bounds)
    # When the parent is gone, its end of the socket is closed.
    with socket.socket(fileno=0) as channel, contextlib.suppress(EOFError, ConnectionError):
        frames.send(channel, ",".join(ENGINES).encode())
        while True:
            image = frames.receive(channel, bounds.file_bytes)
            set_alarms(bounds)
            reply = pack(read(image, bounds))
            signal.setitimer(signal.ITIMER_REAL, 0)
            frames.send(channel, reply)


def confine(bounds: Bounds) -> None:
    """No file, socket or core dump from here on; only what was imported by now can be used."""
    limit(resource.RLIMIT_AS, bounds.memory_bytes)
    limit(resource.RLIMIT_CORE, 0)
    limit(resource.RLIMIT_FSIZE, 0)
    limit(resource.RLIMIT_NOFILE, 3)  # 0 the socket, 1 and 2 nowhere


def limit(what: int, value: int, *, for_good: bool = True) -> None:
    _, hard = resource.getrlimit(what)
    most = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (most, most if for_good else hard))


def set_alarms(bounds: Bounds) -> None:
    """Normally the parent kills in time; these end a child whose parent has died."""
    signal.setitimer(signal.ITIMER_REAL, bounds.wall_seconds + 1)
    limit(resource.RLIMIT_CPU, int(time.process_time()) + 1 + bounds.cpu_seconds, for_good=False)


def read(image: bytes, bounds: Bounds) -> Scan:
    until = time.monotonic() + bounds.search_seconds
    kind = image_type(image)
    if kind is None:
        return Scan(failure=ScanFailure.unsupported_type)
    try:
        pictures = list(pages(image)) if kind is ImageType.pdf else [decode(image, kind, bounds)]
        return read_pages(pictures, until, bounds)
    except (*NOT_A_PICTURE, *NOT_A_DOCUMENT):
        return Scan(failure=ScanFailure.unreadable_image)


def read_pages(pictures: list[Image.Image], until: float, bounds: Bounds) -> Scan:
    """The texts of all pages together, each page searched for its share of the time; advice is about the first."""
    findings: list[Findings] = []
    for picture in pictures:
        now = time.monotonic()
        findings.append(search(picture, now + (until - now) / (len(pictures) - len(findings))))
    if texts := dict.fromkeys(text for found in findings for text in found.texts):
        step = next(found.step for found in findings if found.step)
        return Scan(tuple(texts)[: bounds.codes], step=step)
    advice = advise(pictures[0], findings[0].unread) if pictures else None
    return Scan(failure=ScanFailure.no_code_found, advice=advice)


if __name__ == "__main__":
    main()
