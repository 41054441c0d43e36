"""/settings/defaults/: what the studio's form starts with."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import MemberRequest
from playground.forms import GenerationForm
from playground.views.studio import DRAFT_COOKIE, kept, offer_of


@require_http_methods(["GET", "HEAD", "POST"])
def defaults(request: MemberRequest) -> HttpResponse:
    """Model first: size, quality and number are that model's (`?model=` shows another one's)."""
    if request.method == "POST":
        request.user.defaults = kept(request.POST)
        request.user.save(update_fields=["defaults"])
        messages.success(request, _("Saved. The studio now opens with these settings."))
        response = redirect("defaults")
        response.delete_cookie(DRAFT_COOKIE)  # what the form was left with would hide them
        return response
    values = request.GET if "model" in request.GET else request.user.defaults
    form = GenerationForm.fresh(**kept(values))
    return render(request, "playground/defaults.html", {"form": form, "tab": "defaults"} | offer_of(request, form))
