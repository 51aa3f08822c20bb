"""What the scanner in the page does in a browser, with the vendored decoder: decodes a second while it reads nothing,
and the time to the verdict from the tap and from a photo. The camera films 30 frames a second."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.end_to_end.browsing import Visit, chromium, visit
from tests.end_to_end.cameras import filmed, frame_with, unsteady, with_camera
from tests.end_to_end.served import Demonstration, demonstration_served

ROUNDS, SECONDS = 5, 4
AIM = 15
PANEL = "[data-live-scan]"


def main() -> None:
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        with demonstration_served(folder / "demonstration") as demonstration:
            code = Image.open(demonstration.sample("in_force").picture)
            cut_off = [frame_with(code, 600, (480, step)) for step in range(0, 40, 4)]
            for what, frames in (("a wall", [frame_with(None, 0)]), ("a code that is cut off", cut_off)):
                with at_the_camera(browser, demonstration, filmed(folder / "film.mjpeg", frames)) as visitor:
                    rate = decodes_per_second(visitor)
                print(f"  {what:30s}{rate:6.1f} decodes a second   at least {AIM}  {'ok' if rate >= AIM else 'BELOW'}")
            with at_the_camera(browser, demonstration, filmed(folder / "film.mjpeg", unsteady(code, 300))) as visitor:
                show("from the tap to the verdict", [from_tap_to_verdict(visitor) for _ in range(ROUNDS)])
                picture = demonstration.sample("in_force").picture
                show("from a photo to the verdict", [from_photo_to_verdict(visitor, picture) for _ in range(ROUNDS)])


@contextmanager
def at_the_camera(browser: Browser, demonstration: Demonstration, film: Path) -> Iterator[Visit]:
    with with_camera(browser, film) as camera, visit(camera, demonstration.url) as visitor:
        yield visitor


def decodes_per_second(visitor: Visit) -> float:
    visitor.open("/")
    visitor.page.click("[data-part=start]")
    visitor.page.wait_for_selector(f"{PANEL}[data-decodes]")
    before, began = decodes(visitor), time.monotonic()
    visitor.page.wait_for_timeout(SECONDS * 1000)
    return (decodes(visitor) - before) / (time.monotonic() - began)


def decodes(visitor: Visit) -> int:
    return int(visitor.page.locator(PANEL).get_attribute("data-decodes") or 0)


def from_tap_to_verdict(visitor: Visit) -> float:
    visitor.open("/")
    began = time.monotonic()
    visitor.page.click("[data-part=start]")
    visitor.page.wait_for_url("**/v/*")
    return time.monotonic() - began


def from_photo_to_verdict(visitor: Visit, picture: Path) -> float:
    visitor.open("/")
    began = time.monotonic()
    visitor.page.set_input_files("input[type=file]", picture)
    visitor.page.wait_for_url("**/v/*")
    return time.monotonic() - began


def show(what: str, seconds: Sequence[float]) -> None:
    print(f"  {what:30s}{statistics.median(seconds):6.2f} s, median of {len(seconds)}")


if __name__ == "__main__":
    main()
