"""Evidence for a licence in force, from the tests' world, and how it is changed: real signatures, no database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from portal.verification.evidence import Evidence, InRegister
from portal.verification.face import read_face
from portal.verification.provenance import signer_of
from portal.verification.statuses import StatusReading, StatusValue, read_status, read_status_list
from portal.verification.verdict import Registration
from tests.authorities import AT, REGISTERED_AT
from tests.world import CATALOGUE, Issued, World

REGISTRATION = Registration(manifest_sequence=1, manifest_signed_at=REGISTERED_AT, taken_at=REGISTERED_AT + 600)


def evidence_for(world: World, issued: Issued, **changes: Any) -> Evidence:
    """All evidence on a licence of the world as of AT, taken from what its authorities signed."""
    credential, trust_list = issued.credential, world.trust_list
    status_list = read_status_list(issued.authority.status_list())
    evidence = Evidence(
        credential=credential,
        at=AT,
        trust_list=trust_list,
        signer=signer_of(credential, trust_list),
        licence_type=CATALOGUE.by_code.get(credential.type_code),
        provinces=CATALOGUE.provinces,
        register=InRegister(REGISTRATION, read_face(issued.face), as_of=REGISTERED_AT),
        status=read_status(status_list, credential.status_index, AT),
    )
    return evidence._replace(**changes)


def status(value: StatusValue | None, *, signed: int = AT - 60, ttl: int = 3600, lasts: int = 86400) -> StatusReading:
    """What a list signed at `signed` says at AT."""
    issued = World().liaoning.status_list(signed)
    read = read_status(replace(read_status_list(issued), ttl=ttl, expires_at=signed + lasts), 0, AT)
    return read._replace(value=value)
