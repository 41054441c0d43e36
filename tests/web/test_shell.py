"""The frame of every page: theme, language, error pages, content policy, weight and contrast."""

import importlib
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.template.loader import get_template, render_to_string
from django.test import Client, RequestFactory
from django.urls import clear_url_caches
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.views import defaults
from pytest_django import Settings

from accounts.models import User
from playground import urls
from tests.factories import make_generation
from tests.html import Html

CSS = Path(__file__).resolve().parents[2] / "static" / "css"
ERRORS = ["400", "403", "403_csrf", "404", "405", "413", "429", "500", "503"]


@pytest.fixture
def page(client: Client, alice: User) -> HttpResponse:
    return client.get("/accounts/login/")


def canvas(answer: HttpResponse) -> str:
    """The color scheme of the page before its styles have loaded."""
    return Html(answer).one("meta[name=color-scheme]")["content"]


def test_theme_is_the_devices_own_at_first(page: HttpResponse) -> None:
    assert "html[data-theme]" not in Html(page)
    assert canvas(page) == "light dark"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_chosen_theme_is_rendered_by_the_server(client: Client, alice: User, theme: str) -> None:
    answer = client.post("/theme/", {"theme": theme, "next": "/accounts/login/?a=b"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?a=b")
    page = client.get("/accounts/login/")
    assert f"html[data-theme={theme}]" in Html(page)
    assert canvas(page) == theme


def test_theme_goes_back_to_the_devices_own(client: Client, alice: User) -> None:
    client.post("/theme/", {"theme": "dark"})
    client.post("/theme/", {"theme": "system"})
    assert "html[data-theme]" not in Html(client.get("/accounts/login/"))


def test_unknown_theme_in_the_cookie_never_reaches_the_page(client: Client, alice: User) -> None:
    client.cookies["theme"] = "zebra"
    assert "zebra" not in client.get("/accounts/login/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "javascript:alert(1)"])
def test_theme_never_sends_anybody_elsewhere(client: Client, db: None, elsewhere: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": elsewhere})["Location"] == "/"


def test_theme_is_changed_by_post_with_token_only(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.get("/theme/").status_code == 405
    assert strict.post("/theme/", {"theme": "dark"}).status_code == 403


def test_language_is_the_browsers_at_first_and_switchable_before_signing_in(client: Client, alice: User) -> None:
    japanese = client.get("/accounts/login/", headers={"accept-language": "ja"})
    assert "html[lang=ja]" in Html(japanese)
    answer = client.post("/i18n/setlang/", {"language": "ja", "next": "/accounts/login/"})
    assert answer["Location"] == "/accounts/login/"
    assert "html[lang=ja]" in Html(client.get("/accounts/login/"))


def test_page_has_its_landmarks_and_live_region(page: HttpResponse) -> None:
    html = Html(page)
    for part in (".skip[href='#main']", "header", "main#main", "footer", "#announcer[aria-live=polite]"):
        assert part in html


def test_content_policy_allows_nothing_inline(page: HttpResponse) -> None:
    policy = page["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "style-src 'self'" in policy
    html = page.content.decode()
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*\ssrc=)", html)


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("language", ["en", "ja"])
def test_error_page_needs_neither_context_nor_database(name: str, language: str) -> None:
    """Without the `db` fixture and without a request, a query or a missing context value would fail here."""
    with translation.override(language):
        html = get_template(f"{name}.html").render()
    page = Html(html)
    assert f"html[lang={language}]" in page
    assert name[:3] in page.text
    assert "[href='/']" in page
    assert "link[href*='css/shell.css']" in page


def test_django_answers_errors_with_our_pages(rf: RequestFactory) -> None:
    request = rf.get("/nowhere/")
    answers = [
        defaults.bad_request(request, BadRequest()),
        defaults.permission_denied(request, PermissionDenied()),
        defaults.page_not_found(request, Exception()),
        defaults.server_error(request),
    ]
    assert [answer.status_code for answer in answers] == [400, 403, 404, 500]
    assert all(".error-page-number" in Html(answer) for answer in answers)


def test_error_page_never_asks_who_is_signed_in(rf: RequestFactory) -> None:
    """Without the `db` fixture, reading the person would fail here."""
    request = rf.get("/nowhere/")
    request.user = SimpleLazyObject(User.objects.get)
    assert ".error-page-number" in Html(defaults.page_not_found(request, Exception()))


def test_page_is_ours_when_the_database_is_gone(client: Client) -> None:
    """Without the `db` fixture, the session of a signed-in person cannot be read."""
    client.raise_request_exception = False
    client.cookies["sessionid"] = "somebody"
    answer = client.get("/")
    assert answer.status_code == 500
    assert ".error-page-number" in Html(answer)


def test_error_page_keeps_the_chosen_theme(rf: RequestFactory) -> None:
    request = rf.get("/nowhere/")
    request.COOKIES["theme"] = "dark"
    page = defaults.page_not_found(request, Exception())
    assert "html[data-theme=dark]" in Html(page)
    assert canvas(page) == "dark"


def test_error_page_ignores_an_unknown_theme(rf: RequestFactory) -> None:
    request = rf.get("/nowhere/")
    request.COOKIES["theme"] = "zebra"
    assert canvas(defaults.page_not_found(request, Exception())) == "light dark"


def test_stale_form_is_answered_with_our_page() -> None:
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"username": "a"})
    assert answer.status_code == 403
    assert ".error-page-number" in Html(answer)


@pytest.fixture
def addresses(settings: Settings) -> Iterator[Callable[[bool], None]]:
    """Builds the URL table again with DEBUG on or off. Afterwards it is as before."""

    def build(debug: bool) -> None:
        settings.DEBUG = debug
        importlib.reload(urls)
        clear_url_caches()

    before = settings.DEBUG
    yield build
    build(before)


def test_design_page_shows_every_component(client: Client, db: None, addresses: Callable[[bool], None]) -> None:
    addresses(True)
    page = Html(client.get("/design/"))
    parts = ("button-primary", "input", "stepper", "segments", "tile-shape", "task-card", "slot.skeleton", "badge")
    for name in (*parts, "menu", "dialog", "tabs", "table", "empty", "message", "note", "card"):
        assert f".{name}" in page
    main = page.one("main")
    for name in ("choice", "toast-specimen"):
        assert f".{name}" in main
    for element in ("select", "textarea", "progress", "svg"):
        assert element in main
    for control in ("button", "input", "select", "textarea"):
        assert f"{control}[disabled]" in main
    for control in ("input", "select", "textarea", "fieldset"):
        assert f"{control}[aria-invalid=true]" in main
    for pressed in (".segments [aria-pressed=true]", ".menu-item[aria-pressed=true]"):
        assert pressed in main
    for tone in ("attention", "danger"):
        assert f".message[data-tone={tone}]" in main


def test_design_page_shows_every_token(client: Client, db: None, addresses: Callable[[bool], None]) -> None:
    addresses(True)
    html = client.get("/design/").content.decode()
    names = set(re.findall(r"^ +--([\w-]+):", (CSS / "tokens.css").read_text().split("@media")[0], re.M))
    families = {"sans", "mono", "leading", "leading-tight", "gutter", "out", "target", "header", "column"}
    styles = (CSS / "design.css").read_text()
    for name in names - families:
        assert f'="{name.removeprefix("text-")}"' in html
        assert f"var(--{name})" in styles or name == "text-m"


def test_design_page_is_for_development_only(client: Client, db: None, addresses: Callable[[bool], None]) -> None:
    addresses(False)
    assert client.get("/design/").status_code == 404


def test_what_is_not_there_looks_the_same_while_developing(
    as_alice: Client, addresses: Callable[[bool], None], settings: Settings
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "playground.web.middleware.not_found_middleware"]
    addresses(True)
    assert as_alice.get("/nowhere")["Location"] == "/nowhere/"
    for address in ("/nowhere/", "/generations/unknown/", "/help/unknown/"):
        answer = as_alice.get(address)
        assert answer.status_code == 404
        assert ".error-page-number" in Html(answer)


@pytest.mark.parametrize(("pictures", "script"), [(0, "js/tour.js"), (1, "js/pictures.js")])
def test_styles_and_scripts_of_the_studio_stay_under_45_kb_compressed(
    as_alice: Client, alice: User, pictures: int, script: str
) -> None:
    """Compressed with Brotli, as browsers get them (WhiteNoise keeps such copies). On a first visit and on a later
    one."""
    for _picture in range(pictures):
        make_generation(owner=alice)
    page = Html(as_alice.get("/"))
    addresses = page.values("link[rel=stylesheet], link[rel=modulepreload]", "href") + page.values("script[src]", "src")
    names = [address.removeprefix("/static/") for address in addresses]
    names = [name for name in names if "django-htmx.js" not in name]  # the debug helper, development only
    assert any("htmx" in name for name in names)
    assert {"css/studio.css", "js/dom.js", script} <= set(names)
    weight = sum(len(brotli.compress(Path(finders.find(name)).read_bytes())) for name in names)
    assert weight < 45_000


def test_first_paint_of_the_studio_waits_for_no_script(as_alice: Client) -> None:
    page = Html(as_alice.get("/"))
    assert len(page.all("script")) > 5
    assert page.values("script:not([defer], [type=module])", "src") == []


def test_modules_import_each_other_by_their_hashed_names(hashed_files: Path) -> None:
    folder = hashed_files / "js"
    hashed = [path for path in folder.glob("*.js") if re.search(r"\.[0-9a-f]{12}\.js$", path.name)]
    imports = [name for path in hashed for name in re.findall(r'"(\./[^"]+\.js)"', path.read_text())]
    assert len(imports) > len(hashed) / 2
    assert {(folder / name).resolve() for name in imports} <= set(hashed)


# --- Contrast, computed from the tokens themselves ---------------------------------------------------------------


def luminance(lightness: float, chroma: float, hue: float) -> float:
    """WCAG's relative luminance of an oklch colour. Channels outside the gamut are cut, as on a screen."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, channel)) for channel in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def tokens() -> dict[str, tuple[float, float]]:
    """The luminance of each opaque colour token, in light and in dark."""
    one = r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)"
    text = (CSS / "tokens.css").read_text().split("@media")[0]
    found = {}
    for name, *numbers in re.findall(rf"--([\w-]+): light-dark\({one}, {one}\);", text):
        values = [float(number) for number in numbers]
        found[name] = (luminance(*values[:3]), luminance(*values[3:]))
    for name, *numbers in re.findall(rf"--([\w-]+): {one};", text):
        found[name] = (luminance(*map(float, numbers)),) * 2
    return found


SURFACES = ["ground", "surface", "raised", "sunken"]
TEXT = [(ink, surface, 4.5) for ink in ("ink", "ink-soft", "ink-faint", "danger", "attention") for surface in SURFACES]
TEXT += [("ink", "pressed", 4.5), ("ink", "thumb", 4.5), ("accent-text", "surface", 4.5), ("on-accent", "accent", 4.5)]
TEXT += [("on-accent", "accent-hover", 4.5), ("on-ink", "ink", 4.5), ("on-tape", "tape", 4.5)]
TEXT += [("danger", "danger-wash", 4.5), ("attention", "attention-wash", 4.5), ("ink", "danger-wash", 4.5)]
EDGES = [("edge", "surface", 3), ("edge", "ground", 3), ("accent", "surface", 3), ("accent-text", "pressed", 3)]


@pytest.mark.parametrize(("front", "back", "least"), TEXT + EDGES)
@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_colours_keep_their_contrast(front: str, back: str, least: float, theme: int) -> None:
    known = tokens()
    lighter, darker = sorted((known[front][theme], known[back][theme]), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= least


def test_messages_are_escaped_and_toned(rf: RequestFactory) -> None:
    html = render_to_string("_message.html", {"text": "<b>late</b>", "tone": "error"})
    assert "<b>late</b>" in Html(html).one("[data-tone=danger]").text
