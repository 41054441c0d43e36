"""Our own limits: so many attempts within so many seconds, counted for all processes together."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts import limits


@pytest.fixture(autouse=True)
def _three_in_a_minute(db: None, settings: Settings) -> None:
    settings.RATE_LIMITS = {"some": (3, 60), "other": (1, 60)}
    cache.clear()


def takes(count: int, source: str = "alice") -> list[bool]:
    return [limits.take("some", source) for _attempt in range(count)]


def test_so_many_and_no_more() -> None:
    assert takes(5) == [True, True, True, False, False]


def test_each_source_and_each_limit_counts_for_itself() -> None:
    takes(3)
    assert takes(1, "bob") == [True]
    assert limits.take("other", "alice")


def test_the_window_moves() -> None:
    start = timezone.now()
    for second in (0, 30, 40):
        with time_machine.travel(start + timedelta(seconds=second), tick=False):
            assert limits.take("some", "alice")
    with time_machine.travel(start + timedelta(seconds=59), tick=False):
        assert not limits.take("some", "alice")
    with time_machine.travel(start + timedelta(seconds=61), tick=False):
        assert takes(2) == [True, False], "only the first of them is over"


def test_what_was_refused_is_not_counted() -> None:
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        takes(3)
    with time_machine.travel(start + timedelta(seconds=59), tick=False):
        takes(10)
    with time_machine.travel(start + timedelta(seconds=61), tick=False):
        assert takes(4) == [True, True, True, False]


def test_an_attempt_is_given_back() -> None:
    takes(3)
    limits.give_back("some", "alice")
    assert takes(2) == [True, False]


def test_giving_back_what_was_never_taken_gives_nothing() -> None:
    limits.give_back("some", "alice")
    assert takes(4) == [True, True, True, False]


def test_all_attempts_are_forgotten() -> None:
    takes(3)
    limits.forget("some", "alice")
    assert takes(1) == [True]


@pytest.mark.django_db(transaction=True)
def test_attempts_at_the_same_moment_are_all_counted() -> None:
    def take(_number: int) -> bool:
        taken = limits.take("some", "alice")
        connection.close()
        return taken

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(take, range(16))) == 3


def test_whoever_finds_the_count_locked_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "add", lambda *args, **options: False)
    monkeypatch.setattr(limits, "_PATIENCE", 0.05)
    assert not limits.take("some", "alice")


@pytest.mark.parametrize(
    ("address", "source"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_addresses_of_one_network_are_one_source(address: str, source: str) -> None:
    assert limits.address(RequestFactory().get("/", REMOTE_ADDR=address)) == source
