"""An answer → the page that shows it, and its HTTP status: a negative verdict is an answer too, hence 200."""

from __future__ import annotations

from flask import Response, make_response, redirect
from flask.typing import ResponseReturnValue

from portal.verification.verdict import Reason, Verdict
from portal.verifier import Answer, Lookup
from portal.web.language import page_url_of
from portal.web.number_page import NumberPage
from portal.web.own_pages import own_page
from portal.web.parts import parts
from portal.web.portal_request import PortalRequest, current_request
from portal.web.rendering import render
from portal.web.showing import VerdictPage, show_choice, show_lookup, show_verdict, token_of
from portal.web.wording import Language, Words, words_for

SEVERAL_LICENCES = "several_licences"  # what a lookup with several entries has in place of a reason
AFTER_AN_OUTAGE = "30"  # seconds: databases come back in less, or not soon


def respond(answer: Answer, reading: NumberPage | None = None) -> ResponseReturnValue:
    """`reading` is what a number says that was typed."""
    request = current_request()
    words = words_for(request.language)
    match answer:
        case Lookup(entries=(only,)):
            return respond(only, reading)
        case Lookup():
            request.reason = SEVERAL_LICENCES
            return render("lookup.html", page=show_lookup(answer, words), reading=reading)
        case Verdict(reason=Reason.SEVERAL_CODES):
            request.reason, request.reasons_of_codes = answer.reason, tuple(each.reason for each in answer.entries)
            return render("choose.html", page=show_choice(answer, words))
        case Verdict(reason=Reason.NOT_A_LICENCE_CODE, text=str(text)) if path := own_page(text, _public_url()):
            return redirect(path, 303)
        case Verdict():
            request.reason = answer.reason
            own_host = _public_url().partition("://")[2]
            page = show_verdict(answer, words, own_host)
            shown = render(
                "verdict.html",
                page=page,
                reading=reading,
                advice=_advice(page, request, words),
                evidence_token=_presented_token(answer, request),
                own_url=_by_its_code(answer, request, request.language),
                other_language_url=_by_its_code(answer, request, request.language.other),
            )
            return (shown, 503, {"Retry-After": AFTER_AN_OUTAGE}) if _is_an_outage(answer) else (shown, _status(answer))


def _public_url() -> str:
    return parts().settings.public_url


def kept_briefly(page: str) -> Response:
    """A page without a verdict: any cache may keep it for a minute."""
    response = make_response(page)
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def _advice(page: VerdictPage, request: PortalRequest, words: Words) -> tuple[str, ...]:
    """Where the reader says what is wrong with the photo: that, and what always helps, in place of all that may be."""
    seen = request.photo_advice
    return (words.t(f"photo_advice.{seen}"), page.advice[-1]) if seen else page.advice


def _presented_token(verdict: Verdict, request: PortalRequest) -> str | None:
    """The token that evidence can be had for. What is not proven has none in the verdict, only in the address."""
    if not verdict.key_hint:
        return None
    in_the_address: str | None = (request.view_args or {}).get("token")
    if in_the_address or not verdict.licence:
        return in_the_address
    return token_of(verdict.licence.credential)


def _status(verdict: Verdict) -> int:
    return 404 if verdict.reason is Reason.NOT_FOUND else 200


def _is_an_outage(verdict: Verdict) -> bool:
    """A genuine licence is shown while the register cannot be read; a number alone cannot be answered."""
    return verdict.reason is Reason.REGISTER_UNAVAILABLE and verdict.licence is None


def _by_its_code(verdict: Verdict, request: PortalRequest, language: Language) -> str | None:
    """Where the verdict on a photo is shown again without the photo, which was not kept."""
    if request.method != "POST" or verdict.licence is None:
        return None
    page_url, token = page_url_of(request.extensions, language), token_of(verdict.licence.credential)
    if verdict.other_host is None:
        return page_url("verdict", token=token)
    # As if it had been typed: the page of the token alone would not know to warn of the other host.
    return page_url("lookup", number=f"https://{verdict.other_host}/v/{token}")
