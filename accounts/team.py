"""What an administrator does with people, besides the row: the log is written, sessions end, mails go out."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from accounts import post, sessions
from accounts.models import EventKind, Invitation, Role, SecurityEvent, User
from accounts.requests import MemberRequest

# How long an invitation that is sent again is open.
LIFE = timedelta(days=7)


def invite(request: MemberRequest, emails: Iterable[str], role: str, life: timedelta) -> list[Invitation]:
    """One pending invitation for each address; one that exists is renewed with the new role."""
    now = timezone.now()
    invitations = []
    for email in emails:
        invitation, new = Invitation.objects.pending().get_or_create(
            email=email,
            defaults={"role": role, "invited_by": request.user, "created_at": now, "expires_at": now + life},
        )
        if not new:
            invitation.role = role
            invitation.save(update_fields=["role"])
            invitation.renew(now, life)
        SecurityEvent.objects.record(EventKind.INVITED, request=request, detail=f"{email}: {Role(role).label}")
        send(request, invitation)
        invitations.append(invitation)
    return invitations


def send(request: MemberRequest, invitation: Invitation) -> bool:
    """By mail, where mail is configured. Whether it went out."""
    language = get_language() or ""
    sent = post.send(
        invitation.email, "invitation", language=language, invitation=invitation, inviter=request.user.name
    )
    if sent:
        invitation.sent_at = timezone.now()
        invitation.save(update_fields=["sent_at"])
    return sent


def send_again(request: MemberRequest, invitation: Invitation) -> bool:
    invitation.renew(timezone.now(), LIFE)
    return send(request, invitation)


def withdraw(request: MemberRequest, invitation: Invitation) -> None:
    if invitation.withdraw(timezone.now()):
        SecurityEvent.objects.record(EventKind.INVITATION_WITHDRAWN, request=request, detail=invitation.email)


def change_role(request: MemberRequest, person: User, role: str) -> None:
    """Raises `LastAdministrator`."""
    if person.role == role:
        return
    with transaction.atomic():
        person.change_role(role)
        SecurityEvent.objects.record(
            EventKind.ROLE_CHANGED, request=request, person=person, detail=str(Role(role).label)
        )


def deactivate(request: MemberRequest, person: User) -> None:
    """Sessions end at once; what runs finishes and stays. Raises `LastAdministrator`."""
    with transaction.atomic():
        person.deactivate()
        sessions.end(person)
        SecurityEvent.objects.record(EventKind.DEACTIVATED, request=request, person=person)


def activate(request: MemberRequest, person: User) -> None:
    with transaction.atomic():
        sessions.end(person)  # also one that was opened while they were being deactivated
        person.activate()
        SecurityEvent.objects.record(EventKind.ACTIVATED, request=request, person=person)
