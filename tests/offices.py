"""The office that keeps the published keys: a world, its keys folder and its register, and portals over them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from portal.published import PublishedFiles, publish_trust_list
from portal.register.importing import load_status_list
from portal.register.reading import RegisterReader
from portal.register.tables import open_for_writing
from portal.verification.trust import TrustList
from tests.authorities import AT
from tests.world import World


class Office:
    """A world, its keys folder and its register; a portal over them looks for changes at every question."""

    def __init__(self, folder: Path) -> None:
        self.world = World()
        self.folder = folder
        self.keys = folder / "keys"
        self.pin = hashlib.sha256(self.world.root).hexdigest()
        self.url = f"sqlite:///{folder / 'register.sqlite'}"
        self.engine = open_for_writing(self.url)
        self.world.write_keys(self.keys)

    def portal(self, at: int = AT, look_every: float = 0, *, goes_on: bool = False) -> PublishedFiles:
        return PublishedFiles(self.keys, self.pin, RegisterReader(self.url), at, look_every, goes_on=goes_on)

    def sign(self, version: int, **changes: int) -> Path:
        """A folder with the world's trust list under another version."""
        self.world.version = version
        for name, value in changes.items():
            setattr(self.world, name, value)
        source = self.folder / f"version-{version}-{len(list(self.folder.iterdir()))}"
        self.world.write_keys(source)
        (source / "root.json").unlink()
        return source

    def publish(self, source: Path, at: int = AT) -> TrustList:
        return publish_trust_list(source, self.keys, self.pin, at)

    def load_status(self, encoded: bytes) -> None:
        load_status_list(self.engine, encoded, self.world.trust_list, AT)

    def files(self) -> dict[str, bytes]:
        return {str(path.relative_to(self.keys)): path.read_bytes() for path in self.keys.rglob("*") if path.is_file()}

    def put(self, source: Path) -> None:
        """Put a list in place by hand, past the publication and its memory."""
        for name in ("trust-list.json.sig", "trust-list.json"):
            (self.keys / name).write_bytes((source / name).read_bytes())
