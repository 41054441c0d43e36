"""What people do with API keys. Besides the row, this asks EvoLink, writes the security log and sends mails."""

from collections.abc import Iterator
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone

from accounts import emails, encryption, key_check
from accounts.key_check import Verdict
from accounts.models import ApiKey, EventKind, KeyGone, KeyState, SecurityEvent, User
from playground.evolink import ApiSecret


def keep(request: HttpRequest, owner: User, label: str, secret: ApiSecret, verdict: Verdict, **team: bool) -> ApiKey:
    """Save a key. `verdict` is what EvoLink said about it."""
    now = timezone.now()
    key = ApiKey.objects.add(owner, label, secret, now, **team)
    if verdict.state:
        key.checked(verdict.state, verdict.credits, now)
    SecurityEvent.objects.record(EventKind.KEY_ADDED, request=request, person=owner, detail=str(key), now=now)
    if key.is_team_key:
        _record_shared(request, key)
    return key


def check(key: ApiKey) -> Verdict:
    """Ask EvoLink about the key and write down the answer. No answer changes nothing."""
    verdict = key_check.ask(key.secret())
    record(key, verdict)
    return verdict


def ask(key: ApiKey) -> Verdict:
    """Ask EvoLink about the key. One that cannot be read says nothing. Does not use the database."""
    try:
        return key_check.ask(key.secret())
    except (encryption.DecryptionFailed, encryption.RingError, KeyGone):
        return Verdict(None)


def record(key: ApiKey, verdict: Verdict) -> None:
    """Write down what EvoLink said about the key."""
    if verdict.state is KeyState.REFUSED:
        refused(key.pk)
        key.refresh_from_db()
    elif verdict.state:
        accepted(key.pk)
        key.checked(verdict.state, verdict.credits, timezone.now())


def doubted(pk: UUID) -> None:
    """EvoLink has answered 401 once, which may be an accident. Until the key is checked, nothing is sent with it."""
    ApiKey.objects.get(pk=pk).doubt(timezone.now())


def accepted(pk: UUID) -> None:
    """EvoLink accepts a key that was in doubt or refused, so it is used again."""
    key = ApiKey.objects.select_related("owner").get(pk=pk)
    if key.accept(timezone.now()):
        SecurityEvent.objects.record(EventKind.KEY_ACCEPTED, person=key.owner, detail=str(key))


def refused(pk: UUID) -> None:
    """EvoLink does not accept the key. Mark it and, the first time, write to its owner. Nobody waits for that mail,
    because the owner's pages say it too."""
    key = ApiKey.objects.select_related("owner").get(pk=pk)
    if not key.refuse(timezone.now()):
        return
    SecurityEvent.objects.record(EventKind.KEY_REFUSED, person=key.owner, detail=str(key))
    emails.send_later(key.owner.email, "key_refused", language=key.owner.mail_language, key=key, person=key.owner)


def make_default(request: HttpRequest, key: ApiKey) -> None:
    key.make_default()
    SecurityEvent.objects.record(EventKind.KEY_DEFAULT, request=request, person=key.owner, detail=str(key))


def share(request: HttpRequest, key: ApiKey, *, for_members: bool, for_administrators: bool) -> None:
    """Set which roles may use the key."""
    if (key.for_members, key.for_administrators) == (for_members, for_administrators):
        return
    key.for_members, key.for_administrators = for_members, for_administrators
    key.save(update_fields=["for_members", "for_administrators"])
    _record_shared(request, key)


def _record_shared(request: HttpRequest, key: ApiKey) -> None:
    roles = " and ".join(["members"] * key.for_members + ["administrators"] * key.for_administrators)
    SecurityEvent.objects.record(
        EventKind.KEY_SHARED, request=request, person=key.owner, detail=f"{key}: {roles or 'nobody else'}"
    )


def remove(request: HttpRequest, key: ApiKey) -> int:
    """Delete a key. Returns how many unfinished generations still need it."""
    waiting = key.retire(timezone.now())
    SecurityEvent.objects.record(EventKind.KEY_REMOVED, request=request, person=key.owner, detail=str(key))
    return waiting


def unreadable() -> Iterator[ApiKey]:
    """The keys that the ring does not decrypt. Raises `encryption.RingError`."""
    encryption.ring()
    return (key for key in ApiKey.objects.sealed().iterator() if not key.readable())


def rotate() -> tuple[int, list[ApiKey]]:
    """Encrypt every key with the newest key of the ring. Returns how many changed, and those that no key decrypts."""
    changed, left = 0, []
    for key in ApiKey.objects.sealed().iterator():
        if encryption.is_newest(key.sealed, key.purpose):
            continue
        try:
            fresh = encryption.rotate(key.sealed, key.purpose)
        except encryption.DecryptionFailed:
            left.append(key)
            continue
        # Only if nobody has changed it meanwhile: a deleted key stays erased.
        changed += ApiKey.objects.filter(pk=key.pk, sealed=key.sealed).update(sealed=fresh)
    return changed, left
