"""Our answers to allauth: who may sign in and sign up, how often somebody may try, and what mails and messages say."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import emails, limits, security_log
from accounts.auth import allauth_internals, allauth_messages, devices, setup
from accounts.models import Invitation, User, address_of

# Stands for an unknown address, because allauth refuses requests without an address.
NOWHERE = "0.0.0.0"  # noqa: S104  nothing listens there


def open_to_strangers() -> bool:
    """Whether people may sign up by themselves. Not before there is an administrator, who needs the setup code."""
    return bool(settings.SIGNUP) and not setup.needed()


def may_sign_up(email: str) -> bool:
    """`SIGNUP` is "1" for everybody, or has the email domains whose people may sign up by themselves."""
    domain = email.rpartition("@")[2].lower()
    return settings.SIGNUP == ["1"] or domain in (word.lower() for word in settings.SIGNUP)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("The username and the password do not match. Check upper and lower case."),
        "email_password_mismatch": _("The email address and the password do not match. Check upper and lower case."),
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not your password."),
        "duplicate_email": _("That already is your address."),
        "too_many_login_attempts": _("Too many attempts. Wait five minutes, then try again."),
        "too_many_strangers": _(
            "Too many attempts with this name from browsers it does not know. "
            "To sign in at once, choose a new password: the link for it comes by email or from an administrator. "
            "Or wait an hour, or use a browser in which you have signed in before."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return open_to_strangers()

    def clean_email(self, email: str) -> str:
        """Checks the domain of people who sign up by themselves. People with an invitation do not come here."""
        email = super().clean_email(email)
        if not self.request.user.is_authenticated and open_to_strangers() and not may_sign_up(email):
            raise ValidationError(_("Email addresses from this domain cannot sign up here. Ask for an invitation."))
        return email

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Refuses people who may not sign in. The backend does that too, but only for passwords."""
        if not user.may_come_in:
            allauth_internals.forget_sign_in(request)
            return self.respond_user_inactive(request, user)  # type: ignore[no-any-return]
        return super().pre_login(request, user, **kwargs)  # type: ignore[no-any-return]

    def get_client_ip(self, request: HttpRequest) -> str:
        return address_of(request) or NOWHERE

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """If the mail server fails, nothing breaks. Nobody waits for a notice. For other mails `request.mailed` says
        whether that worked, and the page says it to the person."""
        message = allauth_messages.compose(template_prefix, email, context)
        if allauth_messages.is_notice(template_prefix):
            emails.deliver_later(message)
        else:
            self.request.mailed = emails.deliver([message]) == [True]

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        super().send_notification_mail(template_prefix, user, {**(context or {}), "user": user}, email)

    def get_reset_password_from_key_url(self, key: str) -> str:
        return _public(super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        return _public(super().get_email_confirmation_url(request, emailconfirmation))

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        words: Any = allauth_messages.SAID.get(message_template or "")
        if message_template == "account/messages/email_confirmation_sent.txt" and not getattr(request, "mailed", True):
            level, words = messages.ERROR, allauth_messages.NOT_MAILED
        if words:
            message = str(words) % (message_context or {})
        super().add_message(request, level, message_template, message_context, extra_tags, message)

    def respond_email_verification_sent(self, request: HttpRequest, user: User | None) -> HttpResponse:
        if not getattr(request, "mailed", True):
            return redirect("account_login")
        return super().respond_email_verification_sent(request, user)  # type: ignore[no-any-return]

    def get_login_stages(self) -> list[str]:
        own = {allauth_internals.EMAIL_VERIFICATION: "accounts.auth.adapter.VerifyOwnSignUp"}
        return [own.get(stage, stage) for stage in super().get_login_stages()]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Checks our limits instead of allauth's, with which anybody could lock out the owner of an account."""
        name, person = _account(credentials)
        for limit, source in _sources(request, name, person).items():
            if not limits.take(limit, source):
                security_log.sign_in_refused(request, person, "limit", source=name)
                strangers = limit == "sign-in-strangers"
                raise self.validation_error("too_many_strangers" if strangers else "too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """An attempt that works is not counted."""
        user = super().authenticate(request, **credentials)
        if user:
            for limit, source in _sources(request, *_account(credentials)).items():
                limits.give_back(limit, source)
        return user

    def forget_failures(self, request: HttpRequest, person: User) -> None:
        """A person who has chosen a new password with a link may sign in at once, whatever others have tried."""
        name = _counted(person)
        sources = _sources(request, name, person) | {"sign-in-strangers": name}
        for limit, source in sources.items():
            limits.forget(limit, source)


def _public(address: str) -> str:
    """The same path at the studio's public address. The host in the request may be forged."""
    return settings.PUBLIC_URL + urlsplit(address).path


def _account(credentials: Mapping[str, Any]) -> tuple[str, User | None]:
    """The name under which attempts count, and the person. An account has one name for all its spellings. For an
    unknown account it is what somebody typed."""
    login = str(credentials.get("email") or credentials.get("username") or "").lower()
    person = User.objects.named(login)
    return (_counted(person) if person else login), person


def _counted(person: User) -> str:
    return f"account {person.pk}"


def _sources(request: HttpRequest, name: str, person: User | None) -> dict[str, str]:
    """The limits for one attempt to sign in, each with its source. A browser that has signed in to this account before
    counts by itself, other browsers count by their address. So nobody can lock out the owner."""
    address, device = limits.address(request), devices.known(request, person)
    sources = {"sign-in-address": address, "sign-in-account": f"{name}:{device or address}"}
    return sources if device else sources | {"sign-in-strangers": name}


class VerifyOwnSignUp(allauth_internals.EmailVerificationStage):  # type: ignore[misc]
    """People who have signed up by themselves must first prove their address. People whom an administrator has let in
    need not."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        person = self.login.user  # None if the address is taken, which only a mail says
        if person and not EmailAddress.objects.filter(user=person).exists():
            return None, True
        return super().handle()  # type: ignore[no-any-return]


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """People of the identity provider may join if `SIGNUP` allows it or if they have an invitation. Only an address
        that the provider has verified counts."""
        if setup.needed():
            return False
        email = _verified(sociallogin)
        invited = Invitation.objects.open(timezone.now()).filter(email__iexact=email)
        if email and (may_sign_up(email) or invited.exists()):
            return True
        security_log.sign_in_refused(request, None, "single sign-on")
        if not email:
            raise ImmediateHttpResponse(render(request, "accounts/address_not_confirmed.html"))
        return False

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: Any) -> Any:
        """Some providers send "true" and "false" as texts, and allauth would take both for yes."""
        for address in sociallogin.email_addresses:
            address.verified = str(address.verified).lower() == "true"
        return super().populate_user(request, sociallogin, data)

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Any:
        """Gives the person the role of their invitation."""
        user = super().save_user(request, sociallogin, form)
        Invitation.objects.take_up(user, _verified(sociallogin), timezone.now())
        return user


def _verified(sociallogin: Any) -> str:
    """The address that the identity provider has verified, or else an empty text."""
    return next((str(address.email) for address in sociallogin.email_addresses if address.verified), "")
