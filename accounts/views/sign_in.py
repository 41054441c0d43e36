"""The ways in: the sign-in page, the demo user, the first administrator, an invitation."""

from typing import Any

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as open_session
from django.contrib.auth.decorators import login_not_required
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts import emails, limits
from accounts.auth import setup
from accounts.auth.adapter import open_to_strangers
from accounts.auth.demo import demo_user
from accounts.forms import FirstAdministratorForm, JoinForm
from accounts.models import EventKind, Invitation, SecurityEvent, User


class SignIn(LoginView):  # type: ignore[misc]  # allauth has no types
    """allauth's page with our links."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        offers = {"demo": settings.DEBUG, "mail": emails.configured(), "sign_up": open_to_strangers()}
        offers["set_up"] = setup.needed()
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | offers


_page = SignIn.as_view()


@login_not_required
def login(request: HttpRequest) -> HttpResponseBase:
    """If nobody is on the team yet, the first visit goes to the setup."""
    if setup.nobody_here():
        return redirect("accounts:setup")
    return _page(request)  # type: ignore[no-any-return]


@login_not_required
@require_POST
def continue_as_demo(request: HttpRequest) -> HttpResponse:
    """In development one click signs the user `demo` in."""
    if not settings.DEBUG:
        raise Http404
    open_session(request, demo_user())
    return redirect(settings.LOGIN_REDIRECT_URL)


@login_not_required
@sensitive_post_parameters("password", "code")
@sensitive_variables("form")
@require_http_methods(["GET", "HEAD", "POST"])
def first_administrator(request: HttpRequest) -> HttpResponse:
    """The setup. It works once, and only with the code that the server has printed."""
    if not setup.needed():
        raise Http404
    form = FirstAdministratorForm(request.POST or None)
    if request.method == "POST":
        if not limits.take("setup", limits.address(request)):
            return render(request, "429.html", status=429)
        if form.is_valid():
            user = _first(form)
            if user is None:
                raise Http404
            _welcome(request, user)
            return redirect("studio")
    return render(request, "accounts/setup.html", {"form": form}, status=422 if form.errors else 200)


def _first(form: FirstAdministratorForm) -> User | None:
    """The new administrator, or None if somebody else was faster."""
    data = form.cleaned_data
    with transaction.atomic():
        if not setup.needed():
            return None
        return User.objects.create_superuser(data["username"], data["email"], data["password"])


@login_not_required
@sensitive_post_parameters("password")
@sensitive_variables("form")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The page of an invitation's link. People choose a name and a password and are signed in. `token` is the code of
    the invitation."""
    invitation = Invitation.objects.by_code(token, timezone.now())
    if invitation is None or _has_account(invitation):
        return _over(request, token)
    form = JoinForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        user = _join(form, invitation) if form.is_valid() else None
        if user is not None:
            _welcome(request, user)
            return redirect("studio")
        # If the form was sent twice, the first one has taken the name.
        if not form.errors or _has_account(invitation):
            return _over(request, token)
    context = {"form": form, "invitation": invitation}
    return render(request, "accounts/join.html", context, status=422 if form.errors else 200)


def _has_account(invitation: Invitation) -> bool:
    return User.objects.filter(email__iexact=invitation.email).exists()


def _over(request: HttpRequest, code: str) -> HttpResponse:
    """The link does not work. What the page advises depends on whether the person has an account."""
    invitation = Invitation.objects.by_code(code, timezone.now())
    here = Invitation.objects.was_accepted(code) or (invitation is not None and _has_account(invitation))
    page = "already_here" if here else "invitation_over"
    return render(request, f"accounts/{page}.html", {"mail": emails.configured()}, status=404)


def _join(form: JoinForm, invitation: Invitation) -> User | None:
    """The new member. None if meanwhile somebody else used the link or took the name; in that case the form says so."""
    try:
        return _new_member(form.cleaned_data, invitation)
    except IntegrityError:
        if not _has_account(invitation):
            form.add_error("username", JoinForm.TAKEN)
        return None


def _new_member(data: dict[str, Any], invitation: Invitation) -> User | None:
    with transaction.atomic():
        user = User.objects.create_user(
            data["username"],
            invitation.email,
            data["password"],
            first_name=data["first_name"],
            last_name=data["last_name"],
            role=invitation.role,
        )
        if not invitation.accept(user, timezone.now()):
            transaction.set_rollback(True)
            return None
        user.vouch_for_email()
    return user


def _welcome(request: HttpRequest, user: User) -> None:
    open_session(request, user)
    SecurityEvent.objects.record(EventKind.JOINED, request=request, person=user, actor=user)
    messages.success(request, _("Welcome, %(name)s.") % {"name": user.name})
