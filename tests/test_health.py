"""/healthz, as a monitor sees it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from playground.models import Heartbeat


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
def test_no_database(client: Client) -> None:
    def away(*args: object) -> None:
        raise OperationalError("away")

    with connection.execute_wrapper(away):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["database"]) == (503, "gone")
