"""/healthz as a monitor sees it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from playground.models import Heartbeat

# Needs the database: a missing one raises different errors.
pytestmark = pytest.mark.database


@pytest.mark.django_db
def test_well(client: Client) -> None:
    Heartbeat.beat("one", timezone.now())
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "storage": "ok", "worker": "ok"}


@pytest.mark.django_db
def test_no_worker(client: Client) -> None:
    Heartbeat.beat("one", timezone.now() - timedelta(minutes=1))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["worker"]) == (503, "gone")


@pytest.mark.django_db
def test_no_storage(client: Client, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("where the folder should be")
    settings.MEDIA_ROOT = tmp_path / "a file" / "media"
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["storage"]) == (503, "gone")


@pytest.mark.django_db
def test_a_storage_with_errors_of_its_own(client: Client, settings: Settings) -> None:
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "tests.web.test_health.Bucket"}}
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["storage"]) == (503, "gone")


class Bucket(FileSystemStorage):
    """Fails like cloud buckets, with an exception that is no `OSError`."""

    def _save(self, name: str, content: object) -> str:
        raise RuntimeError("An error occurred (SlowDown) when calling the PutObject operation")


@contextmanager
def database_away(error: type[Exception] = OperationalError) -> Iterator[None]:
    def away(*args: object) -> None:
        raise error("away")

    with connection.execute_wrapper(away):
        yield


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_no_database(client: Client, as_alice: Client, error: type[Exception]) -> None:
    for whoever in (client, as_alice):
        with database_away(error):
            answer = whoever.get("/healthz")
        assert (answer.status_code, answer.json()["database"]) == (503, "gone")
        assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_at_once_do_not_disturb_each_other() -> None:
    Heartbeat.beat("one", timezone.now())

    def ask(_number: int) -> int:
        try:
            return int(Client().get("/healthz").status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as threads:
        assert set(threads.map(ask, range(60))) == {200}
    assert default_storage.listdir("healthz") == ([], []), "nothing is left behind"
