"""Reference images: uploads them, offers earlier ones, and serves them to EvoLink."""

from typing import IO

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.access import MemberRequest
from playground.models import GeneratedImage, Generation, Reference, ReferenceAddress
from playground.references import delivery
from playground.references.errors import Refused, room
from playground.references.ingest import keep_generated, name_of
from playground.references.selection import References, chosen, kept
from playground.web.ranges import file_response

EARLIER = 24
PER_PAGE = 60


@require_POST
def add(request: MemberRequest) -> HttpResponse:
    """Stores files as soon as people choose them. The response has an item for each, usable or refused with the
    reason."""
    pictures = kept(request.user, request.FILES.getlist("images"))
    if not pictures.chosen and not pictures.refused:
        pictures = References(refused=[(_("Upload"), _("No file arrived. Add it again."))])
    return render(request, "playground/_reference_items.html", {"pictures": pictures})


@require_GET
def chosen_items(request: MemberRequest) -> HttpResponse:
    """The items for references with these tokens: from a draft or from earlier ones."""
    pictures = References(chosen(request.user, request.GET).chosen)
    return render(request, "playground/_reference_items.html", {"pictures": pictures})


@require_GET
def earlier(request: MemberRequest) -> HttpResponse:
    """The latest references, which people can use again with one click."""
    mine = Reference.objects.of(request.user)
    context = {"references": mine[:EARLIER], "more": mine.count() > EARLIER}
    return render(request, "playground/_earlier_references.html", context)


@require_GET
def references(request: MemberRequest) -> HttpResponse:
    """All references of the person, to use or delete, and how much storage is left."""
    mine = Reference.objects.of(request.user)
    page = Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "playground/references.html", {"page": page, "room": room(mine.stored_bytes())})


@require_POST
def delete(request: MemberRequest, token: str) -> HttpResponse:
    """Deletes a reference. Its generations keep its name. It is not deleted while one of them is not finished."""
    reference = get_object_or_404(Reference.objects.of(request.user), token=token)
    if Generation.objects.filter(finished_at=None, reference_uses__reference=reference).exists():
        messages.warning(
            request, _("A generation that uses this image is not finished yet. Delete the image afterward.")
        )
    else:
        reference.remove()
        messages.success(request, _("%(name)s was deleted.") % {"name": reference.name})
    return redirect("references")


@require_POST
def edit(request: MemberRequest, code: str, index: int) -> HttpResponse:
    """Makes a reference from a generated image. Then the studio opens with it, or its open form gets it."""
    visible = GeneratedImage.objects.visible_to(request.user).select_related("generation")
    image = get_object_or_404(visible, generation__code=code, index=index)
    try:
        reference = keep_generated(request.user, image, timezone.now())
    except Refused as error:
        if request.htmx:
            context = {"pictures": References(refused=[(name_of(image), str(error))])}
            return render(request, "playground/_reference_items.html", context)
        messages.error(request, str(error))
        return redirect("studio")
    if request.htmx:
        return render(request, "playground/_reference_items.html", {"pictures": References([reference])})
    return redirect(f"{reverse('studio')}?{urlencode({'reference': reference.token})}#id_prompt")


@require_GET
def picture(request: MemberRequest, token: str) -> HttpResponseBase:
    """The cleaned copy, for its owner and for people who may see a generation that used it."""
    reference = _visible(request, token)
    file = _opened(reference)
    response = file_response(request, file, length=reference.byte_size, content_type=reference.content_type)
    return _private(response)


@require_GET
def thumbnail(request: MemberRequest, token: str) -> HttpResponseBase:
    reference = _visible(request, token)
    try:
        file = reference.thumbnail.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return _private(FileResponse(file, content_type="image/webp"))


def _opened(reference: Reference) -> IO[bytes]:
    try:
        return reference.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None


def _visible(request: MemberRequest, token: str) -> Reference:
    return get_object_or_404(Reference.objects.visible_to(request.user), token=token)


def _private(response: HttpResponseBase) -> HttpResponseBase:
    response["Cache-Control"] = "private, max-age=86400"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@csrf_exempt
@login_not_required
@require_safe
def served(request: HttpRequest, token: str, extension: str) -> HttpResponseBase:
    """Sends a reference to EvoLink. Everybody with the address can fetch it until its attempt has ended."""
    now = timezone.now()
    found = ReferenceAddress.objects.open(now).select_related("use__reference").filter(token=token).first()
    reference = found.use.reference if found else None
    if found is None or reference is None or reference.extension != extension:
        raise Http404
    if request.method == "GET":
        delivery.fetched(found)
    file = _opened(reference)
    response = file_response(request, file, length=reference.byte_size, content_type=reference.content_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
