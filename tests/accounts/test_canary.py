"""The canary test: a recognisable key goes through every flow and every failure. Afterwards nothing contains it."""

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import key_check
from accounts.models import ApiKey, EventKind, SecurityEvent, User
from playground.models import Generation
from playground.references.delivery import references_of
from playground.sandbox import SCENARIOS, Sandbox
from tests.drawing import drawing, encoded
from tests.factories import make_key

pytestmark = pytest.mark.django_db(transaction=True)

CANARY = "sk-canary" + "f00d" * 10 + "LAST"
# Each starts its own EvoLink, and a word in the prompt makes it fail.
FAILURES = [
    "",
    "sandbox:submit_unauthorized",
    "sandbox:submit_insufficient_quota",
    "sandbox:submit_internal_error",
    "sandbox:answer_html",
    "sandbox:answer_lost",
    "sandbox:read_unauthorized=1",
]


# Only failures that end by themselves. Other tests cover those that wait for hours.
EVERY_FAILURE = [
    f"sandbox:{row.name}"
    for row in SCENARIOS.values()
    if row.place == "task" and row.name not in ("never_finishes", "takes")
]


class Everything(list[str]):
    """All that people could read: responses with headers, log lines with tracebacks, mails."""

    def keep(self, answer: Any) -> Any:
        with closing(answer):
            body = b"".join(answer) if answer.streaming else answer.content
        self.append(f"{answer.status_code} {answer.headers} {answer.cookies} {body.decode(errors='replace')}")
        return answer


class _Listener(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self.said = said
        self.setFormatter(logging.Formatter("%(message)s %(args)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(self.format(record) + repr(vars(record)))


@pytest.fixture
def said() -> Iterator[Everything]:
    everything = Everything()
    listener = _Listener(everything)
    root = logging.getLogger()
    level = root.level
    root.addHandler(listener)
    root.setLevel(logging.DEBUG)
    yield everything
    root.removeHandler(listener)
    root.setLevel(level)


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def assert_gone(said: Everything, tmp_path: Path) -> None:
    parts = [CANARY, CANARY[3:], CANARY[9:40]]
    everything = "\n".join([*said, *(f"{m.subject} {m.body} {m.extra_headers}" for m in mail.outbox)])
    assert "sk-…LAST" in everything, "the walk did show the key's mask"
    assert [text[:3000] for text in said if any(part in text for part in parts)] == []
    assert not any(part in everything for part in parts)
    kept = [path for path in files(tmp_path) if any(part.encode() in path.read_bytes() for part in parts)]
    # The sandbox may know the key that it was sent. It stores only a digest.
    assert kept == []
    if connection.vendor == "sqlite":
        database = Path(str(connection.settings_dict["NAME"]))
        for path in database.parent.glob(f"{database.name}*"):
            assert not any(part.encode() in path.read_bytes() for part in parts), path.name


@pytest.mark.parametrize(
    ("debug", "failures"),
    [
        pytest.param(True, FAILURES, id="development"),
        pytest.param(False, FAILURES, id="production"),
        pytest.param(True, EVERY_FAILURE, id="every failure", marks=pytest.mark.soak),
    ],
)
def test_the_key_is_found_nowhere(
    administrator: User,
    as_administrator: Client,
    evolink: Sandbox,
    run_worker: Callable[[], None],
    said: Everything,
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    debug: bool,
    failures: list[str],
) -> None:
    monkeypatch.setattr(key_check, "exempt_origins", lambda: (settings.EVOLINK_URL,))
    settings.DEBUG = debug
    settings.EMAIL_HOST = "mail.example.com"
    client = as_administrator
    client.raise_request_exception = False

    said.keep(client.post("/settings/keys/", {"label": "", "key": CANARY}))
    for label in (CANARY, f"My key: {CANARY}", CANARY[:30], CANARY * 2, CANARY[3:]):
        for typed in (CANARY, "", CANARY + " x"):
            said.keep(client.post("/settings/keys/", {"label": label, "key": typed}))
    assert not ApiKey.objects.exists()
    SecurityEvent.objects.record(EventKind.EXPORTED, detail=f"{CANARY}.csv")
    said.keep(client.post("/settings/keys/", {"label": "Canary", "key": CANARY + " x"}))
    said.keep(client.post("/settings/keys/", {"label": "Canary", "key": CANARY, "for_members": "on"}, follow=True))
    key = ApiKey.objects.get()
    assert key.secret().reveal() == CANARY

    for number, failure in enumerate(failures):
        form = {"request_id": str(number), "prompt": f"A lighthouse {failure}", "model": "gpt-image-1", "n": 1}
        said.keep(client.post("/generations/", form | {"size": "1024x1024", "quality": "low", "mode": "live"}))
        run_worker()
        ApiKey.objects.update(state="works", checked_at=None)
        said.keep(client.post("/studio/balance/"))
    assert Generation.objects.filter(key=key).count() == len(failures)
    _edit(client, said, settings, run_worker)
    for row in Generation.objects.filter(key=key)[:3]:
        said.keep(client.post(f"/generations/{row.code}/again/", {"request_id": f"again-{row.code}"}))
    run_worker()

    _look_around(client, said, key)
    _fall_over(client, said, key, settings, monkeypatch)
    said.keep(client.post(f"/settings/keys/{key.pk}/delete/", follow=True))
    run_worker()
    assert_gone(said, tmp_path)


def _edit(client: Client, said: Everything, settings: Settings, run_worker: Callable[[], None]) -> None:
    """Edits a reference image. With the key it first goes to EvoLink's own file storage."""
    settings.REFERENCE_DELIVERY, before = "evolink", settings.REFERENCE_DELIVERY
    picture = SimpleUploadedFile("photo.png", encoded(drawing()), content_type="image/png")
    form = {"request_id": "edit", "prompt": "Brighter", "model": "gpt-image-1", "n": 1, "images": [picture]}
    said.keep(client.post("/generations/", form | {"size": "1024x1024", "quality": "low", "mode": "live"}))
    run_worker()
    settings.REFERENCE_DELIVERY = before
    assert len(references_of(Generation.objects.latest("pk")) or []) == 1


def _look_around(client: Client, said: Everything, key: ApiKey) -> None:
    """Opens every page and export that shows a key or could show one."""
    pages = ["/", "/settings/keys/", "/settings/security/", "/team/", "/team/log/", "/usage/"]
    pages += ["/gallery/", "/team/usage/", "/admin/", "/admin/accounts/user/", "/admin/accounts/apikey/", "/nowhere/"]
    pages += [f"/generations/{row.code}/" for row in Generation.objects.all()]
    for page in pages:
        said.keep(client.get(page))
    said.keep(client.post(f"/settings/keys/{key.pk}/label/", {"label": CANARY}))
    for what in ("check", "default", "team"):
        said.keep(client.post(f"/settings/keys/{key.pk}/{what}/", {"for_members": "on"}, follow=True))
    for export in ("/usage/export.csv", "/team/usage/export.csv"):
        said.keep(client.post(export))
    pictures = [f"{row.code}.0" for row in Generation.objects.completed()]
    said.keep(client.post("/gallery/download/", {"picture": pictures}))


def _fall_over(
    client: Client, said: Everything, key: ApiKey, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program fails while a variable has the key. In development Django's own error page shows that."""

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("broken on purpose")

    with monkeypatch.context() as patch:
        patch.setattr("accounts.key_check._credits", broken)
        said.keep(client.post(f"/settings/keys/{key.pk}/check/"))
        answer = said.keep(client.post("/settings/keys/", {"label": "Canary", "key": CANARY}))
        assert answer.status_code == 500
    with monkeypatch.context() as patch:
        patch.setattr("accounts.encryption.encrypt", broken)
        answer = said.keep(client.post("/settings/keys/", {"label": "Canary", "key": CANARY}))
        assert answer.status_code == 500
    ring = settings.KEY_ENCRYPTION_KEYS
    settings.KEY_ENCRYPTION_KEYS = []
    said.keep(client.post("/settings/keys/", {"label": "Canary", "key": CANARY}))
    said.keep(client.post(f"/settings/keys/{key.pk}/check/", follow=True))
    settings.KEY_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    told = io.StringIO()
    with pytest.raises(CommandError, match="cannot be opened"):
        call_command("rotate_keys", stdout=told, stderr=told)
    said.append(told.getvalue())
    settings.KEY_ENCRYPTION_KEYS = ring


@pytest.mark.parametrize("key", ["ek_live_" + "f00d" * 8, "sk-v1.<" + "f00d" * 6 + ">&"])
def test_a_key_of_another_shape_is_not_on_the_error_page_either(
    as_alice: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("broken on purpose")

    settings.DEBUG = True
    as_alice.raise_request_exception = False
    for place in ("accounts.key_check._credits", "accounts.forms.ApiSecret", "accounts.encryption.encrypt"):
        with monkeypatch.context() as patch:
            patch.setattr(place, broken)
            answer = as_alice.post("/settings/keys/", {"label": "Canary", "key": key})
        page = answer.content.decode()
        assert answer.status_code == 500, place
        assert key not in page, place
        assert "f00df00d" not in page, place


def test_a_key_has_no_readable_form(alice: User) -> None:
    secret = make_key(owner=alice, secret=CANARY).secret()
    shown = f"{secret} {secret!r} {[secret]} {ApiKey.objects.get()!r} {vars(ApiKey.objects.get())}"
    assert CANARY not in shown
