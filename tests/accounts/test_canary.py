"""The canary: a key with a recognisable value goes through every flow and every failure, and is found nowhere after."""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from accounts import gateway
from accounts.models import ApiKey, EventKind, SecurityEvent, User
from playground.evolink.sandbox import Sandbox
from playground.models import Generation
from tests.factories import make_key

pytestmark = pytest.mark.django_db(transaction=True)

CANARY = "sk-canary" + "f00d" * 10 + "LAST"
# Each is an EvoLink of its own making, told to go wrong by a word in the prompt.
FAILURES = [
    "",
    "sandbox:submit_unauthorized",
    "sandbox:submit_insufficient_quota",
    "sandbox:submit_internal_error",
    "sandbox:answer_html",
    "sandbox:answer_lost",
    "sandbox:read_unauthorized=1",
]


class Everything(list[str]):
    """All that anybody could read: answers with their headers, log lines with their tracebacks, mails."""

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
    # The stand-in for EvoLink may know the key it was sent; it keeps a digest.
    assert kept == []
    if connection.vendor == "sqlite":
        database = Path(str(connection.settings_dict["NAME"]))
        for path in database.parent.glob(f"{database.name}*"):
            assert not any(part.encode() in path.read_bytes() for part in parts), path.name


@pytest.mark.parametrize("debug", [True, False])
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
) -> None:
    monkeypatch.setattr(gateway, "exempt_origins", lambda: (settings.EVOLINK_URL,))
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

    for number, failure in enumerate(FAILURES):
        form = {"request_id": str(number), "prompt": f"A lighthouse {failure}", "model": "gpt-image-1", "n": 1}
        said.keep(client.post("/generations/", form | {"size": "1024x1024", "quality": "low", "mode": "live"}))
        run_worker()
        ApiKey.objects.update(state="works", checked_at=None)
        said.keep(client.post("/studio/balance/"))
    assert Generation.objects.filter(key=key).count() == len(FAILURES)

    _look_around(client, said, key)
    _fall_over(client, said, key, settings, monkeypatch)
    said.keep(client.post(f"/settings/keys/{key.pk}/delete/", follow=True))
    run_worker()
    assert_gone(said, tmp_path)


def _look_around(client: Client, said: Everything, key: ApiKey) -> None:
    """Every page and export on which a key has a place, or could take one."""
    pages = ["/", "/settings/keys/", "/settings/security/", "/team/", "/team/log/", "/usage/"]
    pages += ["/gallery/", "/team/usage/", "/admin/", "/nowhere/"]
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
    """The program itself breaks while it holds the key in its hands; in development with Django's own error page."""

    def broken(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError("broken on purpose")

    with monkeypatch.context() as patch:
        patch.setattr("accounts.gateway._credits", broken)
        said.keep(client.post(f"/settings/keys/{key.pk}/check/"))
        answer = said.keep(client.post("/settings/keys/", {"label": "Canary", "key": CANARY}))
        assert answer.status_code == 500
    with monkeypatch.context() as patch:
        patch.setattr("accounts.encryption.seal", broken)
        answer = said.keep(client.post("/settings/keys/", {"label": "Canary", "key": CANARY}))
        assert answer.status_code == 500
    ring = settings.KEY_ENCRYPTION_KEYS
    settings.KEY_ENCRYPTION_KEYS = []
    said.keep(client.post("/settings/keys/", {"label": "Canary", "key": CANARY}))
    said.keep(client.post(f"/settings/keys/{key.pk}/check/", follow=True))
    settings.KEY_ENCRYPTION_KEYS = ring


def test_a_key_has_no_readable_form(alice: User) -> None:
    secret = make_key(owner=alice, secret=CANARY).secret()
    shown = f"{secret} {secret!r} {[secret]} {ApiKey.objects.get()!r} {vars(ApiKey.objects.get())}"
    assert CANARY not in shown
