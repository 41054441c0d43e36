"""The design system on one page, for people who build new pages. Development only."""

from decimal import Decimal

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from playground.fields.widgets import Choice, Stepper
from playground.studio.estimates import Level
from playground.studio.forms import GenerationForm

COLOURS = [
    ("Surfaces", ["ground", "surface", "raised", "sunken", "pressed", "thumb"]),
    ("Text", ["ink", "ink-soft", "ink-faint", "on-ink"]),
    ("Lines", ["hair", "edge"]),
    ("Accent", ["accent", "accent-hover", "accent-text", "on-accent"]),
    ("Meaning", ["danger", "danger-wash", "attention", "attention-wash", "tape", "on-tape"]),
]
# The other design tokens, by the HTML attribute that uses them.
MEASURES = [
    ("Space", "space", ["s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8"]),
    ("Radius", "radius", ["radius-s", "radius-m", "radius-l", "radius-full"]),
    ("Shadow", "shadow", ["shadow-1", "shadow-2"]),
    ("Motion", "motion", ["quick", "calm", "slow"]),
]
TYPE = [
    ("3xl", "2.75"),
    ("2xl", "2"),
    ("xl", "1.3125"),
    ("l", "1.0625"),
    ("m", "0.9375"),
    ("s", "0.8125"),
    ("xs", "0.75"),
]
BUTTONS = [
    ("Plain", ""),
    ("Primary", "button-primary"),
    ("Quiet", "button-quiet"),
    ("Danger", "button-danger"),
]
BADGES = [
    ("waiting", "Queued"),
    ("running", "Drawing"),
    ("", "Saved"),
    ("attention", "Not sure"),
    ("danger", "Failed"),
    ("plain", "Sandbox"),
]
ROWS = [
    ("GPT Image 1", "2.448", "0.036"),
    ("GPT Image 1.5", "1.9584", "0.0288"),
    ("GPT Image 2", "1.836", "0.027"),
]


LEVELS = [("low", "0.7", 10), ("medium", "2.6", 20), ("high", "10.2", 40)]


class Specimen(forms.Form):
    """A form with every kind of field."""

    name = forms.CharField(
        help_text="Shown beside your pictures.", widget=forms.TextInput(attrs={"placeholder": "As colleagues know you"})
    )
    note = forms.CharField(required=False)
    model = forms.ChoiceField(choices=[("1", "GPT Image 1"), ("2", "GPT Image 2")])
    prompt = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))
    pictures = forms.IntegerField(label="How many", widget=Stepper(attrs={"min": 1, "max": 10}))
    background = forms.ChoiceField(
        choices=[("opaque", "Filled"), ("transparent", "Transparent")], widget=Choice(default="opaque")
    )
    tell = forms.BooleanField(label="Tell me when it is ready", help_text="This browser has to stay open.")


def specimens() -> list[tuple[str, Specimen]]:
    """The form three times: as it is, with an error in every field, and with every field disabled."""
    usual, wrong, disabled = Specimen(prefix="usual"), Specimen({}, prefix="wrong"), Specimen(prefix="disabled")
    wrong.add_error("note", "A note has no line breaks.")
    for field in disabled.fields.values():
        field.disabled = True
    return [("As it comes", usual), ("Something is wrong", wrong), ("Nothing to change", disabled)]


def studio() -> GenerationForm:
    """The studio's form with prices."""
    levels = [Level(quality, Decimal(cost), Decimal(cost), seconds) for quality, cost, seconds in LEVELS]
    form = GenerationForm.fresh(model="gpt-image-2")
    form.show_levels({level.quality: level for level in levels})
    return form


@login_not_required
def design(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Your settings are saved.")
    messages.warning(request, "This sign-in ends in five minutes.")
    context = {
        "colours": COLOURS, "measures": MEASURES, "type": TYPE, "buttons": BUTTONS, "badges": BADGES, "rows": ROWS,
        "specimens": specimens(), "studio": studio(),
    }  # fmt: skip
    return render(request, "design.html", context)
