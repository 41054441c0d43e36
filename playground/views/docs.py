"""The API reference, and the list of scenarios for rehearsals."""

from datetime import timedelta

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from playground.evolink import MODELS, examples
from playground.evolink.client import API_URL, FILES_URL
from playground.evolink.limits import CALLBACK_LENGTH_MAX, CALLBACK_PAUSES, CALLBACK_SECONDS, FILE_LIFE, LINK_LIFE
from playground.guide import docs, parameters
from playground.guide import scenarios as rehearsals
from playground.models.request_values import chosen_model
from playground.studio.drafts import named_model


@login_not_required
@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    """The reference of one model: the one that the address names, or the one of the reader's form."""
    model = chosen_model({"model": named_model(request)})
    replacement = MODELS.get(model.replacement or "")
    return render(
        request,
        "playground/docs.html",
        {
            "model": model,
            "models": MODELS.values(),
            "retired": model.retired(timezone.localdate()),
            "replacement": replacement,
            "parameters": parameters.parameters(model),
            "sizes": docs.sizes(model),
            "submit_errors": docs.refusals("submit"),
            "read_errors": docs.refusals("read"),
            "task_failures": docs.task_failures(),
            "generate": examples.generate(docs.sample(model)),
            "edit": examples.edit(model),
            "credits_code": examples.credits(),
            "accepted": docs.accepted(model),
            "finished": docs.finished(model),
            "api": API_URL,
            "files": FILES_URL,
            "link_hours": LINK_LIFE // timedelta(hours=1),
            "file_hours": FILE_LIFE // timedelta(hours=1),
            "callback_length": CALLBACK_LENGTH_MAX,
            "callback_patience": int(CALLBACK_SECONDS),
            "callback_pauses": [int(pause) for pause in CALLBACK_PAUSES],
        },
    )


@login_not_required
@require_GET
def scenarios(request: HttpRequest) -> HttpResponse:
    """The errors that the sandbox can simulate."""
    return render(
        request,
        "playground/scenarios.html",
        {"first": rehearsals.FIRST, "groups": rehearsals.groups()},
    )


@login_not_required
@require_GET
def scenario_choices(request: HttpRequest) -> HttpResponse:
    """The failures that the studio's form can rehearse, as the choices of a list. Keys and callbacks are not among
    them, because they are not in a prompt, or the studio gets none."""
    groups = [group for group in rehearsals.groups() if group.id not in ("keys", "callbacks")]
    return render(request, "playground/_scenario_choices.html", {"groups": groups})
