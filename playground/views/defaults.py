"""/settings/defaults/: the settings that the studio's form starts with."""

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
from playground.studio.estimates import priced
from playground.studio.forms import DefaultsForm
from playground.studio.modes import rehearses

# The form needs these values, but defaults do not have them.
_NO_PICTURE_YET = {"request_id": "defaults", "prompt": "…"}


@require_http_methods(["GET", "HEAD", "POST"])
def defaults(request: MemberRequest) -> HttpResponse:
    """Size, quality and number depend on the model (`?model=` shows the form for another model)."""
    rehearsal, now = rehearses(request), timezone.now()
    if request.method == "POST":
        values = {name: request.POST[name] for name in request.POST} | _NO_PICTURE_YET
        form = DefaultsForm(values, rehearsal=rehearsal)
        # Errors without a field are about settings that the model does not take. Those are not on the page and are not
        # saved.
        if not set(form.errors) - {NON_FIELD_ERRORS}:
            request.user.defaults = kept(request.POST) | drafts.own_default("other_models" in request.POST)
            request.user.save(update_fields=["defaults"])
            drafts.agree(request.user, "reference_way" in request.POST)
            messages.success(request, _("Saved. The studio now opens with these settings."))
            response = redirect("defaults")
            response.delete_cookie(drafts.COOKIE)  # the draft would hide the new defaults
            return response
    else:
        named = request.GET if "model" in request.GET else request.user.defaults
        values = kept(named) if named else drafts.living({}, now.date())
        own = {"other_models": drafts.other_models(request.user), "reference_way": drafts.agreed(request.user)}
        form = DefaultsForm.fresh(None, rehearsal, **own, **values)
    context = {"tab": "defaults"} | priced(form, request.user, now)
    return render(request, "playground/defaults.html", context, status=422 if form.errors else 200)
