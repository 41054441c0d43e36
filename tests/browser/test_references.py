"""Reference images in a browser: people drop, paste, choose, sort and cancel them, and some are refused. Also without
scripts."""

import base64
import re
from collections.abc import Callable
from functools import partial

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect
from pytest_django.fixtures import Settings

from accounts.models import User
from playground.models import GeneratedImage, Generation, Reference
from playground.sandbox import Sandbox
from tests.browser.conftest import choose_model, layout_shift
from tests.browser.test_trouble import ANSWERS, PORTAL
from tests.drawing import drawing, encoded, exif
from tests.references.files import with_chunk

pytestmark = pytest.mark.browser
RED = encoded(drawing(300, 200))
TURNED = encoded(drawing(320, 200), "JPEG", exif=exif(6))


def padded(size: int) -> bytes:
    """A small picture in a file of about this many bytes."""
    return with_chunk(encoded(drawing()), b"fiLl", bytes(size))


@pytest.fixture
def studio(page: Page, live: str, complaints: list[str], sign_in: Callable[[User], None], alice: User) -> Page:
    sign_in(alice)
    page.goto(f"{live}/")
    return page


def transfer(page: Page, files: list[tuple[str, bytes]]) -> object:
    """The files as a drop or the clipboard gives them to the page."""
    code = """files => { const data = new DataTransfer(); for (const [name, content] of files) {
      const bytes = Uint8Array.from(atob(content), character => character.charCodeAt(0));
      data.items.add(new File([bytes], name, { type: "image/png" })); } return data; }"""
    return page.evaluate_handle(code, [[name, base64.b64encode(data).decode()] for name, data in files])


def drop(page: Page, *files: tuple[str, bytes], on: str = "#history") -> None:
    data = transfer(page, list(files))
    page.dispatch_event(on, "dragover", {"dataTransfer": data})
    page.dispatch_event(on, "drop", {"dataTransfer": data})


def items(page: Page) -> Locator:
    return page.locator("#reference-list [data-reference]")


def names(page: Page) -> list[str]:
    return [item.get_attribute("data-name") or "" for item in items(page).all()]


def test_from_dropping_two_files_to_the_picture(
    studio: Page, sandbox: Sandbox, live: str, complaints: list[str], settings: Settings
) -> None:
    settings.SANDBOX_PLAIN = False
    drop(studio, ("first.png", RED), ("second.jpg", TURNED))
    expect(items(studio)).to_have_count(2)
    expect(items(studio).nth(1).locator("img")).to_have_attribute("title", re.compile("200 × 320"))
    expect(studio.locator("#estimate")).to_contain_text("Image input")

    assert Axe().run(studio, context="#references").violations_count == 0
    up = studio.get_by_role("button", name="Move second.jpg forward")
    up.focus()
    studio.keyboard.press("Enter")
    assert names(studio) == ["second.jpg", "first.png"]
    expect(studio.locator("#announcer")).to_have_text("second.jpg is now number 1 of 2.")

    studio.reload()
    expect(items(studio)).to_have_count(2)
    assert names(studio) == ["second.jpg", "first.png"]

    studio.get_by_label("Prompt", exact=True).fill("A board of both")
    studio.get_by_role("button", name="Generate", exact=True).click()
    card = studio.locator(".task-card").first
    expect(card.locator("img")).to_have_count(1)
    # What was sent is put away, and can be brought back.
    expect(items(studio)).to_have_count(0)
    expect(studio.locator("#estimate")).not_to_contain_text("Image input")
    studio.get_by_role("button", name="Keep them").click()
    expect(items(studio)).to_have_count(2)
    assert names(studio) == ["second.jpg", "first.png"]

    [task] = sandbox.task_log()
    assert [url.rsplit(".", 1)[-1] for url in task.image_urls] == ["jpg", "png"]
    assert all(url.startswith(f"{live}/r/") for url in task.image_urls)
    with GeneratedImage.objects.get().file.open("rb") as file:
        picture = Image.open(file).convert("RGB")
    colours = picture.resize((64, 64)).getcolors(64 * 64) or []
    reds = sum(count for count, (red, green, blue) in colours if red > 150 > max(green, blue) + 40)
    assert reds > 50, "the picture shows the references"
    assert layout_shift(studio) <= 0.02
    # A newer estimate cancels an older one.
    assert [said for said in complaints if "/studio/estimate/" not in said] == []


def test_a_bad_file_is_refused_beside_its_name_and_a_failed_form_keeps_the_rest(
    studio: Page, complaints: list[str]
) -> None:
    drop(studio, ("good.png", RED), ("holiday.gif", b"GIF89a" + bytes(50)), ("empty.png", b""))
    expect(items(studio)).to_have_count(1)
    refused = studio.locator('#reference-list [data-state="refused"]')
    expect(refused).to_have_count(2)
    expect(refused.filter(has_text="holiday.gif")).to_contain_text("EvoLink does not accept GIF files")
    expect(refused.filter(has_text="empty.png")).to_contain_text("The file is empty")
    refused.filter(has_text="holiday.gif").get_by_role("button").click()
    expect(refused).to_have_count(1)

    choose_model(studio, "gpt-image-1")
    studio.get_by_label("Prompt", exact=True).fill("x" * 2001)
    with studio.expect_response(re.compile("/generations/$")) as answer:
        studio.get_by_role("button", name="Generate", exact=True).click()
    assert answer.value.status == 422
    expect(studio.get_by_label("Prompt", exact=True)).to_have_value("x" * 2001)
    expect(items(studio)).to_have_count(1)
    assert not Generation.objects.exists()
    assert [said for said in complaints if "422" not in said and "/studio/estimate/" not in said] == []


def test_what_an_upload_came_to_is_said_beside_the_file_and_it_can_be_sent_again(studio: Page) -> None:
    drop(studio, ("first.png", RED))
    expect(items(studio)).to_have_count(1)
    refused = studio.locator('#reference-list [data-state="refused"]')
    for number, (status, what, _then) in enumerate(ANSWERS, 1):
        studio.route(re.compile("/references/add/"), partial(Route.fulfill, status=status, body=PORTAL))
        drop(studio, (f"{status}.png", padded(number)))
        expect(refused.filter(has_text=f"{status}.png")).to_contain_text(what)
        expect(items(studio)).to_have_count(1)
    studio.unroute_all()
    refused.filter(has_text="200.png").get_by_role("button", name="Try again").click()
    expect(items(studio)).to_have_count(2)
    expect(refused).to_have_count(len(ANSWERS) - 1)

    studio.route(re.compile("/references/chosen/"), partial(Route.fulfill, body=PORTAL))
    studio.reload()
    expect(studio.locator("#toasts")).to_contain_text("Something else answered in place of the studio")
    studio.unroute_all()
    # The estimate comes once more for the references; without cookies it would lead to the sign-in before the drop.
    with studio.expect_response(re.compile("/studio/estimate/")):
        studio.reload()
        expect(items(studio)).to_have_count(2)
    expect(studio.locator("#estimate")).to_contain_text("Image input")

    studio.context.clear_cookies()
    drop(studio, ("signed-out.png", RED))
    studio.wait_for_url(re.compile(r"/accounts/login/\?next=/"))


def test_pasting_dragging_removing_and_taking_up_again(studio: Page, complaints: list[str]) -> None:
    code = "(data) => document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, cancelable: true }))"
    studio.evaluate(code, transfer(studio, [("pasted.png", RED)]))
    expect(items(studio)).to_have_count(1)
    studio.set_input_files(
        "#id_images",
        [
            {"name": "chosen.jpg", "mimeType": "image/jpeg", "buffer": TURNED},
            {"name": "third.png", "mimeType": "image/png", "buffer": encoded(drawing(50, 50))},
        ],
    )
    expect(items(studio)).to_have_count(3)

    third = items(studio).filter(has_text="third.png")
    box, start = third.locator("img").bounding_box(), items(studio).first.bounding_box()
    assert box
    assert start
    studio.mouse.move(box["x"] + 10, box["y"] + 20)
    studio.mouse.down()
    studio.mouse.move(start["x"] + start["width"] * 0.9, box["y"] + 20, steps=4)
    studio.mouse.move(start["x"] + 4, box["y"] + 20, steps=4)
    studio.mouse.up()
    assert names(studio)[0] == "third.png"
    expect(studio.locator("#announcer")).to_have_text("third.png is now number 1 of 3.")

    studio.get_by_role("button", name="Remove third.png").click()
    expect(items(studio)).to_have_count(2)
    studio.locator("#add > summary").click()
    studio.get_by_text("Use an earlier one").click()
    studio.get_by_role("button", name="Use third.png").click()
    expect(items(studio)).to_have_count(3)
    with studio.expect_response(re.compile("/references/chosen/")):
        studio.get_by_role("button", name="Use third.png").click()
    expect(studio.locator("#reference-list > li")).to_have_count(3)
    assert Reference.objects.count() == 3
    assert [said for said in complaints if "/studio/estimate/" not in said] == []


def test_from_the_clipboard_by_a_button(studio: Page) -> None:
    studio.context.grant_permissions(["clipboard-read", "clipboard-write"])
    code = """content => {
      const bytes = Uint8Array.from(atob(content), character => character.charCodeAt(0));
      const item = new ClipboardItem({ "image/png": new Blob([bytes], { type: "image/png" }) });
      return navigator.clipboard.write([item]); }"""
    studio.evaluate(code, base64.b64encode(RED).decode())
    studio.locator("#add > summary").click()
    studio.get_by_role("button", name="Add from clipboard").click()
    expect(items(studio)).to_have_count(1)
    assert names(studio) == ["clipboard.png"]
    studio.evaluate("() => navigator.clipboard.writeText('words')")
    studio.get_by_role("button", name="Add from clipboard").click()
    expect(studio.locator("#announcer")).to_have_text("There is no picture in the clipboard.")


@pytest.mark.parametrize("width", [390, 320])
def test_on_a_phone_without_dragging(another: Callable[..., Page], studio: Page, live: str, width: int) -> None:
    page = another(studio, viewport={"width": width, "height": 844}, has_touch=True, is_mobile=True)
    page.goto(f"{live}/")
    drop(page, ("a.png", RED), ("a picture with a long name.jpg", TURNED))
    expect(items(page)).to_have_count(2)
    page.locator("#id_prompt").tap()
    items(page).last.locator("img").tap(position={"x": 8, "y": 40})
    for button in items(page).last.get_by_role("button").all():
        box = button.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44
    page.get_by_role("button", name="Move a picture with a long name.jpg forward").tap()
    assert names(page) == ["a picture with a long name.jpg", "a.png"]
    expect(page.locator("#announcer")).to_have_text("a picture with a long name.jpg is now number 1 of 2.")
    # The first item cannot move up, so the focus stays on the picture.
    expect(page.get_by_role("button", name="Move a picture with a long name.jpg back")).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_by_finger(another: Callable[..., Page], studio: Page, live: str) -> None:
    """On a phone a finger moves a picture too."""
    page = another(studio, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto(f"{live}/")
    drop(page, ("a.png", RED), ("b.jpg", TURNED))
    expect(items(page)).to_have_count(2)
    page.locator("#id_prompt").tap()
    thumb = items(page).nth(1).locator("img")
    box, target = thumb.bounding_box(), items(page).first.bounding_box()
    assert box
    assert target
    line = page.context.new_cdp_session(page)
    x, y = box["x"] + 8, box["y"] + box["height"] - 8
    line.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 6):
        point = {"x": x + (target["x"] + 4 - x) * step / 5, "y": y}
        line.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    line.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert names(page) == ["b.jpg", "a.png"]


def test_cancelling_and_waiting_for_what_is_on_its_way(studio: Page, complaints: list[str]) -> None:
    line = studio.context.new_cdp_session(studio)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 250_000}
    line.send("Network.emulateNetworkConditions", slow)
    drop(studio, ("slow.png", padded(1_000_000)), ("dropped.jpg", padded(900_000)))
    row = studio.locator('#reference-list [data-state="uploading"]').filter(has_text="dropped.jpg")
    row.get_by_role("button", name="Cancel").click()
    expect(row).to_have_count(0)

    studio.get_by_label("Prompt", exact=True).fill("A lighthouse")
    studio.get_by_role("button", name="Generate", exact=True).click()
    expect(studio.locator("#generate")).to_have_attribute("aria-busy", "true")
    assert not Generation.objects.exists()
    expect(studio.locator(".task-card")).to_have_count(1)
    assert [use.name for use in Generation.objects.get().reference_uses.all()] == ["slow.png"]
    assert Reference.objects.count() == 1
    assert [said for said in complaints if "ERR_ABORTED" not in said] == []


def test_use_as_reference(studio: Page, complaints: list[str]) -> None:
    studio.get_by_label("Prompt", exact=True).fill("A lighthouse")
    studio.get_by_role("button", name="Generate", exact=True).click()
    picture = studio.locator(".task-card .slot").first
    expect(picture.locator("img")).to_have_count(1)
    picture.hover()
    picture.get_by_role("button", name="More").click()
    picture.get_by_role("button", name="Use as reference").click()
    expect(items(studio)).to_have_count(1)
    expect(studio.get_by_label("Prompt", exact=True)).to_be_focused()
    assert Reference.objects.get().source == GeneratedImage.objects.get()
    assert [said for said in complaints if "/studio/estimate/" not in said] == []


def test_without_scripts_the_file_input_does_the_whole_job(
    another: Callable[..., Page], studio: Page, live: str, sandbox: Sandbox, run_worker: Callable[[], None]
) -> None:
    page = another(studio, java_script_enabled=False)
    page.goto(f"{live}/")
    files = [
        {"name": "a.png", "mimeType": "image/png", "buffer": RED},
        {"name": "b.jpg", "mimeType": "image/jpeg", "buffer": TURNED},
    ]
    page.locator("#id_images").set_input_files(files)
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(page.get_by_role("checkbox", name="Use a.png")).to_be_checked()
    page.get_by_role("checkbox", name="Use b.jpg").uncheck()
    page.get_by_label("Prompt", exact=True).fill("A lighthouse")
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(page.locator(".task-card")).to_have_count(1)
    assert [use.name for use in Generation.objects.get().reference_uses.all()] == ["a.png"]
