"""Builds the demonstration in a folder, in the same way as a real portal: keys are published, bundles and status lists
loaded. Everything is signed afresh each time, so that nothing is stale; only the private keys are kept.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from sqlalchemy import update

from portal.authority.bundles import record_line, sign_bundle
from portal.authority.signing import sign_status_list, status_list_uri
from portal.authority.signing_keys import SigningKey
from portal.authority.tables import first_second
from portal.authority.trust_lists import make_root, make_trust_list, sign_trust_list
from portal.catalogue.licence_types import Catalogue
from portal.demonstration.drafts import AGEING_LIST, STALE_LIST, all_drafts
from portal.demonstration.issuers import (
    COMPROMISED_DAYS_AGO,
    DAY,
    ISSUERS,
    NEIGHBOUR,
    ROOT_THRESHOLD,
    IssuerPlan,
    KeyRing,
    publish,
)
from portal.demonstration.licences import MadeLicence, make_licence
from portal.demonstration.samples import make_samples, write_samples
from portal.published import publish_trust_list
from portal.register.importing import load_bundle, load_status_list
from portal.register.tables import open_for_writing, records
from portal.register.transactions import writing
from portal.verification.dates import beijing_date
from portal.verification.envelope import read_credential
from portal.verification.trust import TrustList

_TRUSTED = 365 * DAY
# For each status list: how long ago it was signed, how long it is fresh, and when it ends, from now. A demonstration
# that has been running for a month has to be started again.
_LISTS = {0: (0, 30 * DAY, 60 * DAY), AGEING_LIST: (2 * DAY, DAY, 60 * DAY), STALE_LIST: (10 * DAY, DAY, -DAY)}

_MARK = "Made by `portal demo`, which replaces it at each start. All in it is made up. 演示数据,均为虚构。\n"


def build_demonstration(folder: Path, public_url: str, catalogue: Catalogue, at: int) -> dict[str, str]:
    """Build it, and return the settings to serve it with; NotADemonstration if the folder holds anything else."""
    folder = folder.resolve()
    _require_demonstration(folder)
    published_before = _published_version(folder)
    _clear(folder)
    keys = KeyRing(folder / "private")
    licences = _make_licences(keys, catalogue, at)
    root_sha256, trust_list = _publish_keys(folder, keys, published_before + 1, public_url, at)
    bundles = [bundle for issuer in ISSUERS for bundle in _sign_bundles(issuer, licences, keys, at)]
    lists = [each for issuer in ISSUERS for each in _sign_status_lists(issuer, licences, keys, public_url, at)]
    database_url = f"sqlite:///{folder / 'register.sqlite'}"
    _load(database_url, bundles, lists, trust_list, catalogue, at)
    _change_a_stored_face(database_url, licences)
    tagged = {each.draft.tag: each for each in licences if each.draft.tag}
    samples = write_samples(folder, make_samples(tagged, public_url))
    return {
        "PORTAL_PUBLIC_URL": public_url,
        "PORTAL_ROOT_SHA256": root_sha256,
        "PORTAL_KEYS_DIR": str(folder / "keys"),
        "PORTAL_DATABASE_URL": database_url,
        "PORTAL_DEMONSTRATION": "yes",
        "PORTAL_RATELIMIT_MISSES": "100 per 10 minutes",  # a visitor walks through all samples, and many are misses
        "PORTAL_SAMPLES": str(samples),
    }


class NotADemonstration(ValueError):
    """The folder holds something else, which must not be replaced; the message is one line."""


def _require_demonstration(folder: Path) -> None:
    mark = folder / "README"
    if folder.exists() and any(folder.iterdir()) and not (mark.exists() and mark.read_text("utf-8") == _MARK):
        raise NotADemonstration(f"{folder} holds something else than a demonstration")


def _clear(folder: Path) -> None:
    """Remove what an earlier demonstration left, except the private keys; git is never to see any of it."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.name != "private":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (folder / "README").write_text(_MARK, "utf-8")
    (folder / ".gitignore").write_text("*\n", "utf-8")


def _published_version(folder: Path) -> int:
    """Of the trust list of the demonstration that is there: a portal that still serves it takes the next one."""
    earlier = folder / "keys" / "trust-list.json"
    return int(json.loads(earlier.read_bytes())["version"]) if earlier.exists() else 0


def _make_licences(keys: KeyRing, catalogue: Catalogue, at: int) -> list[MadeLicence]:
    indices: dict[tuple[str, int], Iterator[int]] = {}
    licences = []
    for draft in all_drafts(beijing_date(at)):
        index = next(indices.setdefault((draft.issuer.slug, draft.status_list), count()))
        key = keys.stranger() if draft.key == "stranger" else keys.issuer_key(draft.issuer, draft.key)
        licences.append(make_licence(draft, index, catalogue, key, _status_key(draft.issuer, keys)))
    return licences


def _status_key(issuer: IssuerPlan, keys: KeyRing) -> SigningKey:
    return keys.issuer_key(issuer, "status" if "status" in issuer.plan else "main")


def _publish_keys(folder: Path, keys: KeyRing, version: int, public_url: str, at: int) -> tuple[str, TrustList]:
    root_keys = keys.root_keys()
    root = make_root(ROOT_THRESHOLD, root_keys)
    issuers = [publish(issuer, keys, public_url, _month(at)) for issuer in (*ISSUERS, NEIGHBOUR)]
    document = make_trust_list(version, at, at + _TRUSTED, issuers)
    draft, published = folder / "trust-list", folder / "keys"
    draft.mkdir()
    published.mkdir()
    (draft / "trust-list.json").write_bytes(document)
    (draft / "trust-list.json.sig").write_bytes(sign_trust_list(document, root_keys[:ROOT_THRESHOLD]))
    (published / "root.json").write_bytes(root)
    root_sha256 = hashlib.sha256(root).hexdigest()
    return root_sha256, publish_trust_list(draft, published, root_sha256, at)


def _month(at: int) -> int:
    return first_second(beijing_date(at).replace(day=1))


def _sign_bundles(
    issuer: IssuerPlan, licences: Sequence[MadeLicence], keys: KeyRing, at: int
) -> Iterator[tuple[bytes, ...]]:
    """One bundle from before the compromise of a key, with what that key had signed, and one with all the rest."""
    registered = [each for each in licences if each.draft.issuer is issuer and each.draft.registered]
    early = [line for each in registered if each.draft.key == "compromised" for line in each.lines]
    late = [line for each in registered if each.draft.key != "compromised" for line in each.lines]
    signing, before = keys.issuer_key(issuer, "main"), _month(at) - 2 * COMPROMISED_DAYS_AGO * DAY
    if early:
        yield tuple(sign_bundle(signing, early, sequence=1, issued_at=before))
    yield tuple(sign_bundle(signing, late, sequence=2, issued_at=at, follows=1 if early else None))


def _sign_status_lists(
    issuer: IssuerPlan, licences: Sequence[MadeLicence], keys: KeyRing, public_url: str, at: int
) -> Iterator[bytes]:
    for number, (age, fresh_for, ends_in) in _LISTS.items():
        drafts = [e.draft for e in licences if e.draft.issuer is issuer and e.draft.status_list == number]
        if drafts:
            yield sign_status_list(
                _status_key(issuer, keys),
                status_list_uri(public_url, issuer.id, number),
                [draft.status for draft in drafts],
                issued_at=at - age,
                ttl=fresh_for,
                expires_at=at + ends_in,
            )


def _load(
    database_url: str,
    bundles: Sequence[Sequence[bytes]],
    status_lists: Sequence[bytes],
    trust_list: TrustList,
    catalogue: Catalogue,
    at: int,
) -> None:
    engine = open_for_writing(database_url)
    for bundle in bundles:
        load_bundle(engine, bundle, trust_list, catalogue, at)
    for encoded in status_lists:
        load_status_list(engine, encoded, trust_list, at)
    engine.dispose()


def _change_a_stored_face(database_url: str, licences: Sequence[MadeLicence]) -> None:
    """What a burglar in the database would do, who cannot sign: no bundle could bring such a record in."""
    changed = next(each for each in licences if each.draft.tag == "face_changed")
    line = record_line(changed.credential, changed.face.replace("零售".encode(), "批发".encode()))
    engine = open_for_writing(database_url)
    with writing(engine) as connection:
        record = records.c.credential_id == read_credential(changed.credential).credential_id
        connection.execute(update(records).where(record).values(line=line))
    engine.dispose()
