"""The complete way twice: with the keyboard only, and on the narrowest screen (the same as a wide one at 400 %)."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.models import Budget, Generation
from tests.browser.conftest import layout_shift

pytestmark = pytest.mark.browser

# The focus: which element has it, whether that is visible, and whether something covers it (WCAG 2.4.7, 2.4.11).
FOCUS = """async () => {
  await Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})));
  const one = document.activeElement;
  if (one === document.body) return { name: "", seen: true, free: true };
  // Radios and files are drawn by the label around them.
  const drawn = one.matches("#id_prompt") ? one.closest(".composer-box")
    : one.closest(".tile, .segments > label, .reference-drop, .stepper") || one;
  const style = (element) => getComputedStyle(element);
  const rings = [one, drawn].filter((element) => style(element).outlineStyle !== "none");
  const ringed = rings.some((element) => parseFloat(style(element).outlineWidth) >= 2);
  const box = drawn.getBoundingClientRect();
  const inside = (middle, length) => Math.min(Math.max(middle, 0), length - 1);
  const top = document.elementFromPoint(
    inside(box.left + box.width / 2, innerWidth), inside(box.top + box.height / 2, innerHeight)
  );
  return {
    name: one.getAttribute("aria-label") || one.innerText || one.value || one.id,
    cover: top?.outerHTML.slice(0, 80),
    seen: ringed,
    free: !top || drawn.contains(top) || top.contains(drawn),
  };
}"""


def tab_to(page: Page, selector: str, key: str = "Tab", most: int = 60) -> None:
    """Presses Tab until this has the focus. On the way the focus is never lost, invisible or covered."""
    for _step in range(most):
        page.keyboard.press(key)
        focus = page.evaluate(FOCUS)
        assert focus["seen"], f"the focus on {focus['name']!r} cannot be seen"
        assert focus["free"], f"{focus['cover']} covers {focus['name']!r}"
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} is not reached with {key}")


def test_with_the_keyboard_alone(page: Page, live: str, complaints: list[str], settings: Settings, alice: User) -> None:
    settings.SANDBOX_SECONDS = 0.5
    page.emulate_media(reduced_motion="reduce")  # so that all scrolling is immediate
    page.goto(f"{live}/accounts/login/")
    tab_to(page, ".skip")
    page.keyboard.press("Enter")
    tab_to(page, "[name=login]")
    page.keyboard.type("alice")
    tab_to(page, "[name=password]")
    page.keyboard.type("alice")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{live}/")

    expect(page.locator("#tour")).to_be_visible()
    tab_to(page, "[data-tour=next]")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator("#tour")).to_be_hidden()
    expect(page.locator("#id_prompt")).to_be_focused()
    tab_to(page, ".skip", key="Shift+Tab")
    page.keyboard.press("Enter")
    tab_to(page, "#id_prompt")
    page.keyboard.type("A lighthouse at dusk")
    for chip, field, key in (
        ("#chip-size", "[name=size]", "ArrowRight"),
        ("#chip-quality", "[name=quality]", "ArrowUp"),
        ("#chip-model", "[name=model]", "ArrowUp"),
    ):
        tab_to(page, f"{chip} > summary")
        page.keyboard.press("Enter")
        tab_to(page, field)
        page.keyboard.press(key)
        page.keyboard.press("Escape")
        expect(page.locator(f"{chip} > summary")).to_be_focused()
    size, quality = (
        page.evaluate(f"document.querySelector('[name={name}]:checked').value") for name in ("size", "quality")
    )
    tab_to(page, "#generate")
    tab_to(page, "#price > summary", key="Shift+Tab")
    page.keyboard.press("Control+Enter")

    card = page.locator(".task-card").first
    expect(card).to_be_visible()
    expect(page.locator("#announcer")).to_have_text("One picture is ready.")
    row = Generation.objects.get()
    assert (row.size, row.quality, row.prompt) == (size, quality, "A lighthouse at dusk")
    assert page.evaluate("document.activeElement !== document.body"), "the focus is where it was"

    tab_to(page, ".slot .picture-link")
    page.keyboard.press("Enter")
    lightbox = page.get_by_role("dialog").filter(has=page.locator("#lightbox-frame"))
    expect(lightbox).to_be_visible()
    expect(page.locator("#lightbox-tools:not([data-stale])")).to_be_visible()
    page.keyboard.press("f")
    expect(lightbox.locator("[aria-pressed=true]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(lightbox).to_be_hidden()
    expect(page.locator(".slot .picture-link")).to_be_focused()

    tab_to(page, ".nav a[href='/gallery/']", key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/gallery/"))
    tab_to(page, ".picture-link")
    page.keyboard.press("x")
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_text("1 selected")).to_be_hidden()

    tab_to(page, "[popovertarget=account-menu]", key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#account-menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#account-menu")).to_be_hidden()
    expect(page.locator("[popovertarget=account-menu]")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#account-menu form[action='/accounts/logout/'] button")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/accounts/login/"))
    assert complaints == []


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, page.url


@pytest.mark.browser_context_args(locale="ja", viewport={"width": 320, "height": 568}, has_touch=True, is_mobile=True)
def test_on_the_narrowest_screen(page: Page, live: str, settings: Settings, alice: User) -> None:
    settings.SANDBOX_SECONDS = 0.5
    page.goto(f"{live}/accounts/login/")
    fits(page)
    page.locator("[name=login]").fill("alice")
    page.locator("[name=password]").fill("alice")
    page.locator("[name=password]").press("Enter")
    expect(page.locator("#tour")).to_be_visible()
    fits(page)
    page.locator("[data-tour=end]").tap()

    page.locator("#id_prompt").fill("夕焼けの海と小さな舟")
    page.locator("#chip-quality > summary").tap()
    page.locator(".tile", has=page.locator("[name=quality][value=low]")).tap()
    fits(page)
    page.keyboard.press("Escape")
    page.locator("#generate").tap()
    card = page.locator(".task-card").first
    expect(card.locator("img")).to_have_count(1)
    fits(page)

    # The composer is within reach of a thumb everywhere in the history. It is one line until somebody writes in it.
    page.locator("#history").tap()
    composer = page.locator(".composer-box")
    expect(composer).to_be_in_viewport(ratio=1)
    idle = composer.bounding_box()
    assert idle
    assert idle["height"] <= 72
    page.locator("#id_prompt").tap()
    expect(page.locator("#price")).to_be_in_viewport(ratio=1)
    page.locator("#history").tap()
    expect(page.locator("#price")).to_be_hidden()

    card.locator(".slot .picture-link").first.tap()
    expect(page.locator("#lightbox")).to_be_visible()
    expect(page.locator("#lightbox-tools:not([data-stale])")).to_be_visible()
    fits(page)
    page.locator("#lightbox [data-close]").tap()
    expect(page.locator("#lightbox")).to_be_hidden()

    page.locator(".nav a[href='/gallery/']").tap()
    expect(page.locator(".picture")).to_have_count(1)
    fits(page)
    page.locator(".picture-link").tap()
    expect(page.locator("#lightbox")).to_be_visible()
    page.locator("#lightbox .favourite button").tap()
    expect(page.locator("#lightbox .favourite button")).to_have_attribute("aria-pressed", "true")
    page.locator("#lightbox [data-close]").tap()
    for address in (f"/generations/{Generation.objects.get().code}/", "/pricing/", "/usage/", "/settings/", "/help/"):
        page.goto(f"{live}{address}")
        fits(page)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_forced_colours_show_what_is_chosen(
    page: Page, live: str, alice: User, sign_in: Callable[[User], None], theme: str
) -> None:
    page.emulate_media(forced_colors="active", color_scheme=theme)  # type: ignore[arg-type]
    sign_in(alice)
    page.goto(f"{live}/")
    looks = "(one) => { const style = getComputedStyle(one); return style.backgroundColor + style.borderColor; }"
    page.locator("#chip-quality > summary").click()
    chosen = page.locator(".tile:has([name=quality]:checked)").evaluate(looks)
    other = page.locator(".tile:has([name=quality]:not(:checked))").first.evaluate(looks)
    assert chosen != other
    ground = page.locator("body").evaluate("(one) => getComputedStyle(one).backgroundColor")
    assert page.locator("#generate").evaluate("(one) => getComputedStyle(one).backgroundColor") != ground


# The system colors by name.
SYSTEM = """(names) => names.map((name) => {
  const one = document.body.appendChild(document.createElement("i"));
  one.style.color = name;
  return getComputedStyle(one).color;
})"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_forced_colours_leave_every_state_readable(
    page: Page, live: str, alice: User, sign_in: Callable[[User], None], theme: str
) -> None:
    Budget.objects.put(alice, Decimal(50))
    page.emulate_media(forced_colors="active", color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    sign_in(alice)
    page.goto(f"{live}/")
    names = ["Highlight", "HighlightText", "ButtonFace", "GrayText", "CanvasText"]
    highlight, highlight_text, button, gray, text = page.evaluate(SYSTEM, names)
    primary = page.locator("#generate")

    def is_painted(background: str, color: str) -> None:
        expect(primary).to_have_css("background-color", background)
        expect(primary).to_have_css("color", color)

    primary.hover()
    is_painted(highlight, highlight_text)
    page.mouse.down()
    is_painted(highlight, highlight_text)
    page.mouse.move(0, 0)
    page.mouse.up()
    primary.evaluate("(one) => (one.disabled = true)")
    is_painted(button, gray)
    expect(page.locator(".nav a[aria-current]")).to_have_css("text-decoration-line", "underline")
    notify = page.locator("#notify")
    notify.evaluate("(one) => one.setAttribute('aria-pressed', 'true')")
    expect(notify).to_have_css("text-decoration-line", "underline")
    page.goto(f"{live}/pricing/")
    expect(page.locator(".bar-line rect").first).to_have_css("fill", text)
    page.goto(f"{live}/usage/")
    expect(page.locator(".track")).to_have_css("fill", gray)
    expect(page.locator(".track + rect")).to_have_css("fill", text)


def test_nothing_moves_for_people_who_asked_for_that(
    page: Page, live: str, alice: User, sign_in: Callable[[User], None], settings: Settings, complaints: list[str]
) -> None:
    settings.SANDBOX_SECONDS = 30.0
    page.emulate_media(reduced_motion="reduce")
    sign_in(alice)
    page.goto(f"{live}/")
    page.get_by_label("Prompt", exact=True).fill("A slow picture")
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(page.locator(".slot.skeleton")).to_be_visible()
    page.wait_for_timeout(300)
    assert page.evaluate("document.getAnimations().filter((one) => one.playState === 'running').length") == 0
    assert layout_shift(page) <= 0.02
    assert complaints == []
