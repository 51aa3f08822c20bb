"""The lines of a bundle, from a file or a pipe, plain or gzip: one at a time, in bounded memory."""

from __future__ import annotations

import contextlib
import gzip
import io
import zlib
from collections.abc import Iterator
from typing import IO, cast

# A record: 768 bytes of credential in base64, a face of 32 KiB (JSON writes some characters as six), a notice.
MAX_LINE_BYTES = 256 * 1024
_GZIP_MAGIC = b"\x1f\x8b"


class UnreadableLine(ValueError):
    """The next line cannot be read; the message says why, in one line."""


def bundle_lines(stream: IO[bytes]) -> Iterator[bytes]:
    """The lines without their newlines; UnreadableLine where one is too long or the compression is broken."""
    # Its annotation asks for a raw stream, but it uses nothing that other binary streams lack.
    reader = io.BufferedReader(cast(io.RawIOBase, stream))
    source = gzip.GzipFile(fileobj=reader) if reader.peek(2)[:2] == _GZIP_MAGIC else reader
    try:
        while line := source.readline(MAX_LINE_BYTES + 1):
            if len(line) > MAX_LINE_BYTES:
                raise UnreadableLine(f"longer than {MAX_LINE_BYTES} bytes")
            yield line.removesuffix(b"\n")
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnreadableLine(f"gzip: {error}") from error
    finally:
        with contextlib.suppress(ValueError):  # the caller may have closed the stream, which is theirs
            reader.detach()
