"""Change this: a box for one picture, and what was made from it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import MemberRequest
from playground.models import HISTORY_LENGTH, GeneratedImage, Generation
from playground.references.errors import Refused
from playground.references.ingest import keep_generated
from playground.references.selection import References
from playground.showing.family import path_to, strip_of
from playground.studio import drafts
from playground.studio.cards import card_of
from playground.studio.changes import ChangeForm, box_of, descent_from, empty_form, sent_form
from playground.studio.modes import rehearses
from playground.studio.submission import NOT_HANDED_IN, submit, why_not


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache  # or Back shows an old box, whose request id is used up
def change(request: MemberRequest, code: str, index: int) -> HttpResponse:
    """The box of a picture as a page, for browsers without scripts. A POST submits the change. Without scripts it leads
    back to this page."""
    image = _visible(request, code, index)
    if request.method != "POST":
        return render(request, "playground/change.html", _context(request, image, _empty(request, image)))
    form, row, new = _submit(request, image)
    if row is None:
        template = "playground/_change.html" if request.htmx else "playground/change.html"
        return render(request, template, _context(request, image, form, focus=True), status=422)
    if not request.htmx:
        return redirect("change", code, index)
    context = _context(request, image, _empty(request, image), focus=True) | {"new": new}
    # A box may be open on any page; the studio shows the new card too.
    if "studio" in request.POST:
        Generation.objects.with_images([row], request.user)
        mine, now = Generation.objects.filter(owner=request.user), timezone.now()
        context |= {
            "card": card_of(row, request.user, now),
            "counts": mine.counts(),
            "dropped": mine.order_by("-pk").values_list("code", flat=True)[HISTORY_LENGTH:].first() if new else None,
        }
    response = render(request, "playground/_changed.html", context)
    response["HX-Trigger"] = "settled"  # the budget has less left now
    return response


@require_GET
@never_cache
def box(request: MemberRequest, code: str, index: int) -> HttpResponse:
    """The box of a picture, below it. With `?focus` the person can type at once."""
    image = _visible(request, code, index)
    context = _context(request, image, _empty(request, image), focus="focus" in request.GET)
    return render(request, "playground/_change.html", context)


@require_POST
def price(request: MemberRequest, code: str, index: int) -> HttpResponse:
    """The price of the words in the box. It saves nothing; it is a POST because words are too long for an address."""
    image = _visible(request, code, index)
    form = sent_form(image, request.user, request.POST, rehearsal=rehearses(request))
    return render(request, "playground/_change_price.html", {"box": box_of(form, image, request.user)})


@require_GET
def children(request: MemberRequest, code: str, index: int) -> HttpResponse:
    """What was made from the picture. While something runs, the page polls this address with the `version` that it has.
    The response is 204 if that is the newest."""
    image = _visible(request, code, index)
    strip = strip_of(image, request.user)
    if strip.watching and request.GET.get("version") == strip.version:
        return HttpResponse(status=204)
    return render(request, "playground/_children.html", {"image": image, "strip": strip})


def _visible(request: MemberRequest, code: str, index: int) -> GeneratedImage:
    images = GeneratedImage.objects.visible_to(request.user).select_related("generation")
    return get_object_or_404(images, generation__code=code, index=index)


def _empty(request: MemberRequest, image: GeneratedImage) -> ChangeForm:
    # A box that was just sent says in which mode the next one is too.
    return empty_form(image, request.user, rehearsal=rehearses(request))


def _context(request: MemberRequest, image: GeneratedImage, form: ChangeForm, *, focus: bool = False) -> dict[str, Any]:
    """What the box shows. `focus`: the person can type at once."""
    if focus:
        form.fields["prompt"].widget.attrs["autofocus"] = True
    return {
        "box": box_of(form, image, request.user),
        "path": path_to(image, request.user),
        "strip": strip_of(image, request.user),
    }


def _submit(request: MemberRequest, image: GeneratedImage) -> tuple[ChangeForm, Generation | None, bool]:
    """The form, the new generation, and whether it is new. None if nothing was submitted; then the form says why."""
    rehearsal = rehearses(request)
    form = sent_form(image, request.user, request.POST, rehearsal=rehearsal)
    if "request_id" in form.errors:
        form = form.again()
        form.add_error(None, _("The form arrived damaged, so nothing was sent. Try again."))
    if not form.is_valid():
        return form, None, False
    try:
        # Only now, because preparing the picture takes a moment and room.
        pictures = References([keep_generated(request.user, image, timezone.now())])
        form = sent_form(image, request.user, request.POST, rehearsal=rehearsal, pictures=pictures)
        if not form.is_valid():
            return form, None, False
        row, new = submit(request, form, descent_from(image))
    except Refused as error:
        form.add_error(None, str(error))
    except NOT_HANDED_IN as error:
        form = form.again()
        form.add_error(None, why_not(error))
    else:
        if form.offers_evolink:
            drafts.agree(request.user)
        return form, row, new
    return form, None, False
