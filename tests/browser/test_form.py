"""The form under the hands of people: Back, Enter, what is pasted, and how long a prompt may be."""

import base64
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from playground.models import Generation
from tests.browser.conftest import RunningWorker, choose, choose_model, opened
from tests.drawing import drawing, encoded

pytestmark = pytest.mark.browser

PROMPT = "A lighthouse in a storm"
COPY = """([text, picture]) => {
  const bytes = Uint8Array.from(atob(picture), (character) => character.charCodeAt(0));
  const parts = { "image/png": new Blob([bytes], { type: "image/png" }) };
  if (text) {
    parts["text/plain"] = new Blob([text], { type: "text/plain" });
    parts["text/html"] = new Blob([`<table><tr><td>${text}</td></tr></table>`], { type: "text/html" });
  }
  return navigator.clipboard.write([new ClipboardItem(parts)]);
}"""


@pytest.fixture
def studio(
    page: Page, live: str, alice: User, sign_in: Callable[[User], None], worker: RunningWorker
) -> Iterator[Page]:
    """The form. No worker runs."""
    worker.stop()
    sign_in(alice)
    page.goto(f"{live}/")
    yield page
    worker.start()


def copy(page: Page, text: str) -> None:
    """Puts a picture into the clipboard, with this text beside it, if any, as office programs do."""
    page.evaluate(COPY, [text, base64.b64encode(encoded(drawing())).decode()])


def test_back_and_generate_make_a_new_generation_each_time(studio: Page, live: str) -> None:
    prompt, cards = studio.get_by_label("Prompt", exact=True), studio.locator(".task-card")
    prompt.fill(PROMPT)
    studio.get_by_role("button", name="Generate", exact=True).click()
    expect(cards).to_have_count(1)
    for number in (2, 3):
        studio.goto(f"{live}/help/")
        studio.go_back()
        expect(prompt).to_have_value(PROMPT)
        studio.get_by_role("button", name="Generate", exact=True).click()
        expect(cards).to_have_count(number)
    assert Generation.objects.count() == 3
    assert studio.locator("#toasts").inner_text() == ""


def test_text_is_pasted_as_text_and_enter_in_a_field_orders_nothing(studio: Page) -> None:
    studio.context.grant_permissions(["clipboard-read", "clipboard-write"])
    prompt, pictures = studio.get_by_label("Prompt", exact=True), studio.locator("#reference-list > li")
    copy(studio, PROMPT)
    prompt.press("Control+v")
    expect(prompt).to_have_value(PROMPT)
    copy(studio, "3")
    opened(studio, "#id_n").select_text()
    studio.locator("#id_n").press("Control+v")
    expect(studio.locator("#id_n")).to_have_value("3")
    expect(pictures).to_have_count(0)
    copy(studio, "")
    prompt.press("Control+v")
    expect(pictures).to_have_count(1)
    expect(prompt).to_have_value(PROMPT)

    posts: list[str] = []
    studio.on("request", lambda request: posts.append(request.url) if request.url.endswith("/generations/") else None)
    choose_model(studio, "gpt-image-2")
    choose(studio, "size", "own")
    for field in ("#id_n", "[name=model]:checked", "[name=size]:checked", "#id_width"):
        opened(studio, field).press("Enter")
    assert posts == []
    prompt.press("Control+Enter")
    expect(studio.locator(".task-card")).to_have_count(1)
    assert Generation.objects.count() == 1


def test_the_counter_counts_what_the_model_limits(studio: Page) -> None:
    prompt, counter = studio.get_by_label("Prompt", exact=True), studio.locator("#prompt-counter")
    choose_model(studio, "gpt-image-1")
    prompt.fill("x" * 2001)
    expect(counter).to_have_text("1 too many")
    choose_model(studio, "gpt-image-2")
    expect(counter).to_have_text("2,001 / 32,000")
    prompt.fill("あ" * 19_000)
    expect(counter).to_have_text("19,000 / 20,000")
    expect(counter).to_have_attribute("data-tone", "attention")
    prompt.fill("あ" * 32_000)
    expect(counter).to_have_text("12,000 too many")
    studio.get_by_role("button", name="Generate", exact=True).click()
    expect(studio.locator("#id_prompt_error")).to_contain_text("That is 12,000 characters too many.")
    expect(counter).to_have_text("12,000 too many")
    prompt.fill("x" * 20_000 + "🦊" * 10_001)
    expect(counter).to_have_text("1 too many")
