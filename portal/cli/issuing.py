"""`portal authority …`: the issuing bench, for an authority that has no system of its own yet."""

from __future__ import annotations

import click

from portal.authority.faces import FaceRefused
from portal.authority.signing import Unsignable
from portal.authority.signing_keys import KeyRefused
from portal.authority.sm2_signing import Sm2Unavailable
from portal.authority.tables import TableRefused
from portal.cli import changing_keys, printing, publishing_keys, signing_records, signing_statuses
from portal.verification.trust import TrustListRefused

_REFUSALS = (
    FaceRefused,
    KeyRefused,
    Sm2Unavailable,
    TableRefused,
    TrustListRefused,
    Unsignable,
)


class _PlainRefusals(click.Group):
    """Reports what was refused in plain lines, with exit status 1; a file that cannot be used is told as everywhere."""

    def invoke(self, context: click.Context) -> object:
        try:
            return super().invoke(context)
        except _REFUSALS as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_PlainRefusals)
def authority() -> None:
    """Issue licences: keys, signatures, registers and QR codes.

    \b
    An authority's first day, with PORTAL_PUBLIC_URL set to the portal's address as it is printed:
      key-create root-1.pem > root-1.json     (and root-2, root-3: three people, three places)
      root-create root-?.json --threshold 2 -o root.json
      key-create issuer.pem > issuer.json
      trust-draft -o trust-list.json          (the first of all: nobody is in it yet)
      issuer-publish trust-list.json CODE --name-zh ... --name-en ... --region ... --province ... --portal ...
      key-publish trust-list.json issuer.json --issuer CODE
      trust-sign trust-list.json --root root.json --key root-1.pem --key root-2.pem
      licence-sign licences.csv --key issuer.pem --issuer CODE -o records.ndjson
      bundle-sign records.ndjson --key issuer.pem --sequence 1 -o bundle.ndjson
      status-sign statuses.csv --size 1000 --key issuer.pem --issuer CODE -o status.cwt
      qr records.ndjson --to codes/
      print records.ndjson --to paper/ --issuer-name NAME
    Then `portal trust publish`, `portal register load` and `portal status load` bring them to a portal. How keys are
    changed later is told in docs/runbook.md.
    """


for command in (
    publishing_keys.key_create,
    publishing_keys.key_show,
    publishing_keys.root_create,
    publishing_keys.root_sign,
    publishing_keys.trust_sign,
    changing_keys.trust_draft,
    changing_keys.issuer_publish,
    changing_keys.issuer_change,
    changing_keys.key_publish,
    changing_keys.key_retire,
    changing_keys.key_compromise,
    changing_keys.key_scope,
    signing_records.licence_sign,
    signing_records.notice_sign,
    signing_records.bundle_sign,
    signing_records.qr,
    printing.print_licences,
    signing_statuses.status_sign,
):
    authority.add_command(command)
