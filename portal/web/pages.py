"""The pages and their addresses, in both languages: read the request → ask the verifier → show the answer."""

from __future__ import annotations

import re

from flask import Blueprint, Flask, Response, abort, current_app, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.routing import BaseConverter

from portal.web.evidence_checker import evidence_checker
from portal.web.evidence_page import evidence
from portal.web.key_history_page import show_key_history, show_life
from portal.web.keys_page import show_keys
from portal.web.language import BLUEPRINT_OF, ENGLISH_PREFIX, page_url_in
from portal.web.number_labels import without_label
from portal.web.number_page import page_for, show_number
from portal.web.own_pages import MAX_LOCATION, own_page
from portal.web.parts import parts
from portal.web.portal_request import current_request
from portal.web.register_views import coverage, history, holder, search
from portal.web.rendering import render, words_of_request
from portal.web.responses import kept_briefly, respond
from portal.web.samples import read_samples
from portal.web.uploads import answer_to_photo, place_for_an_upload, texts_read_by_the_browser, uploaded_photo
from portal.web.wording import Language

MAX_SHOWN_NUMBER = 64

pages = Blueprint("pages", __name__)
pages.get("/search")(search)
pages.get("/h/<typed:uscc>")(holder)
pages.get("/history/<slug>/<typed:number>")(history)
pages.get("/coverage")(coverage)
pages.get("/evidence/<token>")(evidence)
pages.get("/evidence-checker.html")(evidence_checker)


class TypedText(BaseConverter):
    """Whatever a person typed, slashes and line ends included: it is answered in words, never by an error page."""

    regex = "(?s:.+)"
    part_isolating = False


def install_pages(app: Flask) -> None:
    app.url_map.converters["typed"] = TypedText
    app.url_map.merge_slashes = False
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.register_blueprint(pages, name=BLUEPRINT_OF[Language.ZH])
    app.register_blueprint(pages, name=BLUEPRINT_OF[Language.EN], url_prefix=ENGLISH_PREFIX)
    app.add_url_rule(ENGLISH_PREFIX, "english", lambda: redirect(ENGLISH_PREFIX + "/", 308))


@pages.get("/")
def home() -> Response:
    return kept_briefly(render("home.html", typed=None, problem=None))


@pages.get("/v/<token>")
def verdict(token: str) -> ResponseReturnValue:
    own = parts()
    return respond(own.verifier.verify(f"{own.settings.public_url}/v/{token}", own.clock()))


@pages.post("/scan")
def scan() -> ResponseReturnValue:
    with place_for_an_upload():
        return _answer_to_upload()


def _answer_to_upload() -> ResponseReturnValue:
    if texts := texts_read_by_the_browser(request):
        return respond(parts().verifier.verify_scan(texts, parts().clock()))
    photo = uploaded_photo(request)
    if photo is None:
        return render("home.html", typed=None, problem="problem_no_photo"), 400
    return respond(answer_to_photo(photo, parts().clock()))


@pages.get("/scan")
def scan_again() -> ResponseReturnValue:
    """A reloaded or shared address of a photo's verdict: the photo was not kept."""
    return redirect(_page_url("home"), 303)


@pages.get("/l")
def find() -> ResponseReturnValue:
    typed = " ".join(request.args.get("number", "").split())
    if not typed:
        return render("home.html", typed=typed, problem="problem_no_number"), 400
    if page := own_page(typed, parts().settings.public_url):
        return redirect(page, 303)
    name, values = page_for(typed, parts().verifier)
    location = _page_url(name, **values)
    return redirect(location, 303) if len(location) <= MAX_LOCATION else _guarded_lookup(typed)


@pages.get("/l/<typed:number>")
def lookup(number: str) -> ResponseReturnValue:
    verifier, at = parts().verifier, parts().clock()
    answer = verifier.verify_typed(without_label(number.strip()), at)
    return respond(answer, show_number(answer, verifier, words_of_request(), at))


@pages.get("/keys")
def keys() -> ResponseReturnValue:
    verifier, at = parts().verifier, parts().clock()
    trust_list, root = verifier.published.trust_list(at), verifier.published.root
    return kept_briefly(
        render("keys.html", page=show_keys(trust_list, root, words_of_request(), at, verifier.catalogue))
    )


@pages.get("/keys/<key_id>")
def key(key_id: str) -> ResponseReturnValue:
    if not re.fullmatch("[0-9a-f]{16}", key_id):
        abort(404)
    verifier, at = parts().verifier, parts().clock()
    trust_list, past = verifier.published.trust_list(at), verifier.published.history(at)
    page = show_life(bytes.fromhex(key_id), trust_list, past, words_of_request(), verifier.catalogue)
    return kept_briefly(render("key.html", page=page or abort(404)))


@pages.get("/keys/history")
def key_history() -> ResponseReturnValue:
    published, at = parts().verifier.published, parts().clock()
    page = show_key_history(published.history(at), published.trust_list(at), words_of_request())
    return kept_briefly(render("key_history.html", page=page))


@pages.get("/about")
def about() -> ResponseReturnValue:
    return kept_briefly(render("about.html"))


@pages.get("/fake")
def fake() -> ResponseReturnValue:
    return kept_briefly(render("fake.html"))


@pages.get("/privacy")
def privacy() -> ResponseReturnValue:
    return kept_briefly(render("privacy.html"))


@pages.get("/report")
def report() -> ResponseReturnValue:
    number = " ".join(request.args.get("number", "").split())[:MAX_SHOWN_NUMBER]
    return render("report.html", number=number or None)


@pages.get("/samples")
def samples() -> ResponseReturnValue:
    return render("samples.html", samples=read_samples(parts().settings, current_request().language))


def _guarded_lookup(number: str) -> ResponseReturnValue:
    """At the address that was asked for, and yet counted at the door of lookups."""
    guarded = current_app.view_functions[f"{request.blueprint}.{lookup.__name__}"]
    answer: ResponseReturnValue = current_app.ensure_sync(guarded)(number=number)
    return answer


def _page_url(name: str, **values: str) -> str:
    return page_url_in(current_request().language)(name, **values)
