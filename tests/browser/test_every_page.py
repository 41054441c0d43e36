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
from typing import Literal, NamedTuple

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import path
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import EventKind, Invitation, Role, SecurityEvent, User
from playground import urls
from playground.evolink import Task
from playground.models import Budget, Found, ShareLink
from playground.views.design import design
from tests.access import EVERYBODY, LINES
from tests.browser.conftest import at_rest, violations
from tests.factories import make_generation, make_key, make_reference, make_saved

pytestmark = pytest.mark.browser

# Addresses of a part of a page, of a file, or only of a redirect.
NOT_PAGES = {
    "studio/settings/",
    "studio/changes/",
    "docs/scenarios/choices/",
    "gallery/more/",
    "generations/<slug:code>/task/<int:candidate>/",
    "generations/<slug:code>/images/<int:index>/",
    "generations/<slug:code>/images/<int:index>/small/",
    "generations/<slug:code>/images/<int:index>/medium/",
    "generations/<slug:code>/images/<int:index>/panel/",
    "generations/<slug:code>/images/<int:index>/menu/",
    "generations/<slug:code>/offers/",
    "generations/<slug:code>/images/<int:index>/change/box/",
    "generations/<slug:code>/images/<int:index>/change/children/",
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


# Pixels.
WIDE, PHONE, NARROW, HEIGHT = 1366, 390, 320, 800
ALL_LOOKS = [Looks(*one) for one in itertools.product(("en", "ja"), ("light", "dark"), (WIDE, NARROW))]

# What a person cannot use or read, beyond what axe knows, and the modules that the page asks for only when it has read
# another one.
PROBE = """() => {
  const seen = { visibilityProperty: true, contentVisibilityAuto: true };
  const shown = (one) => one.checkVisibility(seen) && one.getBoundingClientRect().width > 0;
  const all = (selector) => [...document.querySelectorAll(selector)].filter(shown);
  const ordered = new Set([...document.querySelectorAll("script[src], link[href]")].map((one) => one.src || one.href));
  const tag = (one) => one.outerHTML.slice(0, 160).replace(/\\s+/g, " ");
  const small = all("button, a[role=button], summary, input[type=checkbox], input[type=radio]").filter((one) => {
    const box = one.getBoundingClientRect();
    return Math.min(box.width, box.height) < 24;
  });
  return {
    sideways: document.documentElement.scrollWidth - window.innerWidth,
    small: small.map(tag),
    broken: all("img").filter((one) => one.complete && !one.naturalWidth).map(tag),
    late: performance.getEntriesByType("resource").map(({ name }) => name)
      .filter((name) => name.endsWith(".js") && !ordered.has(name)),
    headings: document.querySelectorAll("h1").length,
    language: document.documentElement.lang,
  };
}"""

# Styles follow a new kind of pointer with one of the next frames.
LARGE_TARGETS = "() => getComputedStyle(document.documentElement).getPropertyValue('--target') === '2.75rem'"

# What a finger cannot hit, with everything unfolded. A link inside a sentence is as high as its line; one between two
# separators stands by itself. A label belongs to its control.
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


def addresses(lived_in: dict[str, str]) -> dict[str, str]:
    """Every page by its route, with what it needs in its address, and some pages once more in another state."""
    pages = {
        route: f"/{route}".replace("<slug:code>", lived_in["code"])
        .replace("<str:token>", lived_in["invitation"])
        .replace("<slug:token>", lived_in["shared"])
        .replace("<int:pk>", lived_in["link"])
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
def lived_in(
    live_server: LiveServer, settings: Settings, alice: User, bob: User, administrator: User
) -> dict[str, str]:
    """A studio in which something of everything has happened. No worker runs, so everything stays as it is."""
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
    running.mark_accepted("task-unified-1", now, now, Found.LIST)
    running.mark_progress(Task(id="task-unified-1", status="processing", progress=40), now)
    failed = make_generation(owner=alice, prompt="A well-known actor")
    failed.fail("content_policy_violation", "content_policy_violation: blocked", now)
    unknown = make_generation(owner=alice)
    unknown.mark_submitting(now, None)
    unknown.mark_unknown(now, now, "No answer")
    listed = {"status": "completed", "created_at": now, "noted_at": now}
    candidates = [unknown.candidates.create(task_id=f"task-unified-{number}", **listed) for number in (2, 3)]
    candidates[0].picture(default_storage.save("candidates/first.webp", ContentFile(picture.getvalue())))
    make_generation(owner=alice).cancel(now)
    reference = make_reference(owner=alice, name="a-rather-long-name-of-a-holiday-photo-from-the-beach.png")
    for name in (reference.file.name, reference.thumbnail.name):
        if not default_storage.exists(name):
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


class Visitor:
    """A page of a device with these looks, on which everybody signs in, in turn. On a narrow one they rehearse, and use
    a finger; a wide one becomes such a phone once it has shown how a page looks."""

    def __init__(self, page: Page, live: str, looks: Looks) -> None:
        self._page = page
        self._live = live
        self._looks = looks
        self._devtools = page.context.new_cdp_session(page)
        self._person: User | None = None
        self._complaints: list[str] = []
        page.on("console", lambda message: self._complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self._complaints.append(str(error)))

    @property
    def _narrow(self) -> bool:
        return self._looks.width < PHONE

    def look(self, person: User | None, address: str) -> list[str]:
        """What is wrong with a page, each sentence with its address."""
        self._become(person)
        self._complaints.clear()
        self._page.goto(self._live + address)
        wrong = faults(self._page, self._looks.language)
        wrong += [sentence for sentence in self._complaints if "status of 4" not in sentence]
        wrong += [f"too small for a finger: {one}" for one in self._touched()]
        return [f"{address} {self._looks}: {sentence}" for sentence in wrong]

    def _touched(self) -> list[str]:
        if self._narrow:
            return too_small(self._page)
        self._take(PHONE, touch=True)
        small = too_small(self._page)
        self._take(WIDE, touch=False)
        return small

    def _take(self, width: int, *, touch: bool) -> None:
        metrics = {"width": width, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": touch}
        self._devtools.send("Emulation.setDeviceMetricsOverride", metrics)
        self._devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": touch})
        if touch:
            self._page.wait_for_function(LARGE_TARGETS)
            at_rest(self._page)

    def _become(self, person: User | None) -> None:
        if person == self._person:
            return
        # A page that keeps asking would be led to the sign-in between two people.
        self._page.goto("about:blank")
        self._person = person
        name = django_settings.SESSION_COOKIE_NAME
        self._page.context.clear_cookies(name=name)
        if person:
            cookie = {"name": name, "value": self._sign_in(person), "url": self._live}
            self._page.context.add_cookies([cookie])  # type: ignore[list-item]

    def _sign_in(self, person: User) -> str:
        client = Client()
        client.force_login(person)
        if self._narrow:
            client.post("/mode/", {"rehearsal": "1"})
        return client.cookies[django_settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def visitor(another: Callable[..., Page], lived_in: dict[str, str], looks: Looks) -> Visitor:
    touch = {"has_touch": True, "is_mobile": True} if looks.width < PHONE else {}
    page = another(
        locale=looks.language,
        color_scheme=looks.theme,
        viewport={"width": looks.width, "height": HEIGHT},
        reduced_motion="reduce",
        **touch,
    )
    return Visitor(page, lived_in["live"], looks)


def faults(page: Page, language: str) -> list[str]:
    """What is wrong with the page that is shown."""
    seen = page.evaluate(PROBE)
    said = violations(page)
    if seen["sideways"] > 0:
        said.append(f"scrolls sideways by {seen['sideways']} px")
    if seen["headings"] != 1:
        said.append(f"{seen['headings']} main headings")
    if seen["language"] != language:
        said.append(f"is in {seen['language']}")
    for what in ("small", "broken", "late"):
        said += [f"{what}: {one}" for one in seen[what]]
    return said


def too_small(page: Page) -> list[str]:
    """What a finger cannot hit, with everything unfolded."""
    return list(page.evaluate(TOUCH_PROBE))


class Visit(NamedTuple):
    who: str
    address: str
    looks: Looks


def visits(lived_in: dict[str, str], everything: bool) -> Iterator[Visit]:
    """Every page, in every one of the looks or in one of them, in turn. A page that anybody may see is seen by somebody
    who is signed in and by nobody in particular, or by one of them, in turn."""
    pages = [(route, address, LINES[route].get == EVERYBODY) for route, address in addresses(lived_in).items()]
    pages += [(name, address.format(**lived_in), False) for name, address in STATES.items()]
    pages += [("an error", "/nowhere/", True)]
    looks, strangers = itertools.cycle(ALL_LOOKS), itertools.cycle([True, False, False, True])
    for route, address, public in pages:
        person = "administrator" if route.startswith("team/") or "log" in route else "alice"
        if everything:
            people = (person, "nobody") if public else (person,)
            yield from (Visit(who, address, each) for who in people for each in ALL_LOOKS)
        else:
            yield Visit("nobody" if public and next(strangers) else person, address, next(looks))


def test_every_address_that_is_a_page_is_looked_at(lived_in: dict[str, str]) -> None:
    """A new address is either a page, which is looked at, or named above as none."""
    readable = {route for route, line in LINES.items() if line.get is not None}
    assert set(addresses(lived_in)) | NOT_PAGES >= readable
    assert readable | {"admin/"} >= NOT_PAGES


@pytest.mark.parametrize("everything", [False, pytest.param(True, marks=pytest.mark.soak)], ids=["sample", "all"])
@pytest.mark.parametrize("looks", ALL_LOOKS, ids=lambda looks: "-".join(map(str, looks)))
def test_every_page_is_for_everybody(
    lived_in: dict[str, str],
    visitor: Visitor,
    alice: User,
    administrator: User,
    looks: Looks,
    everything: bool,
) -> None:
    people = {"alice": alice, "administrator": administrator, "nobody": None}
    wrong = []
    for who, address, turn in visits(lived_in, everything):
        if turn == looks:
            wrong += visitor.look(people[who], address)
    assert not wrong, "\n".join(wrong)


@pytest.mark.browser_context_args(viewport={"width": NARROW, "height": HEIGHT}, has_touch=True, is_mobile=True)
def test_the_design_system_is_for_everybody(page: Page, live_server: LiveServer, settings: Settings) -> None:
    """Its address is there while developing only; here it is added to the others."""
    settings.ROOT_URLCONF = (*urls.urlpatterns, path("design/", design))
    wrong = []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.goto(f"{live_server.url}/design/")
        wrong += faults(page, "en")
    for name in ("Menu", "Dialog"):
        page.get_by_role("button", name=name, exact=True).click()
        wrong += violations(page)
        page.keyboard.press("Escape")
    wrong += too_small(page)
    assert not wrong, "\n".join(wrong)
