"""Our words for the mails and messages of allauth."""

from typing import Any

from django.core.mail import EmailMessage
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import emails
from accounts.models import User

# Mails that somebody waits for: allauth's name and our template.
AWAITED = {
    "account/email/password_reset_key": "password_link",
    "account/email/email_confirmation": "confirm_email",
    "account/email/email_confirmation_signup": "confirm_email",
    "account/email/account_already_exists": "already_here",
}
# Mails that only tell a person about a change: allauth's name and what has changed.
NOTICES = {
    "account/email/password_changed": _("Your password was changed"),
    "account/email/password_reset": _("Your password was changed"),
    "account/email/password_set": _("You have a password now"),
    "account/email/email_changed": _("Your email address was changed"),
    "account/email/email_confirm": _("Your email address is confirmed"),
    "account/email/email_deleted": _("An email address was removed from your account"),
    "mfa/email/totp_activated": _("Authenticator codes were turned on"),
    "mfa/email/totp_deactivated": _("Authenticator codes were turned off"),
    "mfa/email/webauthn_added": _("A passkey was added to your account"),
    "mfa/email/webauthn_removed": _("A passkey was removed from your account"),
    "mfa/email/recovery_codes_generated": _("You have new recovery codes"),
    "team/email/second_steps_removed": _("An administrator removed your passkeys and authenticator codes"),
    "socialaccount/email/account_connected": _("Single sign-on was connected with your account"),
    "socialaccount/email/account_disconnected": _("Single sign-on was disconnected from your account"),
}

NOT_MAILED = _("The email could not be sent. Try again later, or ask an administrator.")
# Messages on pages, by allauth's name.
SAID = {
    "account/messages/password_changed.txt": _("Your password has been changed."),
    "account/messages/password_set.txt": _("You have a password now."),
    "account/messages/email_confirmation_sent.txt": _(
        "An email is on its way to %(email)s. Open the link in it to confirm the address."
    ),
    "account/messages/email_confirmation_failed.txt": _("%(email)s already belongs to another account."),
    "account/messages/email_confirmed.txt": _("%(email)s is confirmed."),
    "account/messages/email_deleted.txt": _("%(email)s has been removed."),
    "mfa/messages/totp_activated.txt": _("From now on, you will be asked for a code after your password."),
    "mfa/messages/totp_deactivated.txt": _("You will no longer be asked for a code."),
    "mfa/messages/recovery_codes_generated.txt": _("You have new recovery codes. Only these work now."),
    "mfa/messages/webauthn_added.txt": _("The passkey has been saved."),
    "mfa/messages/webauthn_removed.txt": _("The passkey has been removed."),
    "socialaccount/messages/account_connected.txt": _("You can now use single sign-on."),
    "socialaccount/messages/account_connected_updated.txt": _("You can now use single sign-on."),
    "socialaccount/messages/account_connected_other.txt": _("That sign-in already belongs to somebody else here."),
    "socialaccount/messages/account_disconnected.txt": _("You can no longer use that sign-in here."),
}


def is_notice(name: str) -> bool:
    return name not in AWAITED


def compose(name: str, email: str, context: dict[str, Any]) -> EmailMessage:
    person: User | None = context.get("user")
    context = context | {
        "person": person,
        "email": email,
        "what": NOTICES.get(name, _("Your account was changed")),
        "language": (person.mail_language if person else "") or get_language() or "",
    }
    return emails.compose(email, AWAITED.get(name, "notice"), **context)
