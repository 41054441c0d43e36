"""What a person does with one generation, and its pictures."""

import secrets
from collections.abc import Callable

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, HttpResponseNotModified
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from playground.budget_words import short_sentence
from playground.evolink import MODELS, GenerationRequest, get_model
from playground.http import MemberRequest
from playground.models import BudgetExceeded, GeneratedImage, Generation, Superseded
from playground.modes import mode_of
from playground.successors import put_to, successor
from playground.views.studio import changed_cards, handed_in

# A picture's address never changes what it shows, and nobody but its people may keep it.
_CACHE = "private, max-age=31536000, immutable"


def _mine(request: MemberRequest, code: str) -> Generation:
    return get_object_or_404(Generation.objects.filter(owner=request.user), code=code)


@require_POST
def check_again(request: MemberRequest, code: str) -> HttpResponse:
    """Look at once for what became of it, or try at once to save what could not be saved."""
    row = _mine(request, code)
    return _after(request, row, lambda: row.check_now(timezone.now()))


@require_POST
def cancel(request: MemberRequest, code: str) -> HttpResponse:
    """Call it off while nothing was sent."""
    row = _mine(request, code)
    return _after(request, row, lambda: row.cancel(timezone.now()))


@require_POST
def run_again(request: MemberRequest, code: str) -> HttpResponse:
    """A new generation with the submitted settings, not the form's."""
    row = _mine(request, code)
    return _hand_in_again(request, row, row.as_request())


@require_POST
def run_on_successor(request: MemberRequest, code: str) -> HttpResponse:
    """The same once more, on the model that replaces the one EvoLink refused."""
    row = _mine(request, code)
    follower = successor(get_model(row.model)) if row.model in MODELS else None
    if follower is None:
        raise Http404
    return _hand_in_again(request, row, put_to(follower, row.as_request()))


def _hand_in_again(request: MemberRequest, row: Generation, wanted: GenerationRequest) -> HttpResponse:
    """The page's own request id keeps a double click single."""
    mode = mode_of(request)
    try:
        again, new = Generation.objects.submit(
            request.user,
            wanted,
            request_id=request.POST.get("request_id", "")[:64] or secrets.token_urlsafe(16),
            rehearsal=row.rehearsal or mode.rehearsal,
            key=mode.key,
            now=timezone.now(),
        )
    except BudgetExceeded as error:
        return _refused(request, row, short_sentence(error.needed, error.standing))
    return handed_in(request, again, new)


def _refused(request: MemberRequest, row: Generation, sentence: str) -> HttpResponse:
    """Nothing was handed in; the card stays as it is, and a message says why."""
    if not request.htmx:
        messages.error(request, sentence)
        return redirect("studio")
    response = changed_cards(request, [row], watching=_anything_watched(request), restart=True, notice=sentence)
    response["HX-Reswap"] = "none"
    return response


def _after(request: MemberRequest, row: Generation, verb: Callable[[], None]) -> HttpResponse:
    """The card as it is after `verb`; a row that moved on meanwhile is shown as it is now."""
    notice = ""
    try:
        verb()
    except Superseded:
        notice = _("It has moved on meanwhile; this is how it is now.")
    row.refresh_from_db()
    if request.htmx:
        return changed_cards(request, [row], watching=_anything_watched(request), restart=True, notice=notice)
    if notice:
        messages.info(request, notice)
    return redirect("studio")


def _anything_watched(request: MemberRequest) -> bool:
    return any(row.watched for row in Generation.objects.filter(owner=request.user).recent())


@require_GET
def image(request: MemberRequest, code: str, index: int) -> HttpResponseBase:
    """The original bytes, as they came. `?download` offers them as a file."""
    picture = _saved(request, code, index)
    if request.headers.get("If-None-Match") == f'"{picture.sha256}"':
        return _described(HttpResponseNotModified(), picture.sha256)
    extension = str(picture.file.name).rsplit(".", 1)[-1]
    response = FileResponse(
        picture.file.open("rb"),
        content_type=picture.content_type,
        as_attachment="download" in request.GET,
        filename=f"{picture.generation.created_at:%Y-%m-%d}-{code[:6]}-{picture.number}.{extension}",
    )
    return _described(response, picture.sha256)


@require_GET
def thumbnail(request: MemberRequest, code: str, index: int) -> HttpResponseBase:
    picture = _saved(request, code, index)
    tag = f"{picture.sha256}-small"
    if request.headers.get("If-None-Match") == f'"{tag}"':
        return _described(HttpResponseNotModified(), tag)
    return _described(FileResponse(picture.thumbnail.open("rb"), content_type="image/webp"), tag)


def _saved(request: MemberRequest, code: str, index: int) -> GeneratedImage:
    visible = Generation.objects.visible_to(request.user)
    saved = GeneratedImage.objects.saved().select_related("generation").filter(generation__in=visible)
    return get_object_or_404(saved, generation__code=code, index=index)


def _described(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    response["ETag"] = f'"{tag}"'
    response["Cache-Control"] = _CACHE
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
