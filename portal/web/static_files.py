"""/static/…: a few small files, kept in memory as they were at start. With its version in the query a file may be kept
for a year by whoever asks, else it is revalidated.

Modules import one another by their versions: whoever comes back asks for none of them again.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, request

from portal.web.headers import DECODER_POLICY, IMMUTABLE, REVALIDATED
from portal.web.script_modules import all_imports, imports_of, with_addresses

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
    """`imports`: the names of the modules that it imports."""

    content: bytes
    content_type: str
    version: str
    imports: Sequence[str]


class StaticFiles:
    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder
        self._files: dict[str, StaticFile] = {}
        for path in folder.rglob("*"):
            if path.is_file():
                self._file(path.relative_to(folder).as_posix())

    def url(self, name: str) -> str:
        return f"/static/{name}?v={self._files[name].version}"

    def imported_urls(self, name: str) -> list[str]:
        """Of all modules that a module needs, for a page to ask for at once: a browser finds them one by one."""
        return [self.url(each) for each in all_imports(name, lambda importer: self._files[importer].imports)]

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

    def _file(self, name: str) -> StaticFile:
        if name not in self._files:
            self._files[name] = self._read(name)
        return self._files[name]

    def _read(self, name: str) -> StaticFile:
        path = self._folder / name
        content, imports = path.read_bytes(), list[str]()
        if path.suffix in (".js", ".mjs"):
            source = content.decode("utf-8")
            imports = imports_of(name, source)
            content = with_addresses(name, source, self._with_version).encode()
        kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        kind = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        return StaticFile(content, kind, hashlib.sha256(content).hexdigest()[:16], imports)

    def _with_version(self, name: str, address: str) -> str:
        return f"{address}?v={self._file(name).version}"
