"""What authorities published, byte for byte, for any verifier: the keys, face documents by digest, status lists."""

from __future__ import annotations

import hashlib
import json

from flask import Blueprint, Response, abort, request
from werkzeug.exceptions import ServiceUnavailable

from portal.verification.dates import format_timestamp
from portal.verification.evidence import RegisterUnavailable
from portal.verification.statuses import CONTENT_TYPE as STATUS_LIST
from portal.web.headers import IMMUTABLE, REVALIDATED
from portal.web.jwks import CONTENT_TYPE as JWK_SET
from portal.web.jwks import key_set
from portal.web.parts import parts
from portal.web.responses import AFTER_AN_OUTAGE

JSON = "application/json"
NDJSON = "application/x-ndjson"
_HALF_A_YEAR = 180 * 86_400
_DAY = 86_400

published = Blueprint("published", __name__)


@published.get("/.well-known/licence-trust-list.json")
def trust_list() -> Response:
    return _file(parts().verifier.published.trust_list(parts().clock()).document, JSON)


@published.get("/.well-known/licence-trust-list.json.sig")
def trust_list_signatures() -> Response:
    return _file(parts().verifier.published.trust_list(parts().clock()).signatures, JSON)


@published.get("/.well-known/licence-root.json")
def root() -> Response:
    return _file(parts().verifier.published.root.document, JSON)


@published.get("/keys/jwks.json")
def jwks() -> Response:
    return _file(key_set(parts().verifier.published.trust_list(parts().clock())), JWK_SET)


@published.get("/keys/history/<name>")
def past_file(name: str) -> Response:
    document = parts().verifier.published.past_file(name)
    return _file(document or abort(404), NDJSON if name.endswith(".ndjson") else JSON)


@published.get("/.well-known/security.txt")
def security_txt() -> Response:
    settings = parts().settings
    # RFC 9116: at most a year ahead. By whole days, so that the file is the same all day long.
    expires = (parts().clock() // _DAY) * _DAY + _HALF_A_YEAR
    lines = (
        f"Contact: {settings.contact}",
        f"Expires: {format_timestamp(expires)}",
        "Preferred-Languages: zh, en",
        f"Canonical: {settings.public_url}/.well-known/security.txt",
    )
    return _file(("\n".join(lines) + "\n").encode(), "text/plain; charset=utf-8")


@published.get("/faces/<digest>.json")
def face(digest: str) -> Response:
    # One spelling of each address: an immutable file has one place in a cache.
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        abort(404)
    document = parts().verifier.register.face(bytes.fromhex(digest))
    if isinstance(document, RegisterUnavailable):
        raise ServiceUnavailable(retry_after=int(AFTER_AN_OUTAGE))
    return _file(document or abort(404), JSON, IMMUTABLE)


@published.get("/statuslists")
def status_lists() -> Response:
    """The address of each status list, as an aggregation in JSON (draft-ietf-oauth-status-list, 9.3)."""
    lists, base = parts().verifier.published.status_lists(parts().clock()), parts().settings.public_url
    addresses = sorted(f"{base}/statuslists/{each.issuer_id}/{each.list_number}" for each in lists)
    return _file(json.dumps({"status_lists": addresses}).encode(), JSON)


@published.get("/statuslists/<issuer_id>/<int:number>")
def status_list(issuer_id: str, number: int) -> Response:
    found = parts().verifier.published.status_list(issuer_id, number, parts().clock())
    if found is None:
        abort(404)
    return _file(found.envelope.encoded, STATUS_LIST)


def _file(document: bytes, content_type: str, cache: str = REVALIDATED) -> Response:
    response = Response(document, content_type=content_type)
    response.headers["Cache-Control"] = cache
    # Signed and public: a verifier of somebody else's may read them from any page.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.set_etag(hashlib.sha256(document).hexdigest())
    response.make_conditional(request)
    return response
