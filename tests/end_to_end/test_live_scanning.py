"""The camera in the page and photos read by the browser, in a real Chromium whose camera shows a film."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, Request, Route, expect

from portal.authority.qr_codes import text_qr_code
from portal.web.wording import Language, words_for
from tests.end_to_end.browsing import Visit, visit
from tests.end_to_end.cameras import filmed, frame_with, unsteady, with_a_camera_refused, with_camera, with_two_cameras
from tests.end_to_end.served import Demonstration

ZH = words_for(Language.ZH)
A_SECOND = 30  # frames
PATIENCE = 20_000  # ms, on a machine with much else to do

# What a browser with a detector of its own gives to a page; it reads with the decoder of the portal.
NATIVE = """
globalThis.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code"]; }
    async detect(pixels) {
        const { Decoder } = await import("/static/scan/decoding.js");
        const { addresses } = await import("/static/scan/page.js");
        const native = globalThis.BarcodeDetector;
        delete globalThis.BarcodeDetector;
        this.decoder ??= await new Decoder(addresses).open();
        globalThis.BarcodeDetector = native;
        return (await this.decoder.read(pixels)).map(rawValue => ({ rawValue }));
    }
};"""
SAYS_IT_READS = "static async getSupportedFormats() { return ['qr_code']; }"
USELESS = {
    "reads other codes only": "static async getSupportedFormats() { return ['ean_13']; }",
    "fails": f"{SAYS_IT_READS} async detect() {{ throw new Error(); }}",
    "never answers": f"{SAYS_IT_READS} detect() {{ return new Promise(() => {{}}); }}",
}
# The fake camera has no torch; this one says and takes what a phone's does.
TORCH = """
MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
MediaStreamTrack.prototype.applyConstraints = async ({ advanced }) => { globalThis.asked = advanced[0].torch; };
"""
# The page's policy lets nobody evaluate text again and again, which waiting for a function would.
BECOMES_ANOTHER = """([first, patience]) => new Promise((becomes, refuse) => {
    const now = () => %s;
    const look = () => now() && now() !== first ? becomes() : requestAnimationFrame(look);
    setTimeout(() => refuse(new Error("it stays as it was")), patience);
    look();
})"""
# A camera that opens when it is let, as one does that a phone first has to turn to another lens.
SLOW = """
globalThis.tracks = [];
const open = MediaDevices.prototype.getUserMedia;
MediaDevices.prototype.getUserMedia = async function (asked) {
    await globalThis.leave;
    const stream = await open.call(this, asked);
    tracks.push(...stream.getTracks());
    return stream;
};
"""
# What phones of 2021 have not, in WeChat or in their own browser.
OF_2021 = """
delete Array.prototype.at;
delete String.prototype.at;
delete HTMLFormElement.prototype.requestSubmit;
"""
NO_PIXELS = "CanvasRenderingContext2D.prototype.getImageData = () => { throw new DOMException('', 'SecurityError'); };"
NO_CAMERA_API = "Object.defineProperty(Navigator.prototype, 'mediaDevices', { value: undefined });"


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("films")


@pytest.fixture(scope="module")
def at_a_licence(browser: Browser, demonstration: Demonstration, films: Path) -> Iterator[Browser]:
    """A browser whose camera looks at the wall for three seconds, and then at a licence's code."""
    code = Image.open(demonstration.sample("in_force").picture)
    film = filmed(films / "licence.mjpeg", [frame_with(None, 0)] * 3 * A_SECOND + unsteady(code, 300) * 6)
    with with_camera(browser, film) as camera:
        yield camera


@pytest.fixture
def visitor_with_camera(at_a_licence: Browser, demonstration: Demonstration) -> Iterator[Visit]:
    with visit(at_a_licence, demonstration.url) as visitor:
        yield visitor


def part(page: Page, name: str) -> Locator:
    return page.locator(f"[data-part={name}]")


def start(visitor: Visit, prefix: str = "") -> None:
    visitor.open(prefix + "/")
    part(visitor.page, "start").click()


def expect_told(visitor: Visit, text: str | re.Pattern[str]) -> None:
    expect(part(visitor.page, "status")).to_have_text(text, timeout=PATIENCE)


def expect_a_photo_instead(visitor: Visit, why: str) -> None:
    """The reason is told, the camera is off, and the button in its place opens the choice of photos."""
    expect_told(visitor, ZH.t(f"scan.{why}"))
    assert not part(visitor.page, "picture").is_visible()
    assert part(visitor.page, "start").is_visible()
    with visitor.page.expect_file_chooser():
        part(visitor.page, "instead").click()


def requests_of(page: Page) -> list[Request]:
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))
    return requests


def paths(requests: list[Request]) -> list[str]:
    return [re.sub(r"^https?://[^/]+|[?].*", "", request.url) for request in requests]


def test_the_camera_reads_a_licence_code_and_shows_its_verdict(
    demonstration: Demonstration, visitor_with_camera: Visit
) -> None:
    page, requests = visitor_with_camera.page, requests_of(visitor_with_camera.page)
    visitor_with_camera.open("/")
    assert not any("worker" in path or "vendor" in path for path in paths(requests))
    part(page, "start").click()
    page.wait_for_url("**/v/*", timeout=PATIENCE)
    assert visitor_with_camera.reason == "in_force"
    assert page.url == demonstration.sample("in_force").text
    assert "/scan" not in paths(requests)


def test_a_detector_of_the_browser_is_used_where_it_works(visitor_with_camera: Visit) -> None:
    visitor_with_camera.page.add_init_script(NATIVE)
    start(visitor_with_camera, "/en")
    expect(visitor_with_camera.page.locator("[data-live-scan]")).to_have_attribute("data-decoder", "native")
    visitor_with_camera.page.wait_for_url("**/en/v/*", timeout=PATIENCE)
    assert visitor_with_camera.reason == "in_force"


@pytest.mark.parametrize("flaw", USELESS)
def test_a_detector_that_is_of_no_use_is_replaced(visitor_with_camera: Visit, flaw: str) -> None:
    visitor_with_camera.page.add_init_script(f"globalThis.BarcodeDetector = class {{ {USELESS[flaw]} }};")
    start(visitor_with_camera)
    visitor_with_camera.page.wait_for_url("**/v/*", timeout=PATIENCE)
    assert visitor_with_camera.reason == "in_force"


def test_other_codes_are_named_and_never_opened(browser: Browser, demonstration: Demonstration, films: Path) -> None:
    payment, page_code = (
        Image.open(BytesIO(text_qr_code(text).png()))
        for text in ("wxp://f2f0abcdefgh", "https://evil.example/v/watch?x=1")
    )
    film = filmed(films / "others.mjpeg", unsteady(payment, 360) * 9 + unsteady(page_code, 360) * 9)
    with with_camera(browser, film) as camera, visit(camera, demonstration.url) as visitor:
        start(visitor)
        requests = requests_of(visitor.page)
        for named in (ZH.t("other_code.payment"), ZH.t("scan.leads_to", host="evil.example")):
            expect_told(visitor, ZH.t("scan.other") + named)
        assert part(visitor.page, "picture").is_visible()
        assert not {"/scan", "/v/watch"} & set(paths(requests))
        assert visitor.page.locator("a[href*=evil]").count() == 0


def test_a_licence_code_of_another_host_is_judged_by_the_portal(
    browser: Browser, demonstration: Demonstration, films: Path
) -> None:
    code = Image.open(demonstration.sample("foreign_host").picture)
    with (
        with_camera(browser, filmed(films / "foreign.mjpeg", unsteady(code, 400))) as camera,
        visit(camera, demonstration.url) as visitor,
    ):
        start(visitor)
        visitor.page.wait_for_url("**/l/*", timeout=PATIENCE)
        assert "licence-check.example.net" in visitor.text
        assert "licence-check.example.net" not in visitor.linked_hosts


def test_without_permission_a_photo_is_offered(demonstration: Demonstration, browser: Browser) -> None:
    with with_a_camera_refused(browser) as refused, visit(refused, demonstration.url) as visitor:
        start(visitor)
        expect_a_photo_instead(visitor, "refused")


def test_without_a_camera_a_photo_is_offered(demonstration: Demonstration, browser: Browser) -> None:
    with visit(browser, demonstration.url, permissions=["camera"]) as visitor:
        start(visitor)
        expect_a_photo_instead(visitor, "no_camera")


def test_a_browser_that_gives_pages_no_camera_is_told_so(demonstration: Demonstration, visitor: Visit) -> None:
    visitor.page.add_init_script(NO_CAMERA_API)
    start(visitor)
    expect_a_photo_instead(visitor, "unsupported")


def test_a_picture_that_stands_still_ends_in_a_photo(visitor_with_camera: Visit) -> None:
    start(visitor_with_camera)
    expect_told(visitor_with_camera, ZH.t("scan.aim"))
    part(visitor_with_camera.page, "video").evaluate("video => video.pause()")
    expect_a_photo_instead(visitor_with_camera, "frozen")


def test_a_picture_that_stays_black_ends_in_a_photo(visitor_with_camera: Visit) -> None:
    start(visitor_with_camera)
    expect_told(visitor_with_camera, ZH.t("scan.aim"))
    part(visitor_with_camera.page, "video").evaluate("video => { video.srcObject.getTracks()[0].enabled = false; }")
    expect_a_photo_instead(visitor_with_camera, "black")


def test_the_camera_is_off_as_soon_as_the_page_is_hidden_or_the_person_closes_it(visitor_with_camera: Visit) -> None:
    page = visitor_with_camera.page
    tracks = "globalThis.track = document.querySelector('video').srcObject.getTracks()[0]"
    for hide in (False, True):
        start(visitor_with_camera)
        expect(part(page, "stop")).to_be_focused(timeout=PATIENCE)
        page.evaluate(tracks + "; 0")
        if hide:
            page.evaluate(
                """Object.defineProperty(document, 'hidden', { value: true });
                document.dispatchEvent(new Event('visibilitychange'));"""
            )
            expect_told(visitor_with_camera, ZH.t("scan.paused"))
        else:
            part(page, "stop").click()
        expect(part(page, "start")).to_be_focused()
        assert page.evaluate("track.readyState") == "ended"
        assert not part(page, "picture").is_visible()


def test_a_second_lens_can_be_chosen(browser: Browser, demonstration: Demonstration) -> None:
    with with_two_cameras(browser) as camera, visit(camera, demonstration.url) as visitor:
        start(visitor)
        expect(part(visitor.page, "lens")).to_be_visible(timeout=PATIENCE)
        lens = "document.querySelector('video').srcObject?.getVideoTracks()[0].getSettings().deviceId"
        first = visitor.page.evaluate(lens)
        part(visitor.page, "lens").click()
        visitor.page.evaluate(BECOMES_ANOTHER % lens, [first, PATIENCE])
        before = visitor.page.locator("[data-live-scan]").get_attribute("data-decodes")
        expect(visitor.page.locator("[data-live-scan]")).not_to_have_attribute("data-decodes", before or "")


def test_a_lens_that_opens_after_the_camera_was_closed_is_off(browser: Browser, demonstration: Demonstration) -> None:
    with with_two_cameras(browser) as camera, visit(camera, demonstration.url) as visitor:
        visitor.page.add_init_script(SLOW)
        start(visitor)
        expect(part(visitor.page, "lens")).to_be_visible(timeout=PATIENCE)
        visitor.page.evaluate("globalThis.leave = new Promise(give => { globalThis.give = give; }); 0")
        part(visitor.page, "lens").click()
        part(visitor.page, "stop").click()
        visitor.page.evaluate("give()")
        visitor.page.evaluate(BECOMES_ANOTHER % "tracks.length", [1, PATIENCE])
        visitor.page.evaluate(BECOMES_ANOTHER % "tracks.at(-1).readyState", ["live", PATIENCE])
        assert not part(visitor.page, "picture").is_visible()
        assert not part(visitor.page, "tools").is_visible()


def test_a_second_tap_while_the_other_lens_opens_does_not_close_the_camera(
    browser: Browser, demonstration: Demonstration
) -> None:
    with with_two_cameras(browser) as camera, visit(camera, demonstration.url) as visitor:
        visitor.page.add_init_script(SLOW)
        start(visitor)
        expect(part(visitor.page, "lens")).to_be_visible(timeout=PATIENCE)
        visitor.page.evaluate("globalThis.leave = new Promise(give => { globalThis.give = give; }); 0")
        for _ in range(2):
            part(visitor.page, "lens").click()
        visitor.page.evaluate("give()")
        before = visitor.page.locator("[data-live-scan]").get_attribute("data-decodes")
        expect(visitor.page.locator("[data-live-scan]")).not_to_have_attribute("data-decodes", before or "")
        assert part(visitor.page, "picture").is_visible()


def test_a_photo_that_is_chosen_while_the_camera_looks_takes_its_place(
    browser: Browser, demonstration: Demonstration
) -> None:
    with with_two_cameras(browser) as camera, visit(camera, demonstration.url) as visitor:
        start(visitor)
        expect(part(visitor.page, "stop")).to_be_focused(timeout=PATIENCE)
        visitor.page.evaluate("globalThis.track = document.querySelector('video').srcObject.getTracks()[0]; 0")
        visitor.context.set_offline(True)  # the photo waits
        visitor.page.set_input_files("input[type=file]", demonstration.sample("no_code").picture)
        expect(part(visitor.page, "picture")).to_be_hidden()
        assert visitor.page.evaluate("track.readyState") == "ended"
        visitor.noticed.clear()  # the browser says what it missed


def test_the_torch_can_be_lit_where_there_is_one(visitor_with_camera: Visit) -> None:
    page = visitor_with_camera.page
    page.add_init_script(TORCH)
    start(visitor_with_camera)
    expect(part(page, "stop")).to_be_focused(timeout=PATIENCE)
    for lit in (True, False):
        part(page, "torch").click()
        expect(part(page, "torch")).to_have_attribute("aria-pressed", str(lit).lower())
        assert page.evaluate("asked") is lit


def test_without_its_decoder_the_camera_gives_way_to_a_photo(visitor_with_camera: Visit) -> None:
    visitor_with_camera.page.route("**/worker.js*", lambda route: route.fulfill(status=404))
    start(visitor_with_camera)
    expect_a_photo_instead(visitor_with_camera, "failed")
    visitor_with_camera.noticed.clear()  # the browser says what it missed


def test_where_the_browser_gives_no_pixels_the_camera_gives_way_to_a_photo(visitor_with_camera: Visit) -> None:
    visitor_with_camera.page.add_init_script(NO_PIXELS)
    start(visitor_with_camera)
    expect_a_photo_instead(visitor_with_camera, "failed")


def test_while_the_decoder_is_long_in_coming_the_person_is_told_and_a_photo_offered(visitor_with_camera: Visit) -> None:
    page, held = visitor_with_camera.page, list[Route]()
    page.route("**/zxing_reader.wasm*", lambda route: held.append(route))
    start(visitor_with_camera)
    expect_told(visitor_with_camera, ZH.t("scan.loading"))
    with page.expect_file_chooser():
        part(page, "instead").click()
    for request in held:
        request.continue_()
    page.wait_for_url("**/v/*", timeout=PATIENCE)


def test_an_older_browser_reads_a_code_by_its_camera(visitor_with_camera: Visit) -> None:
    visitor_with_camera.page.add_init_script(OF_2021)
    start(visitor_with_camera)
    expect_told(visitor_with_camera, ZH.t("scan.aim"))
    visitor_with_camera.page.wait_for_url("**/v/*", timeout=PATIENCE)
    assert visitor_with_camera.reason == "in_force"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_camera_has_no_barrier_and_fits_a_narrow_phone(
    at_a_licence: Browser, demonstration: Demonstration, scheme: str
) -> None:
    with visit(at_a_licence, demonstration.url, color_scheme=scheme) as visitor:
        visitor.page.set_viewport_size({"width": 320, "height": 640})
        start(visitor)
        expect_told(visitor, ZH.t("scan.aim"))
        assert visitor.overflow == 0
        part(visitor.page, "stop").click()  # before the licence comes into the picture
        part(visitor.page, "picture").evaluate("picture => { picture.hidden = false; }")
        part(visitor.page, "tools").evaluate("tools => { tools.hidden = false; }")
        assert visitor.barriers() == []


def test_a_licence_that_the_camera_sees_without_a_network_is_answered_once_there_is_one(
    visitor_with_camera: Visit,
) -> None:
    start(visitor_with_camera)
    expect(visitor_with_camera.page.locator("[data-decoder]")).to_be_visible(timeout=PATIENCE)
    visitor_with_camera.context.set_offline(True)
    expect_told(visitor_with_camera, ZH.t("scan.offline"))
    visitor_with_camera.context.set_offline(False)
    visitor_with_camera.page.wait_for_url("**/v/*", timeout=PATIENCE)
    assert visitor_with_camera.reason == "in_force"


def test_a_photo_is_read_in_the_browser_and_stays_there(demonstration: Demonstration, visitor: Visit) -> None:
    requests = requests_of(visitor.page)
    visitor.upload(demonstration.sample("in_force").picture)
    assert visitor.reason == "in_force"
    assert visitor.page.url == demonstration.sample("in_force").text
    assert "/scan" not in paths(requests)


def test_of_several_codes_in_a_photo_only_the_texts_are_sent(demonstration: Demonstration, visitor: Visit) -> None:
    requests = requests_of(visitor.page)
    visitor.upload(demonstration.sample("several_codes").picture)
    assert visitor.reason == "several_codes"
    (sent,) = [request for request in requests if request.method == "POST"]
    assert (sent.post_data or "").count("text=") == visitor.page.locator("main a[href^='/v/']").count()
    assert len(sent.post_data or "") < 2500


def test_a_small_code_in_a_large_photo_is_read_in_the_browser(
    demonstration: Demonstration, visitor: Visit, tmp_path: Path
) -> None:
    photo = Image.new("RGB", (4000, 3000), (168, 162, 150))
    photo.paste(Image.open(demonstration.sample("in_force").picture).resize((320, 320)), (3100, 2300))
    photo.save(tmp_path / "wall.jpg", quality=70)
    requests = requests_of(visitor.page)
    visitor.upload(tmp_path / "wall.jpg")
    assert visitor.reason == "in_force"
    assert "/scan" not in paths(requests)


def test_a_photo_that_the_browser_cannot_read_is_sent(demonstration: Demonstration, visitor: Visit) -> None:
    requests = requests_of(visitor.page)
    visitor.upload(demonstration.sample("no_code").picture)
    assert visitor.reason == "no_code_found"
    (sent,) = [request for request in requests if request.method == "POST"]
    assert "multipart/form-data" in sent.headers["content-type"]


def test_what_the_browser_reads_while_the_photo_is_still_being_sent_is_answered_at_once(
    demonstration: Demonstration, visitor: Visit
) -> None:
    page, decoders, photos = visitor.page, list[Route](), list[Route]()
    page.route("**/zxing_reader.wasm*", lambda route: decoders.append(route))
    page.route("**/scan", lambda route: photos.append(route))  # which never arrives
    visitor.open("/")
    with page.expect_request("**/scan", timeout=PATIENCE):
        page.set_input_files("input[type=file]", demonstration.sample("in_force").picture)
    page.unroute("**/zxing_reader.wasm*")
    for request in decoders:
        request.continue_()
    page.wait_for_url(demonstration.sample("in_force").text, timeout=PATIENCE)
    assert visitor.reason == "in_force"
    assert len(photos) == 1


@pytest.mark.parametrize("sample", ["in_force", "no_code"])
def test_without_a_network_a_photo_waits_and_goes_on_by_itself(
    demonstration: Demonstration, visitor: Visit, sample: str
) -> None:
    page, picture = visitor.page, demonstration.sample(sample).picture
    visitor.open("/")
    visitor.context.set_offline(True)
    page.set_input_files("input[type=file]", picture)
    expect(page.locator("[data-reading]")).to_have_text(ZH.t("scan.offline"), timeout=PATIENCE)
    with page.expect_navigation():
        visitor.context.set_offline(False)
    assert visitor.reason == demonstration.sample(sample).reason
    visitor.noticed.clear()  # the browser says what it missed


def test_who_comes_back_after_a_photo_was_cut_off_can_send_it_again(
    demonstration: Demonstration, visitor: Visit
) -> None:
    page = visitor.page
    page.route("**/scan", lambda route: route.abort("connectionreset"), times=1)
    visitor.open("/")
    page.set_input_files("input[type=file]", demonstration.sample("no_code").picture)
    expect(page.locator("[data-photo-form]")).to_have_count(0, timeout=PATIENCE)  # but the browser's page of an error
    page.go_back()
    with page.expect_navigation():
        page.click("[data-photo-form] button", timeout=PATIENCE)
    assert visitor.reason == "no_code_found"
    visitor.noticed.clear()  # the browser says what it missed


def test_a_photo_is_still_chosen_when_the_page_comes_back_from_the_browsers_memory(
    demonstration: Demonstration, visitor: Visit
) -> None:
    page, requests = visitor.page, requests_of(visitor.page)
    form, picture = page.locator("[data-photo-form]"), demonstration.sample("no_code").picture
    visitor.open("/")
    visitor.context.set_offline(True)
    page.set_input_files("input[type=file]", picture)
    expect(form.locator("[data-reading]")).to_have_text(ZH.t("scan.offline"), timeout=PATIENCE)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect(form.locator("[data-reading]")).to_be_empty()
    expect(form.locator("input")).to_have_css("opacity", "1")  # which says the photo's name
    visitor.context.set_offline(False)
    with page.expect_navigation():
        form.locator("button").dblclick()
    assert visitor.reason == "no_code_found"
    assert [request.method for request in requests].count("POST") == 1
    visitor.noticed.clear()  # the browser says what it missed


def test_an_older_browser_sends_a_photo_that_it_cannot_read(demonstration: Demonstration, visitor: Visit) -> None:
    visitor.page.add_init_script(OF_2021)
    visitor.upload(demonstration.sample("no_code").picture)
    assert visitor.reason == "no_code_found"


def test_a_photo_chosen_before_the_script_came_is_not_lost(demonstration: Demonstration, visitor: Visit) -> None:
    page, held = visitor.page, list[Route]()
    page.route("**/scan/photo.js*", lambda route: held.append(route))
    page.goto(visitor.url, wait_until="commit")
    page.set_input_files("input[type=file]", demonstration.sample("in_force").picture)
    expect(page.locator("[data-live-scan]")).to_be_hidden()
    for request in held:
        request.continue_()
    expect(page.locator("[data-live-scan]")).to_be_visible()
    with page.expect_navigation():
        page.click("[data-photo-form] button")
    assert visitor.reason == "in_force"


def test_the_button_for_a_photo_stays_where_it_is_when_the_camera_is_offered(visitor: Visit) -> None:
    page, held = visitor.page, list[Route]()
    page.route("**/scan/live.js*", lambda route: held.append(route))
    with page.expect_request("**/scan/live.js*"):
        page.goto(visitor.url, wait_until="commit")
    label = page.locator("label[for=photo]")
    expect(label).to_have_css("min-height", "60px")  # the style is there
    before = label.bounding_box()
    for request in held:
        request.continue_()
    expect(part(page, "start")).to_be_visible()
    assert label.bounding_box() == before


def test_the_decoder_is_asked_for_beside_its_library_and_not_after_it(
    demonstration: Demonstration, visitor: Visit
) -> None:
    requests = requests_of(visitor.page)
    visitor.upload(demonstration.sample("in_force").picture)
    decoder, library = (f"/static/vendor/zxing-wasm/{name}" for name in ("zxing_reader.wasm", "reader.js"))
    assert [path for path in paths(requests) if path in (decoder, library)] == [decoder, library]


@pytest.mark.parametrize("missing", ["worker.js", "reader.js", "zxing_reader.wasm"])
def test_without_its_decoder_the_browser_sends_the_photo(
    demonstration: Demonstration, visitor: Visit, missing: str
) -> None:
    visitor.page.route(f"**/{missing}*", lambda route: route.fulfill(status=404))
    requests = requests_of(visitor.page)
    visitor.upload(demonstration.sample("in_force").picture)
    assert visitor.reason == "in_force"
    assert "/scan" in paths(requests)
    visitor.noticed.clear()  # the browser says what it missed


TYPED = {"address": str, "capitals": str.upper, "token": lambda text: text.rpartition("/")[2]}


@pytest.mark.parametrize("change", TYPED.values(), ids=TYPED)
def test_a_hand_scanner_that_types_and_presses_enter_is_answered(
    demonstration: Demonstration, visitor: Visit, change: Callable[[str], str]
) -> None:
    visitor.open("/")
    visitor.page.focus("input[name=number]")
    visitor.page.keyboard.type(change(demonstration.sample("in_force").text))
    with visitor.page.expect_navigation():
        visitor.page.keyboard.press("Enter")
    assert visitor.reason == "in_force"
