"""The design system on one page, for whoever builds the next screen. Development only."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

COLOURS = [
    ("Surfaces", ["ground", "surface", "raised", "sunken", "pressed", "thumb"]),
    ("Text", ["ink", "ink-soft", "ink-faint", "on-ink"]),
    ("Lines", ["hair", "edge"]),
    ("Accent", ["accent", "accent-hover", "accent-text", "on-accent"]),
    ("Meaning", ["danger", "danger-wash", "attention", "attention-wash", "tape", "on-tape"]),
]
# Everything else that has a token, by the attribute that takes it.
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
# A drawn sheet in a box of 36 by 36: name, use, x, y, width, height.
SHEETS = [
    ("Square", "avatars, products", 4, 4, 28, 28),
    ("Portrait", "posters, phones", 6, 0, 24, 36),
    ("Landscape", "slides, headers", 0, 6, 36, 24),
]
QUALITIES = [
    ("Draft", "0.7 credits", "10 s"),
    ("Good", "2.6 credits", "20 s"),
    ("Best", "10.2 credits", "40 s"),
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


@login_not_required
def design(request: HttpRequest) -> HttpResponse:
    messages.success(request, "Your settings are saved.")
    messages.warning(request, "This sign-in ends in five minutes.")
    context = {
        "colours": COLOURS, "measures": MEASURES, "type": TYPE, "buttons": BUTTONS, "sheets": SHEETS,
        "qualities": QUALITIES, "badges": BADGES, "rows": ROWS,
    }  # fmt: skip
    return render(request, "design.html", context)
