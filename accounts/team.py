"""What an administrator does with people, besides the row: the log is written, sessions end, mails go out."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from accounts import post, sessions
from accounts.models import EventKind, Invitation, SecurityEvent, User
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
            invitation.renew(request.user, now, life)
        SecurityEvent.objects.record(EventKind.INVITED, request=request, detail=f"{email}: {role}")
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
    invitation.renew(request.user, timezone.now(), LIFE)
    detail = f"{invitation.email}: {invitation.role}"
    SecurityEvent.objects.record(EventKind.INVITED_AGAIN, request=request, detail=detail)
    return send(request, invitation)


def withdraw(request: MemberRequest, invitation: Invitation) -> None:
    if invitation.withdraw(timezone.now()):
        SecurityEvent.objects.record(EventKind.INVITATION_WITHDRAWN, request=request, detail=invitation.email)


def _withdraw_those_of(request: MemberRequest, person: User) -> int:
    """Who may invite nobody any more has invited nobody. How many invitations that ended."""
    theirs = list(Invitation.objects.pending().filter(invited_by=person))
    for invitation in theirs:
        withdraw(request, invitation)
    return len(theirs)


def change_role(request: MemberRequest, person: User, role: str) -> int:
    """How many invitations of theirs ended with it. Raises `LastAdministrator`."""
    if person.role == role:
        return 0
    with transaction.atomic():
        person.change_role(role)
        SecurityEvent.objects.record(EventKind.ROLE_CHANGED, request=request, person=person, detail=role)
        return 0 if person.is_administrator else _withdraw_those_of(request, person)


def deactivate(request: MemberRequest, person: User) -> int:
    """Sessions end at once; what runs finishes and stays. How many invitations of theirs ended with it. Raises
    `LastAdministrator`."""
    with transaction.atomic():
        person.deactivate()
        sessions.end(person)
        SecurityEvent.objects.record(EventKind.DEACTIVATED, request=request, person=person)
        return _withdraw_those_of(request, person)


def activate(request: MemberRequest, person: User) -> None:
    with transaction.atomic():
        person.activate()
        SecurityEvent.objects.record(EventKind.ACTIVATED, request=request, person=person)
