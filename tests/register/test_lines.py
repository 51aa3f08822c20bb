"""A bundle's lines: plain or gzip, from files and pipes, and never more in memory than one of them."""

from __future__ import annotations

import base64
import gzip
import io
import os
import random
import zlib
from collections.abc import Callable

import pytest

from portal.register.lines import MAX_LINE_BYTES, UnreadableLine, bundle_lines

TEXT = "一\n二 \r\n\nlast".encode()
LINES = ["一".encode(), "二 \r".encode(), b"", b"last"]


FILES = {
    "plain": TEXT,
    "gzip": gzip.compress(TEXT),
    "gzip in two members": gzip.compress(TEXT[:4]) + gzip.compress(TEXT[4:]),
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES.keys())
def test_lines_are_the_same_plain_or_compressed(content: bytes) -> None:
    assert list(bundle_lines(io.BytesIO(content))) == LINES


def test_lines_are_read_from_a_pipe() -> None:
    reading, writing = os.pipe()
    with open(writing, "wb") as pipe:
        pipe.write(gzip.compress(TEXT))
    with open(reading, "rb") as pipe:
        assert list(bundle_lines(pipe)) == LINES


def test_an_empty_file_has_no_lines() -> None:
    assert list(bundle_lines(io.BytesIO())) == []


def test_the_stream_stays_open_for_its_owner() -> None:
    stream = io.BytesIO(TEXT)
    lines = bundle_lines(stream)
    next(lines)
    lines.close()  # type: ignore[attr-defined]  # it is a generator
    assert not stream.closed


def test_a_line_of_the_greatest_length_is_read_and_a_longer_one_is_not() -> None:
    longest = b"x" * (MAX_LINE_BYTES - 1) + b"\n"
    lines = bundle_lines(io.BytesIO(longest + b"x" + longest))
    assert next(lines) == longest[:-1]
    with pytest.raises(UnreadableLine, match="longer than 262144 bytes"):
        next(lines)


class EndlessLine(io.RawIOBase):
    """Gzip of a text without a newline; whoever wants to have all of it fails."""

    def __init__(self) -> None:
        self._packer = zlib.compressobj(wbits=31)
        self._text = base64.b64encode(random.Random(1).randbytes(64 * 1024))
        self._given = 0
        self._packed = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # narrower than any buffer
        while not self._packed:
            self._given += len(self._text)
            assert self._given < 4 << 20, "read on after the greatest length"
            self._packed = self._packer.compress(self._text)
        now, self._packed = self._packed[: len(buffer)], self._packed[len(buffer) :]
        buffer[: len(now)] = now
        return len(now)


def test_an_endless_line_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(UnreadableLine, match="longer than"):
        next(bundle_lines(EndlessLine()))  # type: ignore[arg-type]  # a raw stream is a stream of bytes


PACKED = gzip.compress(TEXT * 1000)
BROKEN: dict[str, Callable[[], bytes]] = {
    "cut off": lambda: PACKED[:-20],
    "cut off in its header": lambda: PACKED[:4],
    "a bit flipped": lambda: PACKED[:40] + bytes([PACKED[40] ^ 1]) + PACKED[41:],
    "followed by something else": lambda: PACKED + b"more",
    "with a wrong checksum": lambda: PACKED[:-8] + bytes(8),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN.keys())
def test_broken_compression_is_an_unreadable_line(content: Callable[[], bytes]) -> None:
    with pytest.raises(UnreadableLine, match="gzip: "):
        list(bundle_lines(io.BytesIO(content())))
