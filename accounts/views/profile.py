"""/settings/: a person's name and language, and how the studio looks."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest
from accounts.forms import ProfileForm
from accounts.language import remember


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: MemberRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        user = form.save()
        with override(user.language or None):
            messages.success(request, _("Your settings are saved."))
        response = redirect("accounts:profile")
        remember(response, user.language)
        return response
    return render(
        request, "accounts/profile.html", {"form": form, "tab": "profile"}, status=422 if form.errors else 200
    )
