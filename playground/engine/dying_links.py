"""Mails about paid pictures that are not saved yet and whose links at EvoLink die soon."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts import emails
from accounts.models import User
from playground.models import GeneratedImage

TOLD_BEFORE = timedelta(hours=2)


@dataclass(frozen=True)
class Notice:
    """One picture and one reader. `image` is a primary key, and `minutes` is the time until the link dies."""

    image: int
    address: str
    language: str
    name: str
    code: str
    link: str
    minutes: int


def take(now: datetime) -> list[Notice]:
    """Take the pictures that nobody was told about. Each is marked, so that two workers never tell it twice."""
    if not emails.configured():
        return []
    notices = []
    for image in GeneratedImage.objects.dying(now + TOLD_BEFORE, now).select_related("generation__owner"):
        if GeneratedImage.objects.filter(pk=image.pk, told_at=None).update(told_at=now):
            notices += [_notice(image, person, now) for person in _readers(image) if person.email]
    return notices


def _readers(image: GeneratedImage) -> list[User]:
    owner = image.generation.owner
    return [owner, *User.objects.administrators().exclude(pk=owner.pk)]


def _notice(image: GeneratedImage, person: User, now: datetime) -> Notice:
    left = (image.expires_at or now) - now
    return Notice(
        image=image.pk,
        address=person.email,
        language=person.mail_language,
        name=person.name,
        code=image.generation.code,
        link=image.source_url,
        minutes=max(1, left // timedelta(minutes=1)),
    )


def send(notice: Notice) -> bool:
    """Send the mail. Returns whether the mail server took it. Does not use the database."""
    context = {"name": notice.name, "code": notice.code, "link": notice.link, "minutes": notice.minutes}
    return emails.send(notice.address, "dying_link", language=notice.language, **context)


def give_back(notice: Notice) -> None:
    GeneratedImage.objects.filter(pk=notice.image).update(told_at=None)
