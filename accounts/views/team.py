"""/team/: the people, the invitations and the security log. For administrators only."""

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import emails
from accounts import team as people
from accounts.access import MemberRequest, administrators_only
from accounts.forms import InviteForm, LogFilterForm, RoleForm
from accounts.models import Invitation, LastAdministrator, Role, SecurityEvent, User

LINES = 50


@require_http_methods(["GET", "HEAD", "POST"])
@administrators_only
def team(request: MemberRequest) -> HttpResponse:
    """The people and the invitations, and a form that invites."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        invited = people.invite(request, data["emails"], data["role"], timedelta(days=data["days"]))
        mailed = [invitation.email for invitation, sent in invited if sent]
        others = [invitation.email for invitation, sent in invited if not sent]
        if mailed:
            messages.success(request, _("Invited by email: %(mailed)s.") % {"mailed": ", ".join(mailed)})
        if others:
            words = _("Invited without an email: %(others)s. Pass on the links below.")
            messages.warning(request, words % {"others": ", ".join(others)})
        return redirect("accounts:team")
    second_steps = Authenticator.objects.filter(user=OuterRef("pk"))
    everybody = User.objects.order_by("-is_active", "username").annotate(has_second_step=Exists(second_steps))
    context = {
        "form": form,
        "people": [(person, RoleForm(person)) for person in everybody],
        "invitations": Invitation.objects.pending().select_related("invited_by"),
        "mail": emails.configured(),
    }
    return render(request, "accounts/team.html", context, status=422 if form.errors else 200)


@require_POST
@administrators_only
def role(request: MemberRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    wanted = request.POST.get("role", "")
    if wanted not in Role.values:
        return HttpResponseBadRequest()
    try:
        withdrawn = people.change_role(request, person, wanted)
    except LastAdministrator:
        messages.error(
            request, _("There must be at least one administrator. Make somebody else an administrator first.")
        )
    else:
        messages.success(
            request, _("The role of %(name)s is now: %(role)s.") % {"name": person.name, "role": Role(wanted).label}
        )
        _say_withdrawn(request, withdrawn)
    return redirect("accounts:team" if request.user.pk != pk or wanted == Role.ADMINISTRATOR else "studio")


def _say_withdrawn(request: MemberRequest, count: int) -> None:
    if count:
        sentence = ngettext(
            "%(count)s invitation of theirs that was still open is withdrawn.",
            "%(count)s invitations of theirs that were still open are withdrawn.",
            count,
        )
        messages.warning(request, sentence % {"count": count})


@require_POST
@administrators_only
def deactivate(request: MemberRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    try:
        withdrawn = people.deactivate(request, person)
    except LastAdministrator:
        messages.error(
            request, _("There must be at least one administrator. Make somebody else an administrator first.")
        )
    else:
        messages.success(
            request,
            _("%(name)s has been signed out and can no longer sign in. Their pictures stay.") % {"name": person.name},
        )
        _say_withdrawn(request, withdrawn)
    return redirect("accounts:team")


@require_POST
@administrators_only
@never_cache
def password_link(request: MemberRequest, pk: int) -> HttpResponse:
    """Shows a link for a new password. Only this answer contains it."""
    person = get_object_or_404(User.objects.active(), pk=pk)
    context = {
        "person": person,
        "link": people.password_link(request, person),
        "until": timezone.now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
    }
    return render(request, "accounts/password_link.html", context)


@require_POST
@administrators_only
def remove_second_steps(request: MemberRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    if people.remove_second_steps(request, person):
        said = _("%(name)s signs in with the password alone from now on, and can set up codes or a passkey again.")
        messages.success(request, said % {"name": person.name})
    return redirect("accounts:team")


@require_POST
@administrators_only
def activate(request: MemberRequest, pk: int) -> HttpResponse:
    person = get_object_or_404(User, pk=pk)
    people.activate(request, person)
    messages.success(request, _("%(name)s can sign in again.") % {"name": person.name})
    return redirect("accounts:team")


@require_POST
@administrators_only
def send_again(request: MemberRequest, pk: int) -> HttpResponse:
    invitation = get_object_or_404(Invitation.objects.pending(), pk=pk)
    if people.send_again(request, invitation):
        messages.success(request, _("Sent again to %(email)s.") % {"email": invitation.email})
    else:
        messages.warning(request, _("The invitation is valid again. No email was sent: pass on the link yourself."))
    return redirect("accounts:team")


@require_POST
@administrators_only
def withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    people.withdraw(request, get_object_or_404(Invitation.objects.pending(), pk=pk))
    messages.success(request, _("The invitation has been withdrawn. Its link no longer works."))
    return redirect("accounts:team")


@require_GET
@administrators_only
def log(request: MemberRequest) -> HttpResponse:
    """The security log, the newest line first."""
    form = LogFilterForm(request.GET)
    events = SecurityEvent.objects.select_related("person", "actor")
    if form.is_valid():
        events = events.filter(**{name: value for name, value in form.cleaned_data.items() if value})
    else:
        events = events.none()
    page = Paginator(events, LINES).get_page(request.GET.get("page"))
    context = {"form": form, "page": page}
    return render(request, "accounts/log.html", context, status=422 if form.errors else 200)
