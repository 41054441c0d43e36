"""Every page for every kind of person: axe finds nothing (WCAG 2.2 AA), nothing scrolls sideways or logs an error, and
every control has a name and is large enough for a finger. In both languages, light and dark, from 320 pixels to a wide
screen.

`make test` opens each page in one of the combinations, so that all combinations occur. `make soak` opens each page in
all of them.
"""

import io
import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import path
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import EventKind, Invitation, Role, SecurityEvent, User
from playground import urls
from playground.evolink import Task
from playground.models import Budget, ShareLink
from playground.views.design import design
from tests.access import EVERYBODY, LINES
from tests.browser.conftest import violations
from tests.factories import make_generation, make_key, make_reference, make_saved

pytestmark = pytest.mark.browser

# Addresses of a part of a page, of a file, or only of a redirect.
NOT_PAGES = {
    "studio/settings/",
    "studio/changes/",
    "gallery/more/",
    "generations/<slug:code>/images/<int:index>/",
    "generations/<slug:code>/images/<int:index>/small/",
    "generations/<slug:code>/images/<int:index>/medium/",
    "generations/<slug:code>/images/<int:index>/tools/",
    "s/<slug:token>/<int:position>/",
    "s/<slug:token>/<int:position>/small/",
    "s/<slug:token>/<int:position>/medium/",
    "references/chosen/",
    "references/earlier/",
    "references/<slug:token>/",
    "references/<slug:token>/small/",
    "r/<slug:token>.<slug:extension>",
    "pricing/calculator/",
    "pricing/calculation/",
    "offline.js",
    "accounts/2fa/recovery-codes/download/",
    "accounts/2fa/webauthn/login/",
    "accounts/2fa/webauthn/keys/<int:pk>/remove/",
    "accounts/2fa/webauthn/keys/<int:pk>/edit/",
    "accounts/oidc/^(?P<provider_id>[^/]+)/login/",
    "accounts/oidc/^(?P<provider_id>[^/]+)/login/callback/",
    "accounts/3rdparty/signup/",
    "accounts/setup/",
    "accounts/2fa/totp/deactivate/",
    "accounts/2fa/recovery-codes/",
    "accounts/2fa/authenticate/",
    "admin/",
}


class Looks(NamedTuple):
    language: Literal["en", "ja"]
    theme: Literal["light", "dark"]
    width: int


ALL_LOOKS = [Looks(*one) for one in itertools.product(("en", "ja"), ("light", "dark"), (1366, 320))]

# What a person cannot use or read and axe does not find.
PROBE = """() => {
  const seen = { visibilityProperty: true, contentVisibilityAuto: true };
  const shown = (one) => one.checkVisibility(seen) && one.getBoundingClientRect().width > 0;
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  const tag = (one) => one.outerHTML.slice(0, 160).replace(/\\s+/g, " ");
  const small = all("button, a[role=button], summary, input[type=checkbox], input[type=radio]").filter((one) => {
    const box = one.getBoundingClientRect();
    return Math.min(box.width, box.height) < 24;
  });
  return {
    sideways: document.documentElement.scrollWidth - window.innerWidth,
    small: small.map(tag),
    broken: all("img").filter((one) => one.complete && !one.naturalWidth).map(tag),
    headings: document.querySelectorAll("h1").length,
    language: document.documentElement.lang,
  };
}"""

# What is too small for a finger, with everything unfolded. A link inside a sentence is as high as its line. A link
# between two separators counts by itself. A label belongs to its control.
TOUCH_PROBE = """() => {
  for (const one of document.querySelectorAll("details, dialog")) one.open = true;
  for (const one of document.querySelectorAll("[popover]")) {
    one.popover = "manual";
    one.showPopover();
  }
  const inline = (node) => node.nodeType !== Node.ELEMENT_NODE || getComputedStyle(node).display === "inline";
  const beside = (node, next) => {
    let text = "";
    for (; inline(node); node = node.parentNode) {
      for (let one = node[next]; one && inline(one) && one.tagName !== "BR"; one = one[next]) {
        text = next === "nextSibling" ? text + one.textContent : one.textContent + text;
      }
    }
    return text.trim();
  };
  const inSentence = (one) => {
    const before = beside(one, "previousSibling"), after = beside(one, "nextSibling");
    return inline(one) && ((before && !before.endsWith("·")) || (after && !after.startsWith("·")));
  };
  const least = (one) => Math.min(one.offsetWidth, one.offsetHeight);
  const small = (one) => [one, ...(one.labels ?? [])].every((part) => least(part) < 44);
  return [...document.querySelectorAll("a[href], button, summary, input, select, textarea")]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.offsetWidth > 1)
    .filter((one) => small(one) && !(one.matches("a") && inSentence(one)))
    .map((one) => `${one.offsetWidth} × ${one.offsetHeight} ${one.outerHTML.slice(0, 160).replace(/\\s+/g, " ")}`);
}"""


def addresses(world: dict[str, str]) -> dict[str, str]:
    """Every page by its route, with the objects in its address. Some pages are there again in another state."""
    pages = {
        route: f"/{route}".replace("<slug:code>", world["code"])
        .replace("<str:token>", world["invitation"])
        .replace("<slug:token>", world["shared"])
        .replace("<int:pk>", world["link"])
        .replace("<slug:slug>", "charged-when-failed")
        .replace("^", "")
        .replace("$", "")
        .replace(r"(?P<key>[-:\w]+)", "unknown")
        .replace("(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)", "1-unknown")
        for route, line in LINES.items()
        if line.get is not None and route not in NOT_PAGES
    }
    return pages


STATES = {
    "a retired model": "/?model=gpt-image-1&size=2:3",
    "an own size": "/?model=gpt-image-2&size=1280x720",
    "a generation that failed": "/generations/{failed}/",
    "a generation nobody knows about": "/generations/{unknown}/",
    "a generation that runs": "/generations/{running}/",
    "a search with no result": "/gallery/?q=nothing",
    "a filtered gallery": "/gallery/?kind=rehearsal&favourites=on",
    "help that is searched": "/help/?q=money",
    "help that finds nothing": "/help/?q=zebra",
    "prices of another model": "/pricing/?model=gpt-image-2-beta",
    "reference of another model": "/docs/?model=gpt-image-2",
    "a link with a password": "/s/{locked}/",
    "a link that is over": "/s/guessed/",
    "a presentation of chosen pictures": "/present/?picture={code}.0&picture={code}.1&at=2",
    "two pictures compared": "/compare/?picture={code}.0&picture={other}.0",
    "pictures of one request compared": "/compare/?picture={code}.0&picture={code}.1",
    "the log of one kind": "/team/log/?kind=key-added",
}


@pytest.fixture
def world(live_server: LiveServer, settings: Settings, alice: User, bob: User, administrator: User) -> dict[str, str]:
    """A studio that has something of everything. No worker runs, so nothing changes."""
    settings.PUBLIC_URL = live_server.url
    cache.clear()
    now = timezone.now()
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(picture, "PNG")
    saved = make_saved(owner=alice, n=2, shared=True, prompt="A lighthouse at dusk, oil on canvas")
    other = make_saved(owner=bob, shared=True)
    make_saved(owner=alice, prompt="夕焼けの海と小さな舟、水彩画", size="1536x1024")
    make_generation(owner=alice, prompt="x" * 300)
    running = make_generation(owner=alice, n=3, size="1024x1536")
    running.mark_submitting(now, None)
    running.mark_accepted("task-unified-1", now, now)
    running.mark_progress(Task(id="task-unified-1", status="processing", progress=40), now)
    failed = make_generation(owner=alice, prompt="A well-known actor")
    failed.fail("content_policy_violation", "content_policy_violation: blocked", now)
    unknown = make_generation(owner=alice)
    unknown.mark_submitting(now, None)
    unknown.mark_unknown(now, now, "No answer")
    make_generation(owner=alice).cancel(now)
    reference = make_reference(owner=alice, name="a-rather-long-name-of-a-holiday-photo-from-the-beach.png")
    for name in (reference.file.name, reference.thumbnail.name):
        default_storage.save(name, ContentFile(picture.getvalue()))
    make_key(owner=alice, label="Marketing")
    make_key(owner=administrator, label="The team’s", for_members=True)
    Budget.objects.put(alice, Decimal(50))
    Budget.objects.put(None, Decimal(500))
    SecurityEvent.objects.record(EventKind.KEY_ADDED, person=alice, detail="Marketing (sk-…1234)")
    shared, _new = ShareLink.objects.make(alice, saved.images.all(), now)
    locked, _new = ShareLink.objects.make(alice, saved.images.all()[:1], now)
    locked.lock("maple syrup")
    invitation = Invitation.objects.create(
        email="a.person.with.a.rather.long.name@department.of.something.example.com",
        role=Role.VIEWER,
        invited_by=administrator,
        created_at=now,
        expires_at=now + timedelta(days=7),
    )
    return {
        "live": live_server.url,
        "code": saved.code,
        "other": other.code,
        "running": running.code,
        "failed": failed.code,
        "unknown": unknown.code,
        "invitation": invitation.code,
        "link": str(shared.pk),
        "shared": shared.token,
        "locked": locked.token,
    }


@pytest.fixture
def open_page(browser: Browser, world: dict[str, str]) -> Iterator[Callable[..., Page]]:
    """A page in somebody's browser with these looks. On narrow screens people rehearse."""
    contexts = []

    def opened(person: User | None, looks: Looks, **device: Any) -> Page:
        context = browser.new_context(
            locale=looks.language,
            color_scheme=looks.theme,
            viewport={"width": looks.width, "height": 800},
            reduced_motion="reduce",
            service_workers="block",
            **device,
        )
        contexts.append(context)
        if person:
            client = Client()
            client.force_login(person)
            if looks.width < 400:
                client.post("/mode/", {"rehearsal": "1"})
            name = django_settings.SESSION_COOKIE_NAME
            context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": world["live"]}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def faults(page: Page, address: str, looks: Looks) -> list[str]:
    """What is wrong with a page, each with the page's address."""
    said: list[str] = []

    def note(message: Any) -> None:
        if message.type == "error":
            said.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    seen = page.evaluate(PROBE)
    page.remove_listener("console", note)
    said += violations(page)
    if seen["sideways"] > 0:
        said.append(f"scrolls sideways by {seen['sideways']} px")
    if seen["headings"] != 1:
        said.append(f"{seen['headings']} main headings")
    if seen["language"] != looks.language:
        said.append(f"is in {seen['language']}")
    said += [f"small: {one}" for one in seen["small"]] + [f"broken: {one}" for one in seen["broken"]]
    where = f"{address.partition('/')[2]} {looks}"
    return [f"{where}: {sentence}" for sentence in said if "status of 4" not in sentence]


def too_small(phone: Page, address: str) -> list[str]:
    """The controls that are too small for a finger, each with the page's address."""
    phone.goto(address)
    return [f"{address.partition('/')[2]} too small for a finger: {one}" for one in phone.evaluate(TOUCH_PROBE)]


def visits(world: dict[str, str], everything: bool) -> Iterator[tuple[str, str, Looks]]:
    """(who, address, looks). A page for everybody is also opened without a sign-in."""
    pages = [(route, address, LINES[route].get == EVERYBODY) for route, address in addresses(world).items()]
    pages += [(name, address.format(**world), False) for name, address in STATES.items()]
    pages += [("an error", "/nowhere/", True)]
    turns = itertools.cycle(ALL_LOOKS)
    for route, address, public in pages:
        person = "administrator" if route.startswith("team/") or "log" in route else "alice"
        for who in (person, "nobody") if public else (person,):
            for looks in ALL_LOOKS if everything else [next(turns)]:
                yield who, address, looks


def look_at_all(
    world: dict[str, str],
    open_page: Callable[..., Page],
    people: dict[str, User | None],
    everything: bool,
) -> list[str]:
    pages: dict[tuple[str, Looks], Page] = {}
    phones: dict[tuple[str, str], Page] = {}
    touched = set()
    wrong = []
    for who, address, looks in visits(world, everything):
        if (who, looks) not in pages:
            pages[who, looks] = open_page(people[who], looks)
        wrong += faults(pages[who, looks], world["live"] + address, looks)
        if (address, looks.language) in touched:
            continue
        touched.add((address, looks.language))
        if (who, looks.language) not in phones:
            phone = Looks(looks.language, "light", 390)
            phones[who, looks.language] = open_page(people[who], phone, has_touch=True, is_mobile=True)
        wrong += too_small(phones[who, looks.language], world["live"] + address)
    return wrong


def test_every_address_that_is_a_page_is_looked_at(world: dict[str, str]) -> None:
    """A new address is either a page that this test opens, or listed above as no page."""
    readable = {route for route, line in LINES.items() if line.get is not None}
    assert set(addresses(world)) | NOT_PAGES >= readable
    assert readable | {"admin/"} >= NOT_PAGES


@pytest.mark.parametrize("everything", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_every_page_is_for_everybody(
    world: dict[str, str],
    open_page: Callable[..., Page],
    alice: User,
    administrator: User,
    everything: bool,
) -> None:
    people = {"alice": alice, "administrator": administrator, "nobody": None}
    wrong = look_at_all(world, open_page, people, everything)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_design_system_is_for_everybody(
    browser: Browser, live_server: LiveServer, settings: Settings, theme: Literal["light", "dark"]
) -> None:
    """Its address exists only in development, so this test adds it."""
    settings.ROOT_URLCONF = (*urls.urlpatterns, path("design/", design))
    context = browser.new_context(
        locale="en",
        color_scheme=theme,
        viewport={"width": 320, "height": 800},
        reduced_motion="reduce",
        service_workers="block",
        has_touch=True,
        is_mobile=True,
    )
    page = context.new_page()
    wrong = faults(page, f"{live_server.url}/design/", Looks("en", theme, 320))
    for name in ("Menu", "Dialog"):
        page.get_by_role("button", name=name, exact=True).click()
        wrong += violations(page)
        page.keyboard.press("Escape")
    wrong += page.evaluate(TOUCH_PROBE)
    context.close()
    assert not wrong, "\n".join(wrong)
