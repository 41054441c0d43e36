"""/settings/defaults/: what the studio's form starts with."""

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import MemberRequest
from playground.models.request_values import kept
from playground.studio import drafts
from playground.studio.choices import priced
from playground.studio.forms import GenerationForm
from playground.studio.modes import rehearses

# What a generation has and defaults have not.
_NO_PICTURE_YET = {"request_id": "defaults", "prompt": "…"}


@require_http_methods(["GET", "HEAD", "POST"])
def defaults(request: MemberRequest) -> HttpResponse:
    """Model first: size, quality and number are that model's (`?model=` shows another one's)."""
    rehearsal, now = rehearses(request), timezone.now()
    if request.method == "POST":
        values = {name: request.POST[name] for name in request.POST} | _NO_PICTURE_YET
        form = GenerationForm(values, rehearsal=rehearsal)
        # A setting the model does not take at all is none of the page's any more, and is left out.
        if not set(form.errors) - {NON_FIELD_ERRORS}:
            request.user.defaults = kept(request.POST)
            request.user.save(update_fields=["defaults"])
            messages.success(request, _("Saved. The studio now opens with these settings."))
            response = redirect("defaults")
            response.delete_cookie(drafts.COOKIE)  # what the form was left with would hide them
            return response
    else:
        named = request.GET if "model" in request.GET else request.user.defaults
        form = GenerationForm.fresh(None, rehearsal, **(kept(named) if named else drafts.living({}, now.date())))
    context = {"tab": "defaults"} | priced(form, request.user, now)
    return render(request, "playground/defaults.html", context, status=422 if form.errors else 200)
