"""What went wrong, told by a reader who sees only the database, the files, the upstream's log and the cards.

It is for generations whose time is over: the upstream was kind in the end, and a day has passed. Each function yields
sentences.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import groupby, pairwise

from playground.models import Charged, CostSource, GeneratedImage, Generation, Status
from tests.hostile.log import Task, Truth
from tests.html import Html
from tests.invariants import digest_of, held, orphans, torn, unfinished

# The outcomes of a post after which the program may send the order again.
PROVEN = ("refused",)


def wrong(truth: Truth, rows: Iterable[Generation], cards: Mapping[str, Html]) -> list[str]:
    """Everything that is wrong with these generations. `cards` are what their person sees, by their codes."""
    found = [*unfinished(), *held(), *orphans(), *torn()]
    for row in rows:
        tasks, card = truth.tasks_of(row.prompt), cards[row.code]
        sentences = [*_sent(row, truth), *_bound(row, truth), *_pictures(row, tasks, card), *_money(row, tasks, card)]
        posts = [f"{post['damage'] or 'as it should be'} ({post['outcome']})" for post in truth.posts[row.prompt]]
        about = f"“{row.prompt}”, {row.status} {row.failure}, posts: {', '.join(posts)}"
        found += [f"{sentence}: {about}" for sentence in sentences]
    return found


def _sent(row: Generation, truth: Truth) -> Iterator[str]:
    """An order is sent again only after EvoLink has certainly refused it."""
    posts = truth.posts[row.prompt]
    for earlier, later in pairwise(posts):
        if earlier["outcome"] not in PROVEN:
            yield f"sent again although the earlier request was {earlier['outcome']}"
        if earlier["key"] == later["key"] and earlier["body"] != later["body"]:
            yield "sent again with the same key and another body"
    keys = [key for key, _posts in groupby(post["key"] for post in posts)]
    if len(keys) > len({*keys}):
        yield "sent again with the key of an earlier attempt"


def _bound(row: Generation, truth: Truth) -> Iterator[str]:
    task = truth.tasks.get(row.task_id)
    if task is not None and task.order != row.prompt:
        yield f"bound to the task of “{task.order}”"


def _pictures(row: Generation, tasks: list[Task], card: Html) -> Iterator[str]:
    """Each picture of a completed task is saved as it was sent, or the card says why not."""
    saved = row.images.filter(state=GeneratedImage.State.SAVED)
    sent = {digest for task in tasks for digests in task.served.values() for digest in digests}
    for image in saved:
        if digest_of(image) != image.sha256 or image.sha256 not in sent:
            yield f"picture {image.number} is not what was sent"
    drawn = sum(task.links for task in tasks if task.status == "completed")
    if saved.count() < drawn and ".note" not in card and ".slot-note" not in card:
        yield f"{saved.count()} of {drawn} pictures are saved, and the card does not say why"
    if saved.exists() and row.status != Status.COMPLETED:
        yield "pictures are saved, and it is not completed"


def _money(row: Generation, tasks: list[Task], card: Html) -> Iterator[str]:
    """What the card says about the money is true, and the ledger has what was charged or says that it is an
    estimate."""
    charged = sum((task.charged for task in tasks), Decimal(0))
    for label in (str(Charged.NO.label), str(Charged.REFUNDED.label)):
        if label in card.text and charged:
            yield f"the card says “{label}”, but {charged} credits were charged"
    if str(Charged.YES.label) in card.text and not charged:
        yield f"the card says “{Charged.YES.label}”, but nothing was charged"
    if str(Charged.CHECKING.label) in card.text and row.due_at is None:
        yield f"the card says “{Charged.CHECKING.label}”, but nobody does"
    spent = row.ledger.spent()
    if spent != (row.cost or 0):
        yield f"{spent} credits are in the ledger, but the card shows {row.cost}"
    if spent == charged:
        return
    if row.cost_source != CostSource.ESTIMATED:
        yield f"{spent} credits are in the ledger as {row.cost_source or 'nothing'}, but {charged} were charged"
    elif "the estimate counts" not in card.text:
        yield f"{spent} credits are in the ledger by an estimate, but the card does not say so"
