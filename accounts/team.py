"""What administrators do with people. Besides the rows, this writes the security log, ends sessions and sends mails."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from accounts import emails, sessions
from accounts.access import MemberRequest
from accounts.auth.allauth_internals import path_of_password_link
from accounts.models import EventKind, Invitation, SecurityEvent, User

# How long an invitation works after somebody has sent it again.
LIFE = timedelta(days=7)


def invite(
    request: MemberRequest, addresses: Iterable[str], role: str, life: timedelta
) -> list[tuple[Invitation, bool]]:
    """Invite each address. Returns the invitations, and for each whether its mail was sent. If an address already has
    an invitation, it is renewed with the new role."""
    now = timezone.now()
    invitations = []
    for email in addresses:
        invitation, new = Invitation.objects.pending().get_or_create(
            email=email,
            defaults={"role": role, "invited_by": request.user, "created_at": now, "expires_at": now + life},
        )
        if not new:
            invitation.role = role
            invitation.save(update_fields=["role"])
            invitation.renew(request.user, now, life)
        SecurityEvent.objects.record(EventKind.INVITED, request=request, detail=f"{email}: {role}")
        invitations.append(invitation)
    return list(zip(invitations, send(request, invitations), strict=True))


def send(request: MemberRequest, invitations: Sequence[Invitation]) -> list[bool]:
    """Send invitations by mail, if there is a mail server. Returns for each whether that worked."""
    mails = [_mail(request, invitation) for invitation in invitations]
    sent = emails.deliver(mails, emails.PATIENCE_FOR_MANY)
    gone = [invitation.pk for invitation, went in zip(invitations, sent, strict=True) if went]
    Invitation.objects.filter(pk__in=gone).update(sent_at=timezone.now())
    return sent


def _mail(request: MemberRequest, invitation: Invitation) -> EmailMessage:
    words = {"invitation": invitation, "inviter": request.user.name}
    return emails.compose(invitation.email, "invitation", language=get_language() or "", **words)


def send_again(request: MemberRequest, invitation: Invitation) -> bool:
    invitation.renew(request.user, timezone.now(), LIFE)
    detail = f"{invitation.email}: {invitation.role}"
    SecurityEvent.objects.record(EventKind.INVITED_AGAIN, request=request, detail=detail)
    return send(request, [invitation]) == [True]


def withdraw(request: MemberRequest, invitation: Invitation) -> None:
    if invitation.withdraw(timezone.now()):
        SecurityEvent.objects.record(EventKind.INVITATION_WITHDRAWN, request=request, detail=invitation.email)


def _withdraw_those_of(request: MemberRequest, person: User) -> int:
    """Withdraw the invitations of somebody who may not invite people any more. Returns how many."""
    theirs = list(Invitation.objects.pending().filter(invited_by=person))
    for invitation in theirs:
        withdraw(request, invitation)
    return len(theirs)


def change_role(request: MemberRequest, person: User, role: str) -> int:
    """Returns how many invitations of theirs this withdrew. Raises `LastAdministrator`."""
    if person.role == role:
        return 0
    with transaction.atomic():
        person.change_role(role)
        SecurityEvent.objects.record(EventKind.ROLE_CHANGED, request=request, person=person, detail=role)
        return 0 if person.is_administrator else _withdraw_those_of(request, person)


def deactivate(request: MemberRequest, person: User) -> int:
    """The person's sessions end at once. Their generations finish and stay. Returns how many invitations of theirs this
    withdrew. Raises `LastAdministrator`."""
    with transaction.atomic():
        person.deactivate()
        sessions.end(person)
        SecurityEvent.objects.record(EventKind.DEACTIVATED, request=request, person=person)
        return _withdraw_those_of(request, person)


def password_link(request: MemberRequest, person: User) -> str:
    """A link with which the person can choose a new password once, within `PASSWORD_RESET_TIMEOUT`. Not stored."""
    SecurityEvent.objects.record(EventKind.PASSWORD_LINK, request=request, person=person)
    return settings.PUBLIC_URL + path_of_password_link(person)


def remove_second_steps(request: MemberRequest, person: User) -> bool:
    """For a person who has lost the device with their codes or passkeys. Returns whether there were any."""
    with transaction.atomic():
        kinds = list(Authenticator.objects.filter(user=person).values_list("type", flat=True))
        Authenticator.objects.filter(user=person).delete()
        for kind in dict.fromkeys(kinds):
            SecurityEvent.objects.record(EventKind.SECOND_STEP_REMOVED, request=request, person=person, detail=kind)
    if kinds:
        get_adapter(request).send_notification_mail("team/email/second_steps_removed", person)
    return bool(kinds)


def activate(request: MemberRequest, person: User) -> None:
    with transaction.atomic():
        sessions.end(person)  # one may have begun while they were being deactivated
        person.activate()
        SecurityEvent.objects.record(EventKind.ACTIVATED, request=request, person=person)
