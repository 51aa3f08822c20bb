"""/static/…: a few small files, kept in memory as they were at start. With its version in the query a file may be kept
for a year by whoever asks, else it is revalidated.
"""

from __future__ import annotations

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, request

from portal.web.headers import DECODER_POLICY, IMMUTABLE, REVALIDATED

STATIC = Path(__file__).parents[2] / "static"
# The machine's own table of types may lack these or have others.
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
_POLICIES = {"scan/worker.js": DECODER_POLICY}


@dataclass(frozen=True, slots=True)
class StaticFile:
    name: str
    content: bytes
    content_type: str
    version: str


class StaticFiles:
    def __init__(self, folder: Path = STATIC) -> None:
        paths = (path for path in sorted(folder.rglob("*")) if path.is_file())
        self._files = {file.name: file for file in (_read(path, folder) for path in paths)}
        self._urls = {name: f"/static/{name}?v={file.version}" for name, file in self._files.items()}

    def url(self, name: str) -> str:
        return self._urls[name]

    def install(self, app: Flask) -> None:
        app.add_url_rule("/static/<path:name>", "static", self._send)

    def _send(self, name: str) -> Response:
        file = self._files.get(name) or abort(404)
        response = Response(file.content, content_type=file.content_type)
        response.headers["Cache-Control"] = IMMUTABLE if request.args.get("v") == file.version else REVALIDATED
        if name in _POLICIES:
            response.headers["Content-Security-Policy"] = _POLICIES[name]
        response.set_etag(file.version)
        response.make_conditional(request)
        return response


def _read(path: Path, folder: Path) -> StaticFile:
    content = path.read_bytes()
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    kind = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    return StaticFile(path.relative_to(folder).as_posix(), content, kind, hashlib.sha256(content).hexdigest()[:16])
