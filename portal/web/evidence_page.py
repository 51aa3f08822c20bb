"""The evidence of a verdict: its page to print, the file to keep, and a page that checks files without a network."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from portal.evidence_documents import NoEvidence, SavedEvidence, save_evidence
from portal.verification.evidence_file import EvidenceFile
from portal.verification.verdict import Verdict
from portal.web.parts import parts
from portal.web.portal_request import current_request
from portal.web.rendering import render, words_of_request
from portal.web.responses import respond
from portal.web.showing import VerdictPage, show_verdict
from portal.web.wording import Words

evidence_files = Blueprint("evidence_files", __name__)


@dataclass(frozen=True, slots=True)
class EvidencePart:
    label: str
    sha256: str


@dataclass(frozen=True, slots=True)
class EvidencePage:
    """`problem` says why there is no file; `parts` are what the file holds."""

    verdict: VerdictPage
    token: str
    root_sha256: str
    parts: tuple[EvidencePart, ...] = ()
    problem: str | None = None


def evidence(token: str) -> ResponseReturnValue:
    """The page about the evidence for a code."""
    verifier, at, words = parts().verifier, parts().clock(), words_of_request()
    saved = save_evidence(verifier, _text_of(token), at)
    verdict = saved.verdict if isinstance(saved, SavedEvidence) else verifier.verify(_text_of(token), at)
    if saved is NoEvidence.NO_CREDENTIAL or not isinstance(verdict, Verdict):
        return respond(verdict)
    current_request().reason = verdict.reason
    page = EvidencePage(
        verdict=show_verdict(verdict, words),
        token=token,
        root_sha256=verifier.published.root.sha256,
        parts=tuple(_evidence_parts(saved.file, words)) if isinstance(saved, SavedEvidence) else (),
        problem=_problem(saved, words) if isinstance(saved, NoEvidence) else None,
    )
    return render("evidence.html", page=page)


@evidence_files.get("/evidence/<token>.json")
def evidence_file(token: str) -> Response:
    saved = save_evidence(parts().verifier, _text_of(token), parts().clock())
    if isinstance(saved, NoEvidence):
        abort(503 if saved is NoEvidence.NOT_PROVABLE else 404)
    current_request().reason = saved.verdict.reason
    response = Response(saved.document, content_type="application/json")
    name = hashlib.sha256(saved.file.credential).hexdigest()[:16]
    response.headers["Content-Disposition"] = f'attachment; filename="evidence-{name}.json"'
    return response


def _text_of(token: str) -> str:
    return f"{parts().settings.public_url}/v/{token}"


def _problem(why: NoEvidence, words: Words) -> str:
    return words.t("evidence.withheld" if why is NoEvidence.NO_LONGER_PUBLIC else "evidence.unprovable")


def _evidence_parts(file: EvidenceFile, words: Words) -> Iterator[EvidencePart]:
    contents = {
        "credential": file.credential,
        "face": file.face,
        "notice": file.notice,
        "status_list": file.status_list,
        "manifest": file.registered.manifest if file.registered else None,
        "trust_list": file.trust_list,
        "root": file.root,
    }
    for name, content in contents.items():
        if content is not None:
            yield EvidencePart(words.t(f"evidence_part.{name}"), hashlib.sha256(content).hexdigest())
