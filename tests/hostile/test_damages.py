"""Each damage of the hostile upstream once, one order for each: what becomes of the order, and of the money."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from playground.models import Status
from tests.hostile import damages
from tests.hostile.damages import Fate
from tests.hostile.loop import Studio

pytestmark = pytest.mark.django_db(transaction=True)

OpenStudio = Callable[[], Studio]

REFUSED_FOR_GOOD = ("no_credits", "policy")
PLACES = {
    "answers": damages.ANSWERS,
    "readings": damages.READINGS,
    "links": damages.LINKS,
    "callbacks": damages.CALLBACKS,
    # The rest of what the sandbox does by itself has tests of its own.
    "scenarios": ("results_late=20", "link_renewed=20", "charge_reserved=20", "failed_and_charged", "refund_late=20"),
}


def test_a_fate_is_drawn_again_as_it_was_and_its_words_bring_it_about() -> None:
    fates = [damages.drawn(f"seed {number}") for number in range(50)]
    assert fates == [damages.drawn(f"seed {number}") for number in range(50)]
    assert [damages.told(f"A lighthouse {fate}") for fate in fates] == fates


def test_each_damage_once(open_studio: OpenStudio) -> None:
    """Nothing is sent again, every word about the money is true, and what was drawn is here."""
    studio = open_studio()
    every = [(place, name) for place, names in PLACES.items() for name in names]
    rows = {
        (place, name): studio.order(str(replace(Fate(), **{place: (name,)})), n=2 if name.startswith("fewer") else 1)
        for place, name in every
    }
    studio.start_worker()
    studio.wait_until_idle()
    studio.settle()
    studio.kill_workers()
    assert studio.read() == []

    truth = studio.upstream.truth()
    for (place, name), row in rows.items():
        row.refresh_from_db()
        posts, tasks = truth.posts[row.prompt], truth.tasks_of(row.prompt)
        if name in REFUSED_FOR_GOOD and place == "answers":
            assert (row.status, len(posts)) == (Status.FAILED, 1), name
        if place != "answers":
            assert len(posts) == 1, name
            assert row.images.saved().count() == sum(task.links for task in tasks if task.status == "completed"), name


def test_a_task_that_is_completed_after_all_without_a_bill(open_studio: OpenStudio) -> None:
    """First it is called failed and given back, then it is completed, and nothing is said about its charge."""
    studio = open_studio()
    row = studio.order("hostile:readings=failed_and_released hostile:scenarios=no_usage")
    studio.start_worker()
    studio.wait_until_idle()
    studio.settle()
    studio.kill_workers()
    assert studio.read() == []
    assert row.images.saved().count() == 1
