"""The register's bytes → records and notices. The database is not believed: what cannot be read or was not signed is
left out, with an alarm in the log.
"""

from __future__ import annotations

import logging
from functools import lru_cache

from portal.sources import StoredLicence
from portal.verification.bundle import Record, read_record
from portal.verification.envelope import Credential, Malformed
from portal.verification.notice import Notice, read_notice
from portal.verification.provenance import NotAuthorised, require_notice_signer
from portal.verification.strict_json import Unexpected
from portal.verification.trust import TrustList

_log = logging.getLogger(__name__)

# Reading is pure, and a code on a wall is asked for again and again. Signatures are never remembered.
_read_record = lru_cache(maxsize=1024)(read_record)


def read_stored(stored: StoredLicence) -> Record | None:
    """The record as it was signed; None where the database's bytes are no longer a record."""
    try:
        return _read_record(stored.line)
    except (Malformed, Unexpected) as error:
        _log.error("integrity: stored record %s cannot be read: %s", stored.credential_id.hex(), error)
        return None


def read_stored_notice(
    encoded: bytes | None, credential: Credential, trust_list: TrustList, at: int, registered_at: int | None
) -> Notice | None:
    """The notice if an authority signed it about this licence; the database's word alone proves no notice."""
    if encoded is None:
        return None
    try:
        notice = read_notice(encoded)
        require_notice_signer(notice, credential, trust_list, at, registered_at)
    except (Malformed, NotAuthorised) as error:
        _log.error("integrity: notice of record %s is refused: %s", credential.credential_id.hex(), error)
        return None
    return notice
