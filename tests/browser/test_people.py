"""From an invitation to a live picture paid with the person's own key, and to the sign-out."""

import re
from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from accounts.models import ApiKey, EventKind, Invitation, SecurityEvent, User
from playground.models import Generation, Status
from playground.sandbox import Sandbox
from tests.browser.conftest import RunningWorker, choose, wait_until

pytestmark = pytest.mark.browser

KEY = "sk-" + "good" * 12


def invite(page: Page, live: str, email: str) -> str:
    """Invites on the team page, and returns the link to copy."""
    page.goto(f"{live}/team/")
    page.get_by_label("Email addresses").fill(email)
    page.get_by_role("button", name="Invite", exact=True).click()
    return page.get_by_label("Invitation link").input_value()


def join(page: Page, link: str, name: str) -> None:
    page.goto(link)
    page.get_by_label("First name").fill(name)
    page.get_by_label("Username").fill(name.lower())
    page.get_by_label("Password").fill("long enough 1")
    page.get_by_role("button", name="Join", exact=True).click()


def add_key(page: Page, live: str) -> None:
    page.goto(f"{live}/settings/keys/")
    page.get_by_label("Label").fill("My own")
    page.get_by_label("API key", exact=True).fill(KEY)
    page.get_by_role("button", name="Check and save").click()
    expect(page.locator(".messages")).to_contain_text("The key works. It can spend 100,000.00 credits.")
    assert KEY not in page.content()


def generate(page: Page, prompt: str) -> None:
    page.locator("#id_prompt").fill(prompt)
    choose(page, "quality", "low")
    page.get_by_role("button", name="Generate", exact=True).click()
    expect(page.locator(".task-card").first).to_contain_text(prompt)


def test_from_an_invitation_to_a_live_picture_and_out_again(
    page: Page,
    another: Callable[..., Page],
    live: str,
    complaints: list[str],
    worker: RunningWorker,
    evolink: Sandbox,
    administrator: User,
    sign_in: Callable[[User], None],
    settings: Settings,
) -> None:
    sign_in(administrator)
    link = invite(page, live, "dora@example.com")
    hers = another()
    join(hers, link, "Dora")
    expect(hers).to_have_url(f"{live}/")
    expect(hers.locator(".mode-pill")).to_have_text("Rehearsal")
    assert Invitation.objects.get().accepted_by == User.objects.get(username="dora")

    add_key(hers, live)
    hers.goto(f"{live}/")
    expect(hers.locator(".mode-pill")).to_have_text("Live")
    hers.locator(".mode-pill").click()
    expect(hers.locator("#mode-menu .balance")).to_contain_text("100,000.00 credits left at EvoLink")
    hers.keyboard.press("Escape")
    generate(hers, "A lighthouse for real money")
    expect(hers.locator(".task-card").first.locator("img")).to_have_count(1)
    assert len(evolink.task_log()) == 1
    assert Generation.objects.get().key == ApiKey.objects.get()

    hers.locator(".mode-pill").click()
    hers.get_by_role("button", name="Rehearse from now on").click()
    expect(hers.locator(".mode-pill")).to_have_text("Rehearsal")
    generate(hers, "A lighthouse for nothing")
    expect(hers.locator(".task-card").first.locator("img")).to_have_count(1)
    assert len(evolink.task_log()) == 1
    hers.locator(".mode-pill").click()
    hers.get_by_role("button", name="Go live").click()
    expect(hers.locator(".mode-pill")).to_have_text("Live")

    worker.stop()
    generate(hers, "A lighthouse while leaving")
    page.goto(f"{live}/team/")
    page.locator("li", has_text="dora@example.com").get_by_role("button", name="Deactivate").click()
    expect(page.locator(".messages")).to_contain_text("can no longer sign in")
    # Her page asks for its running card, and is led to the sign-in. Opening a page as well would meet that on its way.
    expect(hers).to_have_url(re.compile("/accounts/login/"), timeout=20_000)
    worker.start()
    wait_until(page, lambda: Generation.objects.latest("pk").final)
    # What was not sent when she left is cancelled, and costs nothing.
    assert Generation.objects.latest("pk").status == Status.CANCELLED
    assert len(evolink.task_log()) == 1
    assert complaints == []


def test_invitations_on_a_phone(
    page: Page, live: str, administrator: User, sign_in: Callable[[User], None], complaints: list[str]
) -> None:
    """Nothing scrolls sideways, even with a long address, and one touch copies a link."""
    page.set_viewport_size({"width": 390, "height": 800})
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    sign_in(administrator)
    link = invite(page, live, f"{'somebody.' * 6}else@{'a-department.' * 6}example.com")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link
    page.wait_for_load_state("load")
    assert complaints == []


@pytest.fixture
def here(live: str, settings: Settings) -> str:
    """The studio at a host name, because passkeys belong to names and not to IP addresses."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    settings.ALLOWED_HOSTS = ["*"]
    return live.replace("127.0.0.1", "localhost")


@pytest.fixture
def fingerprint(page: Page) -> None:
    """A virtual fingerprint reader, which accepts the finger."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_in_by_password(page: Page, here: str) -> None:
    page.goto(f"{here}/accounts/login/")
    page.get_by_label("Username or email").fill("alice")
    page.get_by_label("Password").fill("alice")
    page.get_by_role("button", name="Sign in", exact=True).click()


def add_passkey(page: Page, here: str) -> None:
    page.goto(f"{here}/accounts/2fa/webauthn/add/")
    if page.get_by_label("Password", exact=True).is_visible():
        page.get_by_label("Password", exact=True).fill("alice")
        page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name").fill("My phone")
    page.get_by_role("button", name="Add the passkey").click()


def test_a_passkey_opens_the_door(page: Page, here: str, alice: User, fingerprint: None, complaints: list[str]) -> None:
    """With the default settings of the form."""
    sign_in_by_password(page, here)
    expect(page).to_have_url(f"{here}/")
    page.wait_for_load_state("load")
    add_passkey(page, here)
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(f"{here}/accounts/2fa/webauthn/")
    expect(page.get_by_text("My phone")).to_be_visible()

    page.context.clear_cookies()
    page.goto(f"{here}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(f"{here}/")
    page.wait_for_load_state("load")
    assert complaints == []


def test_after_the_password_the_passkey_is_offered_to_who_has_one(
    page: Page, here: str, alice: User, fingerprint: None, complaints: list[str]
) -> None:
    sign_in_by_password(page, here)
    expect(page).to_have_url(f"{here}/")
    page.wait_for_load_state("load")
    add_passkey(page, here)
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.context.clear_cookies()
    sign_in_by_password(page, here)
    expect(page.get_by_text("One of your recovery codes works too")).to_be_visible()
    page.get_by_role("button", name="Use the passkey").click()
    expect(page).to_have_url(f"{here}/")
    page.wait_for_load_state("load")
    assert complaints == []


def test_a_passkey_that_is_not_there_is_said(page: Page, here: str, alice: User, fingerprint: None) -> None:
    page.goto(f"{here}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("#toasts")).to_contain_text("this device has none for this studio")
    expect(page).to_have_url(f"{here}/accounts/login/")


def test_a_passkey_that_the_studio_does_not_know_is_said(page: Page, here: str, alice: User, fingerprint: None) -> None:
    sign_in_by_password(page, here)
    expect(page).to_have_url(f"{here}/")
    add_passkey(page, here)
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    Authenticator.objects.all().delete()
    page.context.clear_cookies()
    page.goto(f"{here}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator(".messages")).to_contain_text("does not know that passkey")
    assert SecurityEvent.objects.filter(kind=EventKind.SIGN_IN_FAILED, detail="webauthn").count() == 1


def test_a_second_passkey_on_the_same_device_is_said(page: Page, here: str, alice: User, fingerprint: None) -> None:
    sign_in_by_password(page, here)
    expect(page).to_have_url(f"{here}/")
    add_passkey(page, here)
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    add_passkey(page, here)
    expect(page.locator("#toasts")).to_contain_text("already has a passkey of yours")
