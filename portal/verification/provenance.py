"""Who signed an envelope, and whether that key may sign it. Status lists, notices and manifests are taken only so."""

from __future__ import annotations

from portal.verification.envelope import Credential, Sign1
from portal.verification.evidence import Signer
from portal.verification.notice import Notice
from portal.verification.trust import Issuer, IssuerKey, KeyState, TrustList, Use


class NotAuthorised(ValueError):
    """No published key that may sign this has signed it; the message says why, in one line."""


def signature_holds(envelope: Sign1, key: IssuerKey) -> bool:
    """Whether the signature holds under `key`, whose record, not the message, chooses the algorithm (spec §2)."""
    if envelope.algorithm is not key.algorithm:
        return False
    return key.public_key.verify(envelope.signature, envelope.signed_bytes)


def signer_of(credential: Credential, trust_list: TrustList) -> Signer | None:
    """Whose key the credential names, and whether the signature holds; None where no published key has its id."""
    found = trust_list.find(credential.envelope.key_id)
    return Signer(*found, signature_holds(credential.envelope, found[1])) if found else None


def require_signer(
    envelope: Sign1, trust_list: TrustList, use: Use, signed_at: int, at: int, registered_at: int | None = None
) -> Issuer:
    """The issuer that signed `envelope` for `use` at `signed_at`, as of `at` (seconds, UTC); NotAuthorised otherwise.

    What a compromised key signed stands only if it was registered under a manifest signed before the compromise.
    """
    if not trust_list.is_usable(at):
        raise NotAuthorised("the trust list has expired")
    found = trust_list.find(envelope.key_id)
    if found is None:
        raise NotAuthorised(f"no published key has the id {envelope.key_id.hex()}")
    issuer, key = found
    if not signature_holds(envelope, key):
        raise NotAuthorised(f"the signature does not hold under key {key.key_id.hex()}")
    if use not in key.uses:
        raise NotAuthorised(f"key {key.key_id.hex()} is not published for use {use}")
    if not key.is_in_term(signed_at, at):
        if key.is_in_term(signed_at, signed_at):
            raise NotAuthorised("signed in the future: is this machine's clock right?")
        raise NotAuthorised(f"signed outside the term of key {key.key_id.hex()}")
    if key.state is KeyState.COMPROMISED and (registered_at is None or registered_at >= key.since):
        raise NotAuthorised(f"key {key.key_id.hex()} is compromised")
    return issuer


def require_notice_signer(
    notice: Notice, credential: Credential, trust_list: TrustList, at: int, registered_at: int | None
) -> None:
    """NotAuthorised unless the issuer of `credential` signed `notice` about this very licence."""
    about = (notice.number, notice.type_code, notice.version)
    if about != (credential.number, credential.type_code, credential.version):
        raise NotAuthorised("the notice is about another licence")
    signer = require_signer(notice.envelope, trust_list, Use.STATUS, notice.issued_at, at, registered_at)
    issuer = trust_list.find(credential.envelope.key_id)
    if issuer is None or issuer[0].id != signer.id:
        raise NotAuthorised("the notice is signed by another authority than the licence")
