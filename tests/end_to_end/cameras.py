"""Films for the browser's fake camera: Motion JPEG, which is JPEG pictures one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.end_to_end.browsing import launched
from tests.scanning.pictures import encoded

FRAME = (1280, 720)
WALL = (168, 162, 150)
NOT_ASKED = "--use-fake-ui-for-media-stream"


def filmed(path: Path, frames: Sequence[Image.Image]) -> Path:
    """A film of these frames, which the fake camera repeats."""
    pictures = {id(frame): encoded(frame, "JPEG", quality=80) for frame in frames}
    path.write_bytes(b"".join(pictures[id(frame)] for frame in frames))
    return path


def frame_with(code: Image.Image | None, side: int, at: tuple[int, int] = (0, 0)) -> Image.Image:
    """A wall with a code `side` pixels wide on it, its middle `at` so far from the middle of the frame."""
    frame = Image.new("RGB", FRAME, WALL)
    if code is not None:
        drawn = code.convert("RGB").resize((side, side), Image.Resampling.LANCZOS)
        frame.paste(drawn, tuple((FRAME[axis] - side) // 2 + at[axis] for axis in (0, 1)))
    return frame


def unsteady(code: Image.Image, side: int) -> list[Image.Image]:
    """A code as a hand that is not quite still films it."""
    return [frame_with(code, side + 2 * (step % 3), (step % 5 * 3, step % 4 * 2)) for step in range(20)]


def with_camera(browser: Browser, film: Path) -> AbstractContextManager[Browser]:
    """A second browser, beside `browser`, whose camera shows a film, and may be used without asking."""
    return launched(
        browser.browser_type,
        NOT_ASKED,
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )


def with_two_cameras(browser: Browser) -> AbstractContextManager[Browser]:
    return launched(browser.browser_type, NOT_ASKED, "--use-fake-device-for-media-stream=device-count=2")


def with_a_camera_refused(browser: Browser) -> AbstractContextManager[Browser]:
    return launched(browser.browser_type, "--deny-permission-prompts", "--use-fake-device-for-media-stream")
