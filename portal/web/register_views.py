"""The views that ask about more than one licence: search, a holder's licences, a history, the coverage."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from portal.verification.verdict import Reason, Verdict
from portal.web.coverage_page import show_coverage
from portal.web.history_page import show_history
from portal.web.holder_page import show_holder
from portal.web.number_labels import without_label
from portal.web.number_page import compact, show_number
from portal.web.parts import parts
from portal.web.portal_request import current_request
from portal.web.rendering import render, words_of_request
from portal.web.responses import kept_briefly, respond
from portal.web.search_page import problem_with, read_query, show_search


def search() -> ResponseReturnValue:
    verifier, at, words = parts().verifier, parts().clock(), words_of_request()
    trust_list = verifier.published.trust_list(at)
    query = read_query(request.args, verifier.catalogue, trust_list)
    problem = problem_with(query)
    result = verifier.search(query, at) if query.text and not problem else None
    if isinstance(result, Verdict):
        return respond(result)
    reading = None
    if result is not None and not result.entries:
        current_request().reason = Reason.NOT_FOUND
        reading = show_number(_not_found(query.text, at), verifier, words, at)
    page = show_search(query, problem, result, verifier.catalogue, trust_list, words)
    return render("search.html", page=page, reading=reading), 400 if problem else 200


def holder(uscc: str) -> ResponseReturnValue:
    verifier, at, words = parts().verifier, parts().clock(), words_of_request()
    code = compact(without_label(uscc))
    result = verifier.holder(code, at)
    if isinstance(result, Verdict):
        return respond(result)
    if not result.entries:
        return _respond_not_found(uscc, at)
    return render("holder.html", page=show_holder(code, result, words, at))


def history(slug: str, number: str) -> ResponseReturnValue:
    verifier, at, words = parts().verifier, parts().clock(), words_of_request()
    licence_type = verifier.catalogue.by_slug.get(slug) or abort(404)
    versions = verifier.history(licence_type.code, number, at)
    if isinstance(versions, Verdict):
        return respond(versions)
    if not versions:
        return _respond_not_found(number, at)
    return render("history.html", page=show_history(number, versions, words))


def coverage() -> ResponseReturnValue:
    verifier, at, words = parts().verifier, parts().clock(), words_of_request()
    entries = verifier.coverage(at)
    if isinstance(entries, Verdict):
        return respond(entries)
    return kept_briefly(render("coverage.html", page=show_coverage(entries, verifier.catalogue, words, at)))


def _respond_not_found(text: str, at: int) -> ResponseReturnValue:
    """As a number is answered that is not found, with what the text says of itself."""
    verdict = _not_found(text.strip(), at)
    return respond(verdict, show_number(verdict, parts().verifier, words_of_request(), at))


def _not_found(text: str, at: int) -> Verdict:
    return Verdict(Reason.NOT_FOUND, checked_at=at, text=text)
